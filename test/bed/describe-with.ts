import { spawnSync } from "node:child_process";

/**
 * `describe` where what the tests need is there; else they are skipped, and say by name why. Under CI=true that is a
 * failure: a machine of CI has to have all.
 */
export function describeUnless(why: string | undefined, title: string, tests: () => void): void {
  if (why === undefined) describe(title, tests);
  else if (process.env.CI === "true") {
    test(title, () => {
      throw new Error(`cannot be tried here: ${why}`);
    });
  } else describe.skip(`${title} (${why})`, tests);
}

/** Why something cannot be tried here; undefined if it can. */
export function lacks(program: string, ...words: readonly string[]): string | undefined {
  const { error, status } = spawnSync(program, words, { stdio: "ignore" });
  return error || status !== 0 ? `needs ${[program, ...words].join(" ")}` : undefined;
}
