import type { Config } from "@hostout/kit";
import type { AssignedSection } from "./assigned.ts";

/** The configuration that a host builds: the site's own, with pins, and with releases in place of development packages. */
export const releaseConfig = "hostout-release.cfg";

/** Where packages are, relative to the release. */
export const distFolder = "dist";

/** What {@link formatReleaseConfig} needs to know. */
export interface ReleaseConfigSettings {
  readonly buildout: string;
  readonly versionsFile: string;
  /** The section that pins versions. */
  readonly section: string;
  /** mr.developer would check something out. */
  readonly checksOut: boolean;
  /** Those to load, where they are not all of the configuration's. */
  readonly extensions: readonly string[] | undefined;
  /** Those to build, where they are not all of the configuration's. */
  readonly parts: readonly string[] | undefined;
  /** The site fetches nothing: neither may a host, but buildout's own words for that also forbid a folder of packages. */
  readonly isOffline: boolean;
  /** What the command line sets, and no file says. */
  readonly assigned: readonly AssignedSection[];
}

/** The text of {@link releaseConfig}. */
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
  // No host has this name: only folders are looked into.
  const closed = ["offline = false", "install-from-cache = false", "newest = false"];
  if (isOffline) lines.push(...closed, `index = ${dist}`, "allow-hosts = none.invalid");
  // What is made here of all that the configuration says counts more.
  const made = new Set(lines.map(nameIn));
  lines.push(...ofBuildout.filter((line) => !made.has(nameIn(line))));
  for (const { name, lines: more } of assigned) if (name !== "buildout") lines.push(`[${name}]`, ...more);
  return `${lines.join("\n")}\n`;
}

/** The option that a line sets. */
function nameIn(line: string): string {
  return /^[^=]*?(?=\s*[-+]?=)/.exec(line)?.[0] ?? "";
}

/** Without mr.developer, which has nothing to do on a host, where it would have to be fetched. Undefined where it is not among them. */
export function extensionsOfHosts(config: Config): readonly string[] | undefined {
  const all = (config.option("buildout", "extensions")?.text ?? "").split(/\s+/).filter(Boolean);
  return all.includes("mr.developer") ? all.filter((name) => name !== "mr.developer") : undefined;
}

/** Whether a site has its build fetch nothing from the network. What the user's own defaults say of that is no matter of hosts. */
export function isOffline(config: Config): boolean {
  return ["offline", "install-from-cache"].some((option) => {
    const steps = config.history("buildout", option);
    return steps.findLast(({ origin }) => config.files.includes(origin.file))?.text.trim() === "true";
  });
}
