import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onStaging } from "./staging-lock.ts";

/** The processes that this one has started. */
function children(): readonly number[] {
  return readdirSync("/proc/self/task").flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number),
  );
}

test("a command ends although the process that held the lock of its staging folder was killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hostout-staging-"));
  const context = { site: { name: "site" }, dryRun: false, warn: () => undefined } as never;
  try {
    const before = new Set(children());
    const work = async () => {
      const holders = children().filter((pid) => !before.has(pid));
      expect(holders).not.toEqual([]);
      for (const pid of holders) process.kill(pid, "SIGKILL");
      while (children().some((pid) => holders.includes(pid))) await sleep(20);
      // Its outputs close after it.
      await sleep(200);
      return "done";
    };
    expect(await onStaging(context, folder, work)).toBe("done");
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 20_000);

test("a staging folder that one command has freed is free for the next, at once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hostout-staging-"));
  const context = { site: { name: "site" }, dryRun: false, warn: () => undefined } as never;
  try {
    for (let times = 0; times < 40; times++) {
      expect(await onStaging(context, folder, async () => times)).toBe(times);
      // Two that share the lock free it once.
      await Promise.all([1, 2].map(() => onStaging(context, folder, async () => undefined)));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
