import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onStaging } from "./staging-lock.ts";

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
