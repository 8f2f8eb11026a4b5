import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, HostoutError } from "@hostout/kit";
import { awaitScript, holdScript, unlockScript } from "../host/lock-scripts.ts";
import { exits } from "../script/exits.ts";
import { takeLock } from "./lock.ts";
import { openStore } from "./open-store.ts";

test("who does not get the lock is told at once, whoever still waits for it", async () => {
  const connection = {
    run: (words: readonly string[]) =>
      words.includes(awaitScript)
        ? new Promise<never>(() => {})
        : Promise.reject(new Error("it ended with 75")),
  } as unknown as Connection;
  await expect(takeLock(connection, "/srv/site", "ann@laptop")).rejects.toThrow("it ended with 75");
});

test("where there is no store yet, nobody waits for the lock any more when that is told", async () => {
  const missing = new HostoutError({ code: "command-failed", message: "gone", status: exits.noFolder });
  let isHolding = true;
  const connection = {
    run: async (words: readonly string[]) => {
      if (words.includes(awaitScript)) throw missing;
      await sleep(50);
      isHolding = false;
      throw missing;
    },
  } as unknown as Connection;
  await expect(takeLock(connection, "/srv/site", "ann@laptop")).rejects.toThrow("gone");
  expect(isHolding).toBe(false);
});

test.each(["", "served\t20260101T000001000Z-00000001\n", "served\t20260101T000001000Z-00000001\nend"])(
  "a state that did not arrive whole is none: %j",
  async (stdout) => {
    let end = () => {};
    const connection = {
      name: "web1",
      run: (words: readonly string[]) => {
        if (words.includes(holdScript))
          return new Promise((_resolve, reject) => (end = () => reject(new Error("ended"))));
        if (words.includes(unlockScript)) end();
        return Promise.resolve({ stdout });
      },
      capture: () => Promise.resolve(stdout),
    } as unknown as Connection;
    const state = openStore(connection, "/srv/site").state();
    const lock = takeLock(connection, "/srv/site", "ann@laptop");
    if (stdout.endsWith("end")) {
      await state;
      await lock;
      end();
      return;
    }
    const message = "web1: the list of the releases in /srv/site did not arrive whole; nothing was changed";
    lock.catch(() => undefined);
    await expect(state).rejects.toThrow(message);
    end();
    await expect(lock).rejects.toThrow(message);
  },
);

test.each([
  ["connection-lost", true],
  ["command-failed", false],
] as const)("where the lock went by %s, what may hold it there still is ended: %s", async (code, isEnded) => {
  let lose: (error: Error) => void = () => {};
  const ended: string[] = [];
  const connection = {
    run: (words: readonly string[]) => {
      if (words.includes(holdScript)) return new Promise((_resolve, reject) => (lose = reject));
      if (words.includes(unlockScript)) ended.push(words.at(-1)!);
      return Promise.resolve({ stdout: "end\n" });
    },
  } as unknown as Connection;
  const lock = await takeLock(connection, "/srv/site", "ann@laptop");
  lose(new HostoutError({ code, message: "gone" }));
  await lock.release();
  expect(ended).toEqual(isEnded ? [lock.token] : []);
});
