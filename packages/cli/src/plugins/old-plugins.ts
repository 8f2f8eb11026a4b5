import type { Site } from "@hostout/kit";
import type { Finding } from "../config/lint.ts";
import { packageName } from "./package-name.ts";

/** The plugins of collective.hostout, by their package names here, with their replacements. */
const oldPlugins: Readonly<Record<string, string>> = {
  "collective.hostout": "hostout itself has its commands: take the word out.",
  "hostout-cloud": "hostout creates no hosts: create the host, then name it: host = web1.example.com",
  "hostout-datafs": "The command 'pull' fetches data: plugins = hostout-pushdeploy",
  "hostout-debian": "setup of hostout itself knows this system: take the word out.",
  "hostout-mrdeveloper": "hostout packages what mr.developer checked out: take the word out.",
  "hostout-overridedeploy": "Write the commands as a task file: tasks = ./tasks.ts",
  "hostout-plone": "The command 'pull' fetches data: plugins = hostout-pushdeploy",
  "hostout-redhat": "setup of hostout itself knows this system: take the word out.",
  "hostout-supervisor":
    "hostout itself runs bin/supervisord and bin/supervisorctl of the buildout: take the word out.",
  "hostout-ubuntu": "setup of hostout itself knows this system: take the word out.",
};

/** Returns the replacement of a plugin of collective.hostout, or undefined for any other word. */
export function insteadOfPlugin(word: string): string | undefined {
  const plain = word
    .replace(/^collective\.hostout[:.](?!default$)/, "hostout.")
    .replace(/(?::default|\[.*)$/, "");
  return oldPlugins[packageName(plain)];
}

/** Finds the words of a site that name plugins of collective.hostout without an installed package. */
export function lintOldPlugins({ name: site, values, plugins }: Site): readonly Finding[] {
  return ["extends", "plugins"].flatMap((option) => {
    const value = values.get(option);
    const words = new Set((value?.text ?? "").split(/\s+/).filter(Boolean));
    return [...words].flatMap((word): readonly Finding[] => {
      const hint = insteadOfPlugin(word);
      if (hint === undefined || plugins.some(({ name }) => name === packageName(word))) return [];
      const message = `[${site}] '${word}' is a plugin of collective.hostout, in Python: the site goes without it`;
      return [{ severity: "warning", message, origin: value?.origin, hint }];
    });
  });
}
