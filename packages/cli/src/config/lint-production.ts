import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { type Config, ConfigError, readConfig, unpinnedEggs } from "@hostout/config";
import { buildoutFiles } from "@hostout/kit";
import { isProduction } from "../project/environment.ts";
import type { Project } from "../project/project.ts";
import type { Finding } from "./lint.ts";

/** Checks that the builds of production sites are pinned: versions of eggs, and files from elsewhere. */
export async function lintProduction(project: Project): Promise<readonly Finding[]> {
  const sites = [...project.sites.values()].filter(({ values }) =>
    isProduction(values.get("environment")?.text),
  );
  const builds = new Map<string, string>();
  const folder = dirname(project.file);
  for (const { name, values } of sites) {
    const buildout = values.get("buildout")?.text ?? "buildout.cfg";
    const exist = buildoutFiles(buildout).every((file) => existsSync(resolve(folder, file)));
    if (exist && !builds.has(buildout)) builds.set(buildout, name);
  }
  const findings: Finding[] = [];
  for (const [buildout, site] of builds) {
    const [file = "", ...others] = buildoutFiles(buildout).map((name) => resolve(folder, name));
    try {
      const isOwn = file === project.file && others.length === 0;
      findings.push(...lintBuild(isOwn ? project.config : await readBuild(file, others), site));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const { message, origin, hint } = error;
      findings.push({ severity: "error", message: `[${site}] builds ${file}: ${message}`, origin, hint });
    }
  }
  return findings;
}

/** Reads the files as one buildout. A later file overrides an earlier one. */
function readBuild(file: string, others: readonly string[]): Promise<Config> {
  if (others.length === 0) return readConfig(file);
  const above = others.map((one) => relative(process.cwd(), one)).join(" ");
  return readConfig(file, { assignments: [`buildout:extends=${above}`] });
}

function lintBuild(config: Config, site: string): readonly Finding[] {
  const findings: Finding[] = [];
  const picked = config.option("buildout", "allow-picked-versions");
  if (isBuildout(config) && picked?.text !== "false") {
    findings.push({
      severity: "warning",
      message: `[${site}] is production, and ${config.file} lets buildout pick versions`,
      origin: picked?.origin.line ? picked.origin : undefined,
      hint: "Set in [buildout]: allow-picked-versions = false",
    });
  }
  // `auto-checkout` belongs to mr.developer.
  for (const name of ["develop", "auto-checkout"]) {
    const develop = config.option("buildout", name);
    if (!develop || develop.text.trim() === "") continue;
    findings.push({
      severity: "error",
      message: `[${site}] is production, and ${config.file} has development packages: ${develop.text.trim().split(/\s+/).join(", ")}`,
      origin: develop.origin.line ? develop.origin : undefined,
      hint: `Name them in a configuration for development, and leave ${name} empty in the one that is built in production.`,
    });
  }
  for (const url of unpinnedUrls(config))
    findings.push({
      severity: "warning",
      message: `[${site}] is production, and the content of ${url} may change: no hash pins that URL`,
      hint: `Pin it: extends = ${url}#sha256=…`,
    });
  for (const { name, origin } of unpinnedEggs(config, versionsOf(config)))
    findings.push({
      severity: "warning",
      message: `[${site}] is production, and no version of ${name} is pinned`,
      origin,
      hint: `Add to [versions]: ${name} = …`,
    });
  return findings;
}

function isBuildout(config: Config): boolean {
  return config.history("buildout", "parts").length > 0;
}

function unpinnedUrls({ files, pinned }: Config): readonly string[] {
  return files.filter((file) => /^https?:/.test(file) && !pinned.includes(file));
}

function versionsOf(config: Config): Iterable<string> {
  const name = tolerate(() => config.option("buildout", "versions")?.text) ?? "versions";
  return config.sectionNames.includes(name) ? config.raw(name).keys() : [];
}

/** Returns undefined for a value that does not resolve. Another check reports it. */
function tolerate<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
