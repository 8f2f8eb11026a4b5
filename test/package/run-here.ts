import { execFile } from "node:child_process";
import { HostoutError } from "@hostout/kit";
import type { Run } from "../../packages/scm/src/workshop.ts";

const mostBytes = 64 * 1024 * 1024;

/** Runs programs on this machine directly. @throws HostoutError `command-failed` with the last lines of what was written */
export const runHere: Run = (words, { cwd, env, title }) =>
  new Promise((resolve, reject) => {
    const [program = "", ...rest] = words;
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: mostBytes };
    execFile(program, rest, options, (error, stdout, stderr) => {
      if (!error) resolve(stdout.replace(/\n+$/, ""));
      else reject(failure(title ?? program, error, stderr.trim() || stdout.trim()));
    });
  });

function failure(program: string, cause: Error & { readonly code?: unknown }, said: string): HostoutError {
  const lines = said.split("\n").slice(-5).join("\n");
  const how = cause.code === "ENOENT" ? "is not there" : `ended with ${String(cause.code)}`;
  return new HostoutError({
    code: "command-failed",
    message: `'${program}' ${how}${lines === "" ? "" : `: ${lines}`}`,
    cause,
  });
}
