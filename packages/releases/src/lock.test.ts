import type { Connection } from "@hostout/kit";
import { takeLock } from "./lock.ts";
import { awaitScript } from "./lock-scripts.ts";

test("who does not get the lock is told at once, whoever still waits for it", async () => {
  const connection = {
    run: (words: readonly string[]) =>
      words.includes(awaitScript)
        ? new Promise<never>(() => {})
        : Promise.reject(new Error("it ended with 75")),
  } as unknown as Connection;
  await expect(takeLock(connection, "/srv/site", "ann@laptop")).rejects.toThrow("it ended with 75");
});
