import { spawn } from "node:child_process";

interface Settings {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the program with SIGTERM. */
  readonly signal?: AbortSignal;
}

/** Runs a program in sight of the user. Resolves to its status. */
export function runProgram(
  program: string,
  words: readonly string[],
  { signal, ...settings }: Settings,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { ...settings, stdio: ["ignore", "inherit", "inherit"] });
    // Its own end is waited for: it may be in the middle of something on a host.
    const end = () => child.kill("SIGTERM");
    signal?.addEventListener("abort", end, { once: true });
    child.on("error", reject);
    child.on("close", (code) => {
      signal?.removeEventListener("abort", end);
      resolve(code ?? 130);
    });
  });
}

/** Runs a program out of sight. Resolves to whether it succeeded; false too when it is not there. */
export function runHere(program: string, words: readonly string[], settings: Settings): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { ...settings, stdio: "ignore" });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}
