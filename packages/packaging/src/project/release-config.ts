import type { Config } from "@hostout/kit";
import type { AssignedSection } from "./assigned.ts";

/** The configuration that a host builds: the site's own, with pins, and with releases instead of development packages. */
export const releaseConfig = "hostout-release.cfg";

/** The folder of packages, relative to the release. */
export const distFolder = "dist";

/** The input of {@link formatReleaseConfig}. */
export interface ReleaseConfigSettings {
  readonly buildout: string;
  readonly versionsFile: string;
  /** The section that pins versions. */
  readonly section: string;
  /** Whether mr.developer would check something out. */
  readonly checksOut: boolean;
  /** The extensions to load, if they are not all of the configuration's. */
  readonly extensions: readonly string[] | undefined;
  /** The parts to build, if they are not all of the configuration's. */
  readonly parts: readonly string[] | undefined;
  /**
   * Whether the site fetches nothing. Hosts must not either, but buildout's own options for that also forbid a folder
   * of packages.
   */
  readonly isOffline: boolean;
  /** Values from the command line that no file contains. */
  readonly assigned: readonly AssignedSection[];
}

/** Returns the text of {@link releaseConfig}. */
export function formatReleaseConfig({
  buildout,
  versionsFile,
  section,
  checksOut,
  extensions,
  parts,
  isOffline,
  assigned,
}: ReleaseConfigSettings): string {
  const dist = `\${buildout:directory}/${distFolder}`;
  const ofBuildout = assigned.find(({ name }) => name === "buildout")?.lines ?? [];
  const links = ofBuildout.filter((line) => nameIn(line) === "find-links");
  const added = links.find((line) => line.startsWith("find-links +="));
  const lines = [
    "[buildout]",
    `extends = ${buildout} ${versionsFile}`,
    "develop =",
    ...(checksOut ? ["auto-checkout ="] : []),
    ...(extensions ? [`extensions = ${extensions.join(" ")}`.trimEnd()] : []),
    ...(parts ? [`parts = ${parts.join(" ")}`.trimEnd()] : []),
    `versions = ${section}`,
    ...links.filter((line) => line !== added),
    [added ?? "find-links +=", dist].join(added ? "\n    " : " "),
  ];
  // No host has this name, so buildout searches only folders.
  const closed = ["offline = false", "install-from-cache = false", "newest = false"];
  if (isOffline) lines.push(...closed, `index = ${dist}`, "allow-hosts = none.invalid");
  // A generated value precedes the value of the configuration.
  const made = new Set(lines.map(nameIn));
  lines.push(...ofBuildout.filter((line) => !made.has(nameIn(line))));
  for (const { name, lines: more } of assigned) if (name !== "buildout") lines.push(`[${name}]`, ...more);
  return `${lines.join("\n")}\n`;
}

/** Returns the option that a line sets. */
function nameIn(line: string): string {
  return /^[^=]*?(?=\s*[-+]?=)/.exec(line)?.[0] ?? "";
}

/**
 * Returns the extensions without mr.developer, which has no work on a host and would have to be fetched. Undefined if
 * the configuration does not load it.
 */
export function extensionsOfHosts(config: Config): readonly string[] | undefined {
  const all = (config.option("buildout", "extensions")?.text ?? "").split(/\s+/).filter(Boolean);
  return all.includes("mr.developer") ? all.filter((name) => name !== "mr.developer") : undefined;
}

/** Returns whether a site forbids its build to use the network. The user's own defaults about that do not concern hosts. */
export function isOffline(config: Config): boolean {
  return ["offline", "install-from-cache"].some((option) => {
    const steps = config.history("buildout", option);
    return steps.findLast(({ origin }) => config.files.includes(origin.file))?.text.trim() === "true";
  });
}
