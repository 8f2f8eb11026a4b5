import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ByHand } from "./by-hand.ts";
import type { Entry, Work } from "./entry.ts";
import type { Hosts, OwnHost } from "./hosts.ts";
import { expectLive } from "./live-release.ts";
import type { Ours } from "./ours.ts";
import type { Deployer } from "./peers/peer.ts";
import type { Tree } from "./tree.ts";

/** Releases that each host has after a clean-up, the live one with them. */
export const kept = 2;

/** W6: a release of the tree is made, switched to and cleaned up after. */
export function deployWorks(
  hosts: Hosts,
  tree: Tree,
  ours: Ours,
  hand: ByHand,
  deployers: readonly Deployer[],
): readonly Work[] {
  return [1, 10].flatMap((count) => {
    const own = hosts.own(count);
    const works = [
      { name: "first", fresh: true, change: () => undefined, aim: 1.1 },
      // One release is there and the warm-up makes another, so each further one means that one has to go.
      { name: "20 changed", fresh: false, change: tree.change, aim: 1.5 },
      { name: "same", fresh: false, change: () => undefined, aim: 0.6 },
    ];
    return works.map(({ name, fresh, change, aim }) => {
      const entryOf = (deployer: Deployer): Entry => ({
        who: deployer.who,
        line: deployer.deploy(count),
        before: () => {
          if (fresh) forget(deployer, own);
          change();
          deployer.prepare?.();
        },
        check: () => {
          for (const host of own) expectLive(tree, join(host.home, deployer.place), fresh ? 1 : kept);
        },
      });
      return {
        name: `W6 deploy, ${count === 1 ? "1 host" : `${count} hosts`}: ${name}`,
        aim,
        ours: entryOf(ours),
        reference: entryOf(hand),
        peers: [...deployers.map(entryOf), copyInPlace(tree, own, hand.inPlace(count), fresh, change)],
      };
    });
  });
}

function forget(deployer: Deployer, own: readonly OwnHost[]): void {
  for (const { home } of own) rmSync(join(home, deployer.place), { recursive: true, force: true });
  deployer.forget?.();
}

/** The other thing that people do, which is no release: visitors see a mix of two states while it works. */
function copyInPlace(
  tree: Tree,
  own: readonly OwnHost[],
  line: string,
  fresh: boolean,
  change: () => void,
): Entry {
  const places = own.map(({ home }) => join(home, "in-place"));
  return {
    who: "rsync in place (no release)",
    line,
    before: () => {
      if (fresh) for (const place of places) rmSync(place, { recursive: true, force: true });
      change();
    },
    check: () => {
      for (const place of places) tree.expectIn(join(place, "tree"));
    },
  };
}
