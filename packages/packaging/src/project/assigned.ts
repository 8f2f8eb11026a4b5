import { type Config, canonicalName, commandLine, HostoutError, isSecretName } from "@hostout/kit";
import type { ProjectPins } from "../pins/project-pins.ts";
import { sectionsOfSites } from "./site-sections.ts";

/** The values of one section from the command line, as lines of a file. */
export interface AssignedSection {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Options about reading addresses concern this machine. For the places of packages see `isOffline`. */
const ofThisMachine = new Set(["extends-cache", "offline", "newest", "install-from-cache"]);

/**
 * Returns the values from the command line for sections that hosts read. The packaged files have other values, and stay
 * unchanged.
 * Sections of sites are left out, and so are pinned versions, which are in the versions file.
 *
 * @param production the configuration that hosts build
 * @param site the packaged site
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

/** Returns the secrets among the values, each with its place. */
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
  // Besides `<`, the names still contain operators.
  const names = new Set([...config.raw(section).keys()].map((key) => key.replace(/ [-+]$/, "")));
  return [...names].filter(isWanted).flatMap((name) =>
    config
      .history(section, name)
      .filter(({ origin, section: by }) => origin.file === commandLine && by === section)
      .map(({ operator, text }) => `${name} ${operator} ${text.replaceAll(/\n\s*/g, "\n    ")}`.trimEnd()),
  );
}

/** Returns those of the given sections to which any other section refers. */
function referredTo(config: Config, sections: ReadonlySet<string>): readonly string[] {
  const others = config.sectionNames.filter((name) => !sections.has(name));
  return others.flatMap((name) =>
    [...config.raw(name).keys()].flatMap((option) =>
      config.references(name, option).flatMap(({ section }) => (sections.has(section) ? [section] : [])),
    ),
  );
}
