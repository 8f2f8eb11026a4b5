import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { HostoutError } from "@hostout/kit";
import { configAbove, configNames } from "./config-above.ts";

/** The configuration file of a command line. */
export interface FoundConfig {
  /** Absolute, or a URL. */
  readonly file: string;
  /** Whether -c or HOSTOUT_CONFIG names it; else it was come upon. */
  readonly isNamed: boolean;
}

/**
 * The configuration file: `given` (-c), else HOSTOUT_CONFIG, else hostout.cfg or buildout.cfg, here or in a parent folder, else
 * in HOSTOUT_PROJECT: the project whose bin/hostout was started.
 *
 * @throws HostoutError `bad-config` that says where it was looked for
 */
export function findConfig(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): FoundConfig {
  const named = given ?? (environment.HOSTOUT_CONFIG || undefined);
  if (named !== undefined) {
    if (/^https?:\/\//.test(named)) return { file: named, isNamed: true };
    const file = resolve(folder, named);
    if (existsSync(file)) return { file, isNamed: true };
    const how = given === undefined ? "HOSTOUT_CONFIG names it" : "-c names it";
    throw new HostoutError({
      code: "bad-config",
      message: `there is no ${file} (${how})`,
      hint: "Name a file that is there.",
    });
  }
  const project = environment.HOSTOUT_PROJECT;
  const found = configAbove(folder) ?? (project ? configAbove(resolve(folder, project)) : undefined);
  if (found !== undefined) return { file: found, isNamed: false };
  throw new HostoutError({
    code: "bad-config",
    message: `there is no ${configNames.join(" and no ")} in ${folder} or a folder above it`,
    hint: "Go to the project's folder, or name the file: hostout -c FILE …; 'hostout init' writes one.",
  });
}

/**
 * The environment of the programs that a run starts on this machine. A hostout that a task calls reads the configuration of the run, from
 * any folder. Hosts do not get the variable: the path is one of this machine. Nor does it name an address with a password.
 */
export function environmentOfRun<T extends Readonly<Record<string, string | undefined>>>(
  environment: T,
  config: string,
): T {
  return /^\w+:\/\/[^/]*@/.test(config) ? environment : { ...environment, HOSTOUT_CONFIG: config };
}
