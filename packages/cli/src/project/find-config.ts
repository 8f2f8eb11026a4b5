import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { HostoutError } from "@hostout/kit";
import { configAbove, configNames } from "./config-above.ts";

/** The configuration file of a command line. */
export interface FoundConfig {
  /** The absolute path, or a URL. */
  readonly file: string;
  /** Whether -c or HOSTOUT_CONFIG names the file; false if hostout found it. */
  readonly isNamed: boolean;
}

/**
 * Finds the configuration file. The order is: `given` (-c), HOSTOUT_CONFIG, then hostout.cfg or buildout.cfg
 * here or in a parent folder, then in HOSTOUT_PROJECT. HOSTOUT_PROJECT is the project of the started
 * bin/hostout.
 *
 * @throws HostoutError `bad-config` with the places that were searched
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
      hint: "Name an existing file.",
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
 * Returns the environment for programs that a run starts on this machine. A hostout that a task calls reads the
 * configuration of the run, from any folder. Hosts do not get the variable, because the path belongs to this
 * machine. The variable never contains a URL with a password.
 */
export function environmentOfRun<T extends Readonly<Record<string, string | undefined>>>(
  environment: T,
  config: string,
): T {
  return /^\w+:\/\/[^/]*@/.test(config) ? environment : { ...environment, HOSTOUT_CONFIG: config };
}
