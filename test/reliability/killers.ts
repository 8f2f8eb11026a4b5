import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Programs that the scripts on a host call. */
const programs = [
  "awk",
  "cat",
  "cp",
  "cut",
  "date",
  "df",
  "diff",
  "find",
  "flock",
  "gzip",
  "head",
  "ln",
  "mkdir",
].concat([
  "mv",
  "openssl",
  "readlink",
  "rm",
  "rsync",
  "sed",
  "sha256sum",
  "sleep",
  "sort",
  "sync",
  "tail",
  "tar",
]);

/** Programs on a host that kill the remote command which calls them, all of its processes. */
export interface Killers {
  /** Before or after the call of that number, counted from 0. */
  readonly arm: (when: "before" | "after", number: number) => void;
  /** Counts calls and kills nothing. */
  readonly count: () => void;
  readonly disarm: () => void;
  /** How many were called since. */
  readonly called: () => number;
}

/** `state`: a folder whose `killers` come before all other programs on the host while there is a file `kill` beside them. */
export function makeKillers(state: string): Killers {
  const folder = join(state, "killers");
  const plan = join(state, "kill");
  const calls = join(state, "calls");
  mkdirSync(folder);
  mkdirSync(calls);
  for (const program of programs) {
    const real = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
    if (real === "") continue;
    const text = `#!/bin/sh
[ -e ${plan} ] && read -r when at <${plan} || exec ${real} "$@"
set -C
n=0
until true 2>/dev/null >${calls}/$n; do n=$((n + 1)); done
[ "$n" -eq "$at" ] || exec ${real} "$@"
[ "$when" != before ] || kill -9 0
${real} "$@"
s=$?
[ "$when" != after ] || kill -9 0
exit $s
`;
    writeFileSync(join(folder, program), text, { mode: 0o755 });
  }
  const set = (text: string) => {
    for (const number of readdirSync(calls)) rmSync(join(calls, number));
    writeFileSync(plan, text);
  };
  return {
    arm: (when, number) => set(`${when} ${number}\n`),
    count: () => set("never 0\n"),
    disarm: () => rmSync(plan, { force: true }),
    called: () => readdirSync(calls).length,
  };
}
