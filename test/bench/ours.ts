import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lineOf } from "./entry.ts";
import type { Hosts } from "./hosts.ts";
import type { Deployer } from "./peers/peer.ts";

export const bin = join(dirname(dirname(import.meta.dirname)), "packages", "cli", "bin", "hostout.js");

/** Lines of hostout as it is built here. */
export interface Ours extends Deployer {
  /** Runs a command on the first hosts of `names`. */
  readonly run: (count: number, ...words: readonly string[]) => string;
}

/** Commands of a task file: what a site's own tasks would do. */
const tasksOf = ({ folder, home }: Hosts) => `import { definePlugin } from "@hostout/kit";
const to = (what, host) => ({ direction: "push", local: ${JSON.stringify(`${folder}/`)} + what, remote: ${JSON.stringify(`${home}/`)} + host.name + "-" + what });
export const plugin = definePlugin({ name: "tasks", commands: {
  twenty: { summary: "t", run: async ({ remote }) => { for (let i = 0; i < 20; i++) await remote.run(["true"]); } },
  tree: { summary: "t", run: async ({ remote, host }) => { await remote.sync(to("tree", host)); } },
  big: { summary: "t", run: async ({ remote, host }) => { const { local, remote: there } = to("big", host); await remote.upload(local, there); } },
} });`;

/** Writes the configurations into the project. `kept` is the number of releases after a clean-up, the live one with them. */
export function prepareOurs(hosts: Hosts, kept: number): Ours {
  const write = (name: string, text: string) => writeFileSync(join(hosts.folder, name), text);
  for (const count of [1, 5, 10, 50])
    write(
      `${count}.cfg`,
      `[s]\nhost = ${hosts.names(count).join(" ")}\nuser = ${hosts.user}\ntasks = tasks.ts\n`,
    );
  for (const count of [1, 10])
    write(
      `site-${count}.cfg`,
      `[s]\nhost = ${namesOf(hosts, count)}\nuser = ${hosts.user}\npath = ~/site\ninclude = tree\ncommands-as = effective\nkeep = ${kept - 1}\n`,
    );
  write("tasks.ts", tasksOf(hosts));
  write("package.json", '{ "type": "module" }');
  const line = (config: string, ...words: readonly string[]) =>
    lineOf(process.execPath, bin, "-q", "-c", config, ...words);
  return {
    who: "hostout",
    place: "site",
    run: (count, ...words) => line(`${count}.cfg`, "--jobs", "50", "s", ...words),
    // All hosts at once, as the others do it.
    deploy: (count) => line(`site-${count}.cfg`, "s", "deploy", "--batch", "10"),
    forget: () => rmSync(join(hosts.folder, ".hostout"), { recursive: true, force: true }),
  };
}

const namesOf = (hosts: Hosts, count: number) =>
  hosts
    .own(count)
    .map(({ name }) => name)
    .join(" ");
