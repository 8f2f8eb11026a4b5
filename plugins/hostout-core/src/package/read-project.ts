import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Config, HostoutError, readConfig } from "@hostout/kit";
import type { PackageSettings } from "./package.ts";

/** What a package is made of, as the configurations say. */
export interface Project {
  /** Absolute. */
  readonly folder: string;
  readonly kind: "buildout" | "application" | "files";
  /** The configuration with the hosts: that of development. */
  readonly config: Config;
  /** The configuration that is built on hosts, without the user's own defaults; only of a buildout. */
  readonly production: Config | undefined;
}

/** Reads both configurations. @throws ConfigError when one cannot be read */
export async function readProject(settings: PackageSettings): Promise<Project> {
  const folder = dirname(settings.config);
  const config = await readConfig(settings.config, { folder });
  if (settings.buildCommand.length > 0) return { folder, kind: "application", config, production: undefined };
  const file = resolve(folder, settings.buildout);
  if (!(await isThere(file))) return { folder, kind: "files", config, production: undefined };
  if (!file.startsWith(`${folder}/`)) throw outside(settings.buildout, folder);
  const production = await readConfig(file, {
    folder,
    userDefaults: false,
    assignments: downloadsOf(config),
  });
  return { folder, kind: "buildout", config, production };
}

/** How addresses are read is the user's own matter and goes on to hold; what his defaults say besides must not get into a package. */
function downloadsOf(config: Config): readonly string[] {
  return ["extends-cache", "offline", "newest"].flatMap((option) => {
    const text = config.option("buildout", option)?.text ?? "";
    return text === "" ? [] : [`buildout:${option}=${text}`];
  });
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function outside(buildout: string, folder: string): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `buildout = ${buildout} is not in the project's folder, ${folder}`,
    hint: "Name a file of the project, which may extend the other.",
  });
}
