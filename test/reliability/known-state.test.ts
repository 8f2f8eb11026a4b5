import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Lock, openStore, type ReleaseRecord, removable, type StoreState } from "@hostout/releases";
import fc from "fast-check";
import { prepareScript } from "../../packages/releases/src/host/prepare-scripts.ts";
import { openHost } from "../bed/open-host.ts";
import { name, recordOf, run } from "./store-site.ts";

const changes = [
  "clone",
  "finish",
  "record",
  "fail",
  "switch",
  "settle",
  "go back",
  "pin",
  "clean up",
] as const;
const history = fc.array(fc.tuple(fc.constantFrom(...changes), fc.nat({ max: 3 })), {
  minLength: 10,
  maxLength: 30,
});

/** What a store knows under the lock need not tell the times at which something was served: only people read them. */
const told = ({ log, ...state }: StoreState) => ({ ...state, log: log.map(({ release }) => release) });

test("what is known of a store under its lock is what the host would say", async () => {
  const { local, home, close } = await openHost({ kind: "embedded", transport: "node-ssh" });
  let [histories, states] = [0, 0];
  try {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const path = join(home, `site-${histories++}`);
        mkdirSync(path);
        run(["sh"], prepareScript, [path, ""]);
        const store = openStore(local, path);
        const lock = await store.lock("a test");
        try {
          for (const [change, which] of steps) {
            await tryTo(change, which, lock);
            states++;
            expect(told(await store.state())).toEqual(told(await openStore(local, path).state()));
          }
        } finally {
          await lock.release();
        }
        expect((await store.state()).lockedBy).toBeUndefined();

        async function tryTo(change: (typeof changes)[number], which: number, lock: Lock): Promise<void> {
          const state = await store.state();
          const release = name(which + 1);
          const isComplete = state.releases.some((one) => one.name === release);
          const record: ReleaseRecord = { ...recordOf(release), result: "built", who: "ann  at home" };
          if (change === "clone" && !isComplete && !state.leftovers.some((one) => one.includes(release)))
            await store.clone(release, state.served, ["bin"], lock);
          else if (change === "finish" && state.leftovers.includes(release)) await store.finish(record, lock);
          else if (change === "record" && isComplete) await store.record({ ...record, result: "ok" }, lock);
          else if (change === "fail" && state.leftovers.includes(release))
            await store.fail(record, false, lock);
          else if (change === "switch" && isComplete) await store.switchTo(release, ["bin"], lock);
          else if (change === "settle") await store.settle(which === 0, lock);
          else if (change === "go back" && isComplete && state.served === release)
            await store.goBack(record, undefined, lock);
          else if (change === "pin" && isComplete) await store.pin(release, which < 2);
          else if (change === "clean up") {
            const hash = String(which).padStart(64, "0");
            writeFileSync(join(path, ".hostout", "packages", `${hash}.tar`), "");
            await store.remove(removable(await openStore(local, path).state(), which), lock);
          }
        }
      }),
      { numRuns: process.env.HOSTOUT_SWEEP === "full" ? 100 : 3 },
    );
  } finally {
    await close();
  }
  expect(states).toBeGreaterThan(histories);
}, 3_600_000);
