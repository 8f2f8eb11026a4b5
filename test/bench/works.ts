import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ByHand } from "./by-hand.ts";
import { type Entry, lineOf, quote, type Work } from "./entry.ts";
import type { Hosts } from "./hosts.ts";
import { bin, type Ours } from "./ours.ts";
import type { Runner } from "./peers/peer.ts";
import type { Tree } from "./tree.ts";

/** Size of the file of W5. */
export const bigBytes = 200_000_000;

/** W1 to W5: start-up, commands, copies. */
export function commandWorks(
  hosts: Hosts,
  tree: Tree,
  ours: Ours,
  hand: ByHand,
  runners: readonly Runner[],
): readonly Work[] {
  return [
    {
      name: "W1 --version (by hand: node -e 0)",
      aim: 1,
      ours: { who: ours.who, line: lineOf(process.execPath, bin, "--version") },
      reference: { who: hand.who, line: `${quote(process.execPath)} -e 0` },
    },
    ...[1, 10, 50].map((count, index) => ({
      name: `W2 no-op on ${count}`,
      aim: [1.6, 1.05, 0.85][index]!,
      ...entriesOf(hosts, count, ours.run(count, "run", "true"), [hand, ...runners], ({ once }) =>
        once(count),
      ),
    })),
    {
      name: "W3 20 commands on 10",
      aim: 0.25,
      ...entriesOf(hosts, 10, ours.run(10, "twenty"), [hand, ...runners], ({ twenty }) => twenty(10)),
    },
    ...[1, 10].flatMap((count) => copies(hosts, tree, ours, hand, count)),
    ...[1, 5].map((count) => bigFile(hosts, ours, hand, count)),
  ];
}

/** Entries that each log in at every host, which the log of the sshd proves. */
function entriesOf(
  hosts: Hosts,
  count: number,
  own: string,
  runners: readonly Runner[],
  lineOfRunner: (runner: Runner) => string,
) {
  const entryOf = (who: string, line: string): Entry => {
    let before = 0;
    return {
      who,
      line,
      before: () => {
        before = hosts.loginCount();
      },
      check: () => {
        const logins = hosts.loginCount() - before;
        if (logins < count) throw new Error(`${logins} logins on ${count} hosts`);
      },
    };
  };
  const [reference, ...peers] = runners.map((runner) => entryOf(runner.who, lineOfRunner(runner)));
  return { ours: entryOf("hostout", own), reference: reference!, peers };
}

/** W4: the tree into a folder of each host. */
function copies(hosts: Hosts, tree: Tree, ours: Ours, hand: ByHand, count: number): readonly Work[] {
  const places = (what: string) => hosts.names(count).map((name) => join(hosts.home, `${name}-${what}`));
  // The command that people type, and on more hosts the task, which has a folder for each.
  const own = count === 1 ? ours.run(1, "sync", "tree", places("tree")[0]!) : ours.run(count, "tree");
  const theirs = hand.rsync(count, "-a", "tree/", `${hosts.home}/{}-r/`);
  const on = count === 1 ? "1 host" : `${count} hosts`;
  const works = { first: () => emptyHome(hosts), same: undefined, "20 changed": tree.change };
  return Object.entries(works).map(([name, before]) => ({
    name: `W4 copy, ${on}: ${name}`,
    aim: name === "first" ? 0.75 : 1.4,
    ours: { who: ours.who, line: own, before, check: () => places("tree").forEach(tree.expectIn) },
    reference: { who: hand.who, line: theirs, before, check: () => places("r").forEach(tree.expectIn) },
  }));
}

/** W5: one file of 200 MB. */
function bigFile(hosts: Hosts, ours: Ours, hand: ByHand, count: number): Work {
  const places = (what: string) => hosts.names(count).map((name) => join(hosts.home, `${name}-${what}`));
  const check = (what: string) => () => {
    for (const place of places(what)) {
      const { size } = statSync(place);
      if (size !== bigBytes) throw new Error(`${place} has ${size} bytes`);
    }
  };
  const before = () => emptyHome(hosts);
  return {
    name: `W5 one file of 200 MB, ${count === 1 ? "1 host" : `${count} hosts`}`,
    aim: 0.9,
    ours: {
      who: ours.who,
      line: count === 1 ? ours.run(1, "put", "big", places("big")[0]!) : ours.run(count, "big"),
      before,
      check: check("big"),
    },
    reference: {
      who: hand.who,
      line: hand.rsync(count, "-W", "big", `${hosts.home}/{}-r`),
      before,
      check: check("r"),
    },
  };
}

function emptyHome({ home }: Hosts): void {
  for (const name of readdirSync(home)) rmSync(join(home, name), { recursive: true });
}
