import { type HostContext, makeCells } from "@hostout/kit";
import type { RenewableLock } from "./lock.ts";
import { giveBackLock, keepLock, withLock } from "./site-store.ts";
import type { Store } from "./store.ts";

/** A site whose lock is available. */
function lockable() {
  const log: string[] = [];
  const lock = {
    token: "t",
    isLost: () => false,
    release: async () => void log.push("free"),
  } as unknown as RenewableLock;
  const store = {
    lock: async () => {
      if (log.at(-1) === "take") throw new Error("it is being changed by another run");
      log.push("take");
      return lock;
    },
  } as unknown as Store;
  const context = { dryRun: false, shared: makeCells() } as unknown as HostContext;
  return { log, store, context };
}

test("a lock that is kept is not taken again by who keeps it, as where a step is done twice, and stays until it is given back", async () => {
  const { log, store, context } = lockable();
  for (let times = 0; times < 2; times++) {
    await keepLock(context, store);
    await withLock(context, store, async () => void log.push("work"));
  }
  await giveBackLock(context);
  await giveBackLock(context);
  expect(log).toEqual(["take", "work", "work", "free"]);
});

test("one that is not kept is given back at once, also where the work fails", async () => {
  const { log, store, context } = lockable();
  const failing = withLock(context, store, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  await withLock(context, store, async () => void log.push("work"));
  expect(log).toEqual(["take", "free", "take", "work", "free"]);
});
