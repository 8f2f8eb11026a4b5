import { readFile, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { type Config, type ConfigError, isHostoutRecipe, lintText, type Origin } from "@hostout/config";
import { type HostoutError, readSecretReference, type Site } from "@hostout/kit";
import { loadSites } from "../project/load-sites.ts";
import type { Project } from "../project/project.ts";
import { secretOptions } from "./hidden-options.ts";
import { idleGroupOptions, idleHostoutOptions, idleSiteOptions } from "./idle-options.ts";
import { leftoverConfig } from "./leftover-config.ts";
import { lintProduction } from "./lint-production.ts";
import { lintHostless } from "./old-options.ts";
import { sharedPaths } from "./shared-paths.ts";
import { siteFindings } from "./site-findings.ts";
import { unusedSections } from "./unused-sections.ts";

/** An error of a configuration, or a warning about a probable mistake. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly origin?: Origin | undefined;
  readonly hint?: string | undefined;
}

/** Returns every finding that needs no host, errors first. */
export async function lintProject(project: Project): Promise<readonly Finding[]> {
  const found = [
    ...project.config.dead.map(asError),
    ...brokenSites(project),
    ...(await lintSites(project)),
    ...lintHostless(project),
    ...(await leftoverConfig(project)),
    ...(await lintProduction(project)),
    ...(await lintSecrets(project)),
    ...unusedSections(project),
    ...(await lintFiles(project.config)),
    ...project.config.notes.map(({ message, origin }): Finding => ({ severity: "warning", message, origin })),
  ];
  return found.toSorted((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
}

function brokenSites({ broken }: Project): readonly Finding[] {
  return [...broken.values()].flatMap((fault) =>
    [fault, ...fault.others].map(
      ({ message, origin, hint }): Finding => ({ severity: "error", message, origin, hint }),
    ),
  );
}

async function lintSites(project: Project): Promise<readonly Finding[]> {
  const loaded = await loadSites(project);
  const plugins = [...new Set(loaded.flatMap((one) => ("site" in one ? one.site.plugins : [])))];
  const findings: Finding[] = [];
  for (const one of loaded)
    if ("fault" in one) findings.push(asError(one.fault));
    else findings.push(...siteFindings(one.site), ...lintPath(one.site));
  const sites = loaded.flatMap((one) => ("site" in one ? [one.site] : []));
  return [
    ...findings,
    ...sharedPaths(sites, "warning"),
    ...(await idleSiteOptions(project.config, sites, plugins)),
    ...idleGroupOptions(project, plugins),
    ...idleHostoutOptions(project),
  ];
}

/**
 * Warns about a site without a path, because its default folder may surprise. collective.hostout had its own
 * default, which its recipe also has here.
 */
function lintPath({ name, values, origin }: Site): readonly Finding[] {
  const isSet = ["path", "remote-path", "remote_path"].some((key) => values.has(key));
  if (isSet || isHostoutRecipe(values.get("recipe")?.text ?? "")) return [];
  const owner = values.get("effective-user")?.text;
  return [
    {
      severity: "warning",
      message: `[${name}] has no path: releases go to the folder buildout in the home of ${owner ? owner : "the login user"}`,
      origin,
      hint: `Name a folder of its own: path = /srv/${name}`,
    },
  ];
}

function asError({ message, origin, hint }: HostoutError | ConfigError): Finding {
  return { severity: "error", message, origin, hint };
}

async function lintSecrets(project: Project): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const place of await secretOptions(project)) {
    const cut = place.indexOf(":");
    const [section, option] = [place.slice(0, cut), place.slice(cut + 1)];
    for (const { origin, text } of project.config.history(section, option)) {
      // A value that only refers to another option, or to a source of secrets, is not secret itself.
      const isReference = /^(?:\$\{[^}]*\}\s*)*$/.test(text) || readSecretReference(text) !== undefined;
      if (isReference || !(await mayOthersRead(origin.file))) continue;
      findings.push({
        severity: "warning",
        message: `the secret ${place} stands in a file that others may read`,
        origin,
        hint: `Take it from them: chmod o-r ${origin.file}; better, leave it out, and it is asked for.`,
      });
    }
  }
  return findings;
}

async function mayOthersRead(file: string): Promise<boolean> {
  if (!isAbsolute(file)) return /^https?:/.test(file);
  return ((await stat(file)).mode & 0o004) !== 0;
}

async function lintFiles(config: Config): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const file of config.files.filter(isAbsolute))
    for (const finding of lintText(file, await readFile(file, "utf8")))
      findings.push({ severity: "warning", ...finding });
  return findings;
}
