import { definePlugin, type Plugin, type Site } from "@hostout/kit";
import { releaseName } from "@hostout/releases";
import { fakeSite } from "@hostout/testing";
import { plugin as core } from "../../../plugins/hostout-core/src/plugin.ts";
import type { LabelledPackage } from "./packages-of-labels.ts";

/** The site of two people as one of them deploys it; what is in the project there is packaged already. */
export function sharedSite(config: string, path: string, packaged: LabelledPackage): Site {
  const { commands } = definePlugin({
    name: core.name,
    commands: {
      package: {
        summary: "Take the package of a label",
        runOnce: async () => ({
          status: "ok" as const,
          value: { ...packaged, release: releaseName(Date.now(), packaged.hash) },
        }),
      },
      // What a host needs of programs is not what these histories are about.
      check: { summary: "Look at nothing", run: async () => ({ status: "skipped" as const }) },
    },
  });
  // hostout-core itself, as the value of a command belongs to its plugin.
  const people: Plugin = { ...core, commands: { ...core.commands, ...commands } };
  const options = {
    ...{ path, keep: "1", "commands-as": "effective", links: "" },
    ...{ "build-command": "true build-it", "stop-cmd": "true stop-it", "start-cmd": "true start-it" },
    ...{ verify: "true verify-it", "verify-timeout": "0s" },
  };
  return fakeSite({ hosts: "h0 h1", plugins: [people], options, config });
}
