import { spawn } from "node:child_process";
import { once } from "node:events";

/** How a program ended, and what it wrote. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, with nothing to read. The process goes on meanwhile: a server of the test may be asked.
 *
 * `env` is added to the environment of the test, without what would set hostout up otherwise; undefined takes a variable away.
 */
export async function runProgram(
  program: string,
  words: readonly string[],
  settings: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const { HOSTOUT_CONFIG, HOSTOUT_DEBUG, ...own } = process.env;
  const env = { ...own, ...settings.env };
  const child = spawn(program, words, { cwd: settings.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}
