import { spawn } from "node:child_process";

interface Settings {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program in sight of the user. Resolves to its status. */
export function runProgram(program: string, words: readonly string[], settings: Settings): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { ...settings, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 130));
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
