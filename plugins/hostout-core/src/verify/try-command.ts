import { type Attempt, type Connection, isHostoutError, lineIn, userShell } from "@hostout/kit";
import { unlessAborted } from "./unless-aborted.ts";

/**
 * Runs a line once, in a folder.
 *
 * @throws HostoutError for errors that another attempt cannot fix: `sudo-refused`, `unreachable`, …
 */
export async function tryCommand(
  line: string,
  folder: string,
  machine: Connection,
  signal: AbortSignal,
  limitMs: number,
): Promise<Attempt> {
  const running = machine.run(userShell(lineIn(folder, line)), {
    cwd: folder,
    quiet: true,
    timeoutMs: limitMs,
  });
  try {
    await unlessAborted(signal, running);
    return { held: true, said: "succeeded" };
  } catch (error) {
    if (signal.aborted || !isHostoutError(error)) throw error;
    if (error.code === "timeout") return { held: false, found: `no end after ${limitMs / 1000} s` };
    if (error.code !== "command-failed") throw error;
    const [, how = String(error.status), said = ""] =
      /' ended with (\d+(?: \([^)]*\))?)(?:: (.*))?$/s.exec(error.message) ?? [];
    const last = said.trimEnd().split("\n").at(-1) ?? "";
    return { held: false, found: `exit code ${how}${last === "" ? "" : `: ${last}`}` };
  }
}
