/** Returns the source of the plugin: one option, one command, one override. */
export function pluginSource(name: string): string {
  return `import { definePlugin, option, sh } from "@hostout/kit";

/** Shows visitors a page while a site is deployed. */
export const plugin = definePlugin({
  name: "${name}",
  options: {
    maintenanceText: option.string({
      summary: "text for visitors while the site is down",
      default: "Back in a minute.",
    }),
  },
  commands: {
    maintenance: {
      summary: "Put the maintenance page up, or take it down",
      args: { state: option.choice(["on", "off"], { summary: "up or down", example: "on" }) },
      examples: ["maintenance on"],
      needs: ["path"],
      reads: ["path", "maintenanceText"],
      idempotent: true,
      async run({ remote, options, args }) {
        const page = \`\${options.path}/maintenance.html\`;
        if (args.state === "off") {
          if (!(await remote.test(["test", "-e", page]))) return { status: "unchanged" };
          await remote.run(["rm", page]);
          return;
        }
        const text = \`\${options.maintenanceText}\\n\`;
        if (await remote.test(sh\`cmp -s - \${page}\`, { input: text })) return { status: "unchanged" };
        await remote.run(["tee", page], { input: text, quiet: true });
      },
    },
    // Whatever deploys the site lies below: next() is that.
    deploy: {
      overrides: true,
      async run({ call }, next) {
        await call("maintenance", { args: ["on"] });
        try {
          return await next();
        } finally {
          await call("maintenance", { args: ["off"] });
        }
      },
    },
  },
});
`;
}

/** The tests of the plugin: the contract of plugins, and the plugin's own behaviour. */
export const testSource = `import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin } from "@hostout/kit";
import { fakeRun, fakeSite, testPlugin } from "@hostout/testing";
import { plugin } from "./index.ts";

/** The plugin below: its deploy is one command. */
const deploys = definePlugin({
  name: "deploys",
  commands: {
    deploy: {
      summary: "Deploy",
      async run({ remote }) {
        await remote.run(["bin/deploy"]);
      },
    },
  },
});

testPlugin(plugin, { beside: [deploys], onHost: (home) => ({ path: home }) });

/** Runs the site, and returns the commands on its hosts in their order. */
async function runsOf(deployStatus: number) {
  const site = fakeSite({ plugins: [deploys, plugin], options: { path: "/srv/site" } });
  const answers = [
    { command: /bin\\/deploy/, status: deployStatus },
    { command: /^test -e/ },
  ];
  const { calls, exitCode } = await fakeRun({ sites: [site], commands: ["deploy"], answers });
  return { exitCode, lines: calls.filter(({ method }) => method === "run").map(({ text }) => text) };
}

test("the page is up while the site is deployed", async () => {
  const { exitCode, lines } = await runsOf(0);
  assert.deepEqual(lines, ["tee /srv/site/maintenance.html", "bin/deploy", "rm /srv/site/maintenance.html"]);
  assert.equal(exitCode, 0);
});

test("the page is taken down when the deploy fails, and the failure stands", async () => {
  const { exitCode, lines } = await runsOf(1);
  assert.equal(lines.at(-1), "rm /srv/site/maintenance.html");
  assert.notEqual(exitCode, 0);
});
`;
