import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describeUnless } from "../bed/describe-with.ts";
import { deeds, isFull, keepSites } from "./sweep.ts";
import { type SweepBed, startSweepBed, whyNoSweep } from "./sweep-bed.ts";

describeUnless(whyNoSweep(), "a client that is stopped in the midst of a deploy", () => {
  let bed: SweepBed;
  beforeAll(async () => {
    bed = await startSweepBed();
    await keepSites(bed, () => {});
  });
  afterAll(() => bed?.stop());

  // It takes as long as a host waits for a client that says nothing.
  if (isFull)
    test("loses its lock after five minutes, and changes nothing once another one has deployed", async () => {
      bed.putBack("two");
      await bed.client("B", deeds.deploy.words);
      const number = bed.commands().findIndex((line) => line.includes('serve "$r" "$t"')) - 1;
      bed.putBack("two");
      const first = bed.client("B", deeds.deploy.words, { at: { when: "after", number }, cut: "pause" });
      while (bed.commands().length <= number || !isStopped(bed.pid())) await sleep(20);
      const pid = bed.pid();
      expect((await bed.client("C", ["deployed", "deploy"])).code).toBe(5);
      await sleep(302_000);
      expect((await bed.client("C", ["deployed", "deploy"])).code).toBe(0);
      process.kill(pid, "SIGCONT");
      expect((await first).code).not.toBe(0);
      await bed.quiet();
      expect([bed.served(), bed.previous()]).toEqual(["C", "A"]);
    }, 3_600_000);

  test("goes on after another one has taken its lock and deployed: it changes nothing any more, and says so", async () => {
    bed.putBack("two");
    await bed.client("B", deeds.deploy.words);
    const locked = bed.commands().findIndex((line) => line.includes('held.$2"'));
    const last = bed.commands().findIndex((line) => line.includes('serve "$r" "$t"')) - 1;
    const numbers = Array.from({ length: last - locked - 2 }, (_, index) => locked + 3 + index);
    const tried = isFull ? numbers : numbers.slice(-1);
    for (const number of tried) {
      bed.putBack("two");
      const first = bed.client("B", deeds.deploy.words, { at: { when: "after", number }, cut: "pause" });
      while (bed.commands().length <= number || !isStopped(bed.pid())) await sleep(20);
      const pid = bed.pid();
      expect([number, (await bed.client("C", ["deployed", "deploy"])).code]).toEqual([number, 5]);
      expect([number, (await bed.client("C", ["deployed", "unlock"])).code]).toEqual([number, 0]);
      expect([number, (await bed.client("C", ["deployed", "deploy"])).code]).toEqual([number, 0]);
      process.kill(pid, "SIGCONT");
      const { code } = await first;
      await bed.quiet();
      expect([number, code === 0, bed.served(), bed.previous()]).toEqual([number, false, "C", "A"]);
    }
    process.stderr.write(
      `client stopped at ${tried.length} commands, its lock taken: ${tried.length} survived\n`,
    );
  }, 3_600_000);
});

function isStopped(pid: number): boolean {
  try {
    return /\) T /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
