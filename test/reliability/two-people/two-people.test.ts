import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type Act, history, type Step, short } from "./history.ts";
import type { SharedHost } from "./line.ts";
import { modelSharedHost } from "./model-shared-host.ts";
import { type LabelledPackage, makePackages } from "./packages-of-labels.ts";
import { makePerson } from "./person.ts";
import { type Played, play } from "./play.ts";
import { realHost } from "./real-host.ts";
import { startTestClock, type TestClock } from "./test-clock.ts";
import { told } from "./told.ts";

/*
 * Ann and Bob deploy one site to two hosts, each from a project of their own. Both run the real engine: plan, runner, journal, the
 * commands of hostout-core, and what `resume` decides. Their sessions are kits' `Connection`s: what is done on a host goes through them, and so
 * that is where clients are killed, lines break, and clients stand still while the other one works.
 *
 * Behind the connections are two kinds of hosts. 10,000 histories need hosts that cost nothing: a store in memory, which answers each
 * script of the store by its text. That it answers as the scripts do is tried by the same histories on folders of this machine with
 * the real scripts; there are fewer of them, as each run starts some hundred processes.
 *
 * Compared is what a run says is live with where `current` leads. Where another one switched after a run gave its lock back, what the run
 * says was so when it heard of the host last. A resume changes nothing where another one switched since its run looked, or since that
 * began where it never looked.
 */

const isFull = process.env.HOSTOUT_SWEEP === "full";
/** The same histories each time, so that none fails at random; a sweep takes others. `HOSTOUT_SEED` takes those of one that failed, with `HOSTOUT_PATH` the one history. */
const seeds = process.env.HOSTOUT_SEED
  ? [Number(process.env.HOSTOUT_SEED)]
  : isFull
    ? Array.from({ length: 4 }, () => Math.floor(Math.random() * 2 ** 31))
    : [1, 2, 3];
const labels = ["one", "two", "three", "four", "five"];
let root: string;
let packages: readonly LabelledPackage[];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "hostout-two-people-"));
  packages = await makePackages(join(root, "packages"), labels);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const labelOf = (hash: string | undefined) => packages.find((one) => one.hash === hash)?.label;

/** @param makeHost a host on which a folder is the home of who logs in */
async function playWith(
  steps: readonly (Act | Step)[],
  makeHost: (name: string, home: string, clock: TestClock) => SharedHost,
): Promise<Played> {
  const clock = startTestClock();
  const folder = mkdtempSync(join(root, "history-"));
  try {
    const hosts = ["h0", "h1"].map((name) => makeHost(name, join(folder, name), clock));
    const people = ["ann", "bob"].map((name) => {
      mkdirSync(join(folder, name));
      return makePerson(name, join(folder, name), { hosts, path: "~/site", packages });
    });
    return await play({ hosts, people, labels, clock }, steps);
  } finally {
    clock.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Histories that came to a lie once. */
const lied: [readonly (Act | Step)[]][] = told.map((steps) => [steps]);

async function tryHistories(
  title: string,
  { seed, numRuns }: { readonly seed: number; readonly numRuns: number },
  histories: fc.Arbitrary<readonly (Act | Step)[]>,
  makeHost: Parameters<typeof playWith>[1],
  examples: [readonly (Act | Step)[]][] = [],
) {
  const sum = { histories: 0, runs: 0, killed: 0, interrupted: 0, resumed: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(histories, async (steps) => {
      const { lies, seen, ...counts } = await playWith(steps, makeHost);
      sum.histories++;
      for (const [key, count] of Object.entries(counts)) sum[key as keyof typeof sum] += count;
      if (lies.length > 0) throw new Error(`${lies.join("\n")}\n\n${seen.join("\n")}`);
    }),
    { numRuns, seed, endOnFailure: true, examples, path: process.env.HOSTOUT_PATH ?? "" },
  );
  const { runs, killed, interrupted, resumed, refused } = sum;
  process.stderr.write(
    `${sum.histories} histories of two people ${title} (HOSTOUT_SEED=${seed}): ${runs} runs, ${killed} killed, ${interrupted} come between, ${resumed} resumed, of which ${refused} refused; 0 lies\n`,
  );
  return sum;
}

test.each(seeds)(
  "what each run says is live is live, and resume brings back nothing old, on hosts in memory: seed %s",
  async (seed) => {
    const make = (name: string, _home: string, { atHosts }: TestClock) =>
      modelSharedHost(name, atHosts, labelOf);
    const about = { seed, numRuns: Number(process.env.HOSTOUT_HISTORIES ?? (isFull ? 2500 : 14)) };
    const sum = await tryHistories("on hosts in memory", about, history, make, seed === seeds[0] ? lied : []);
    // A few histories need not have all of it.
    const seen = [sum.killed, sum.interrupted, sum.resumed, sum.refused];
    expect(isFull ? Math.min(...seen) : Math.max(...seen)).toBeGreaterThan(0);
  },
  36_000_000,
);

test("the same with the real scripts", async () => {
  const make = (name: string, home: string) => realHost(name, home, labelOf);
  const about = { seed: seeds[0]!, numRuns: isFull ? 150 : 1 };
  const sum = await tryHistories("on real stores", about, short, make, isFull ? lied : []);
  expect(sum.runs).toBeGreaterThan(1);
}, 36_000_000);
