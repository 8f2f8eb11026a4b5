import { commandsOf } from "@hostout/kit";
import { findConfig } from "./find-config.ts";
import { globalFlagHelp } from "./global-flags.ts";
import { openProject } from "./project.ts";
import { isSiteWord, selectSites } from "./select-sites.ts";
import { shells, topics } from "./topics.ts";

/** What may stand for the last of `words`, given those before it. Never fails: a shell shows no error here. */
export async function complete(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const before = words.slice(0, -1);
  const begun = words.at(-1) ?? "";
  try {
    return (await candidates(before, begun, environment)).filter((word) => word.startsWith(begun));
  } catch {
    return [];
  }
}

async function candidates(
  before: readonly string[],
  begun: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  if (begun.startsWith("-")) return globalFlagHelp.flatMap(([flag]) => /--[\w-]+/.exec(flag) ?? []);
  if (before.at(-1) === "completion") return shells;
  const configFlag = before.findIndex((word) => word === "-c" || word === "--config");
  const project = await openProject(
    findConfig(configFlag < 0 ? undefined : before[configFlag + 1], environment, process.cwd()).file,
  );
  const topic = before.find((word) => topics.has(word));
  if (topic === "config") return project.config.sectionNames;
  const sites = [...project.sites.keys(), ...project.groups.keys(), "all"];
  const chosen = before.filter((word) => isSiteWord(project, word));
  if (chosen.length === 0)
    return topic === undefined ? [...sites, ...topics.keys()] : topic === "help" ? sites : [];
  const sections = selectSites(project, chosen);
  const loaded = await Promise.all(sections.map((section) => project.load(section)));
  const [first, ...others] = loaded.map(({ site }) => new Set(commandsOf(site).keys()));
  const commands = [...(first ?? [])].filter((name) => others.every((names) => names.has(name)));
  const inCommands = before.some((word) => commands.includes(word));
  return inCommands ? commands : [...sites.filter((name) => !chosen.includes(name)), ...commands];
}
