import { type Config, canonicalName, commandLine, HostoutError, isSecretName } from "@hostout/kit";
import type { ProjectPins } from "../pins/project-pins.ts";
import { sectionsOfSites } from "./site-sections.ts";

/** What the command line sets of one section, as lines of a file. */
export interface AssignedSection {
  readonly name: string;
  readonly lines: readonly string[];
}

/** How addresses are read is a matter of this machine; for where packages are found see `isOffline`. */
const ofThisMachine = new Set(["extends-cache", "offline", "newest", "install-from-cache"]);

/**
 * What the command line sets besides the sites, which hosts do not read: the files say something else, and are packaged as they
 * are. What is pinned is in the versions file.
 *
 * @param production what hosts build
 * @param site the one that is packaged
 */
export function assignedFor(
  {
    config,
    production,
    site,
  }: { readonly config: Config; readonly production: Config; readonly site: string },
  { section, pins }: ProjectPins,
): readonly AssignedSection[] {
  const left = sectionsOfSites(config, site);
  for (const name of referredTo(production, left)) left.delete(name);
  const pinned = new Set(pins.map(({ name }) => canonicalName(name)));
  const isForHosts = (name: string, option: string) =>
    name === "buildout" ? !ofThisMachine.has(option) : name !== section || !pinned.has(canonicalName(option));
  return production.sectionNames
    .filter((name) => !left.has(name))
    .map((name) => ({ name, lines: assignedLines(production, name, (option) => isForHosts(name, option)) }))
    .filter(({ lines }) => lines.length > 0);
}

/** The secrets among them, each with its place. */
export function secretsAssigned(sections: readonly AssignedSection[]): readonly string[] {
  return sections.flatMap(({ name, lines }) =>
    lines
      .map((line) => line.replace(/ [-+]?=.*/s, ""))
      .filter(isSecretName)
      .map((option) => `[${name}] ${option} (${commandLine})`),
  );
}

/** @throws HostoutError `bad-option` for a file that only the command line adds */
export function refuseAssignedExtends(assignments: readonly string[]): void {
  const found = assignments.find((assignment) => /^(?:buildout)?:?extends\s*[-+]?=/.test(assignment));
  if (found === undefined) return;
  throw new HostoutError({
    code: "bad-option",
    message: `${found} would not reach the hosts, which build what the files extend`,
    hint: "Write it in the file, or in another one, and name that: buildout = FILE",
  });
}

function assignedLines(
  config: Config,
  section: string,
  isWanted: (option: string) => boolean,
): readonly string[] {
  // Beside `<`, operators are left in the names.
  const names = new Set([...config.raw(section).keys()].map((key) => key.replace(/ [-+]$/, "")));
  return [...names].filter(isWanted).flatMap((name) =>
    config
      .history(section, name)
      .filter(({ origin, section: by }) => origin.file === commandLine && by === section)
      .map(({ operator, text }) => `${name} ${operator} ${text.replaceAll(/\n\s*/g, "\n    ")}`.trimEnd()),
  );
}

/** Those of some sections that any other section refers to. */
function referredTo(config: Config, sections: ReadonlySet<string>): readonly string[] {
  const others = config.sectionNames.filter((name) => !sections.has(name));
  return others.flatMap((name) =>
    [...config.raw(name).keys()].flatMap((option) =>
      config.references(name, option).flatMap(({ section }) => (sections.has(section) ? [section] : [])),
    ),
  );
}
