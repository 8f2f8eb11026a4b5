import { spawn } from "node:child_process";

interface Settings {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the program with SIGTERM. */
  readonly signal?: AbortSignal;
}

/** Runs a program whose output the user sees. Resolves to its status. */
export function runProgram(
  program: string,
  words: readonly string[],
  { signal, ...settings }: Settings,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { ...settings, stdio: ["ignore", "inherit", "inherit"] });
    // Waits for the end of the program, which may be in the middle of a step on a host.
    const end = () => child.kill("SIGTERM");
    signal?.addEventListener("abort", end, { once: true });
    child.on("error", reject);
    child.on("close", (code) => {
      signal?.removeEventListener("abort", end);
      resolve(code ?? 130);
    });
  });
}

/** Runs a program without visible output. Resolves to whether it succeeded; false also if it does not exist. */
export function runHere(program: string, words: readonly string[], settings: Settings): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { ...settings, stdio: "ignore" });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}
