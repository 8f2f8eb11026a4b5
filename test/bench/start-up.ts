import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

// How long hostout takes to start, as a ratio to `node -e 0` in the same run: medians of interleaved runs, so that what
// else the machine does falls on both. Prints figures; judges nothing.

const root = dirname(dirname(import.meta.dirname));
const bin = join(root, "packages", "cli", "bin", "hostout.js");
const project = join(root, "test", "e2e", "seed.cfg");
const runs = Number(process.argv[2] ?? 25);
const cache = mkdtempSync(join(tmpdir(), "hostout-bench-"));

const works: Readonly<Record<string, { readonly words: readonly string[]; readonly aim: number }>> = {
  "node -e 0": { words: ["-e", "0"], aim: 1 },
  "hostout --version": { words: [bin, "--version"], aim: 1 },
  "hostout --help": { words: [bin, "--help"], aim: 1.2 },
  "completion of first-site": { words: [bin, "--complete", "--", "-c", project, "first-site", ""], aim: 2 },
  "hostout first-site --help": { words: [bin, "-c", project, "first-site", "--help"], aim: 1.2 },
  "hostout first-site stage --help": { words: [bin, "-c", project, "first-site", "stage", "--help"], aim: 2 },
  "hostout first-site explain stage": {
    words: [bin, "-c", project, "first-site", "explain", "stage"],
    aim: 3,
  },
  "hostout sites": { words: [bin, "-c", project, "sites"], aim: 5 },
};

const times = new Map<string, number[]>(Object.keys(works).map((name) => [name, []]));
for (let round = -2; round < runs; round++) {
  for (const [name, { words }] of Object.entries(works)) {
    const startedMs = performance.now();
    const { status, stderr } = spawnSync(process.execPath, words, {
      env: { ...process.env, NODE_COMPILE_CACHE: cache, XDG_CACHE_HOME: cache },
    });
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
    // Two rounds to warm the disk and the compile cache, as on any machine where hostout was used before.
    if (round >= 0) times.get(name)?.push(performance.now() - startedMs);
  }
}
rmSync(cache, { recursive: true });

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const reference = median(times.get("node -e 0") ?? []);
for (const [name, { aim }] of Object.entries(works)) {
  const ratio = median(times.get(name) ?? []) / reference;
  process.stdout.write(`${name.padEnd(34)} ${ratio.toFixed(2)} of node -e 0 (aim ${aim})\n`);
}
