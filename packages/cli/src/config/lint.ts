import { readFile, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { type Config, lintText, nearMiss, type Origin } from "@hostout/config";
import { checkSite, isHostoutError } from "@hostout/kit";
import type { Project } from "../project.ts";
import { secretOptions } from "./hidden-options.ts";
import { lintProduction } from "./lint-production.ts";
import { lintHostless, lintOldOptions } from "./old-options.ts";
import { unusedSections } from "./unused-sections.ts";

/** Something that is wrong with a configuration, or (a warning) probably not meant. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly origin?: Origin | undefined;
  readonly hint?: string | undefined;
}

/** All that can be found without a host, errors first. */
export async function lintProject(project: Project): Promise<readonly Finding[]> {
  const found = [
    ...brokenSites(project),
    ...(await lintSites(project)),
    ...lintHostless(project),
    ...lintHostout(project.config),
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
  const findings: Finding[] = [];
  for (const section of project.sites.values()) {
    try {
      const { site } = await project.load(section);
      const old = lintOldOptions(site);
      for (const { error, severity } of checkSite(site))
        if (!old.some(({ origin }) => origin === error.origin))
          findings.push({ ...asFinding(error), severity });
      findings.push(...old);
    } catch (error) {
      if (!isHostoutError(error)) throw error;
      findings.push(asFinding(error));
    }
  }
  return findings;
}

function asFinding({ message, origin, hint }: Finding | (Error & Omit<Finding, "severity">)): Finding {
  return { severity: "error", message, origin, hint };
}

/** Options of `[hostout]`, where it is no site. */
export const hostoutOptions: readonly string[] = ["require-config"];

function lintHostout(config: Config): readonly Finding[] {
  if (!config.sectionNames.includes("hostout") || config.raw("hostout").has("host")) return [];
  return [...config.raw("hostout").keys()].flatMap((name): readonly Finding[] => {
    const near = nearMiss(name, hostoutOptions);
    if (near === undefined || near === name) return [];
    const origin = config.history("hostout", name).at(-1)?.origin;
    return [
      {
        severity: "warning",
        message: `[hostout] nothing reads '${name}'`,
        origin,
        hint: `Did you mean '${near}'?`,
      },
    ];
  });
}

async function lintSecrets(project: Project): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const place of await secretOptions(project)) {
    const cut = place.indexOf(":");
    const [section, option] = [place.slice(0, cut), place.slice(cut + 1)];
    for (const { origin, text } of project.config.history(section, option)) {
      // What only refers to another option is no secret, that one is.
      if (/^(?:\$\{[^}]*\}\s*)*$/.test(text) || !(await mayOthersRead(origin.file))) continue;
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
