import { dirname } from "node:path";
import { describeUnless } from "../bed/describe-with.ts";
import { type Killers, makeKillers } from "./killers.ts";
import { type Deed, deeds, isFull, keepSites, type Point, survive, sweep } from "./sweep.ts";
import { type Shell, type SweepBed, startSweepBed, whyNoSweep } from "./sweep-bed.ts";

const hours = 3_600_000;
// Of all calls, each so many-th: for each deed another, for they differ in length.
const strides: Readonly<Record<string, number>> = { deploy: 28, rollback: 8, push: 18 };

const shells: readonly Shell[] = isFull ? ["dash", "bash", "busybox"] : ["dash"];
describe.each(shells)("a remote command is killed; the host's shell is %s", (shell) => {
  describeUnless(whyNoSweep(shell), "at each program that it calls", () => {
    let bed: SweepBed;
    let killers: Killers;
    beforeAll(async () => {
      bed = await startSweepBed();
      bed.setShell(shell);
      await keepSites(bed, () => {});
      killers = makeKillers(dirname(bed.programs));
    });
    afterAll(() => bed?.stop());

    const stride = (deed: Deed) => (isFull ? 1 : (strides[deed.name] ?? 9));

    test.each([deeds.deploy, deeds.rollback, deeds.push] as readonly Deed[])(
      "before and after, $name serves the old or the new release whole, and the new one where it ends well",
      async (deed) => {
        bed.putBack(deed.from);
        killers.count();
        const { code } = await bed.client(deed.label, deed.words);
        killers.disarm();
        expect(code).toBe(0);
        const total = killers.called();
        const points: Point[] = [];
        for (let number = 0; number < total; number += stride(deed))
          for (const when of ["before", "after"] as const) {
            if (!isFull && (number / stride(deed)) % 2 !== (when === "before" ? 0 : 1)) continue;
            const fault = () => {
              killers.arm(when, number);
              return killers.disarm;
            };
            points.push({ name: `${when} program ${number}`, number, fault });
          }
        let untold = 0;
        const title = `${deed.name}, ${shell}, remote command killed at programs out of ${total}`;
        const { count, faults } = await sweep(title, points, async (point) => {
          const found = await survive(bed, deed, point);
          if (found.code === 0) untold++;
          return found;
        });
        process.stderr.write(`${title}: ${untold} of ${count} not told as a failure\n`);
        expect([faults, count > 2]).toEqual([[], true]);
      },
      hours,
    );
  });
});

/** Without these a deploy comes to its end: stop-cmd, a try of verify, and what only takes away (again, with the rights of root). */
// And the shell for scripts (each then has one of its own), and the follower of a build (another one follows).
const mayFail =
  / exec sh ' \/bin\/sh|waits=0 s=0\.02|\{ (?:true|grep -q of parts\/label) \}|exit \$e'(?: hostout |\) <)|rm -rf "\$1"/;

describeUnless(whyNoSweep(), "the connection is cut at each command", () => {
  let bed: SweepBed;
  beforeAll(async () => {
    bed = await startSweepBed();
    await keepSites(bed, () => {});
  });
  afterAll(() => bed?.stop());

  test.each([deeds.deploy, deeds.rollback, deeds.push] as readonly Deed[])(
    "$name serves the old or the new release whole, and ends",
    async (deed) => {
      bed.putBack(deed.from);
      await bed.client(deed.label, deed.words);
      const total = bed.commands().length;
      const points: Point[] = [];
      for (let number = 0; number < total; number += isFull ? 1 : 8)
        for (const when of isFull ? (["before", "beside", "after"] as const) : (["beside"] as const))
          points.push({ name: `${when} command ${number}`, number, at: { when, number }, cut: "connection" });
      const title = `${deed.name}, connection cut at commands out of ${total}`;
      const { count, faults } = await sweep(title, points, (point) => survive(bed, deed, point));
      expect([faults, count > 1]).toEqual([[], true]);
    },
    hours,
  );

  test(
    "a command that is killed is told as a failure, also where it only asks something",
    async () => {
      bed.putBack("two");
      await bed.client("B", deeds.deploy.words);
      const lines = bed.commands();
      const points: Point[] = [];
      // Those that only ask: what is served, whether something was changed there.
      for (const [number, line] of lines.entries())
        if (isFull || /(true|echo (?:end|looked)|grep -q \.)'(?: hostout |\) <)/.test(line))
          points.push({ name: `command ${number}`, number, at: { when: "before", number }, cut: "command" });
      const title = `deploy, each of ${points.length} commands killed whole`;
      const { count, faults } = await sweep(title, points, async (point) => {
        const found = await survive(bed, deeds.deploy, point);
        const line = lines[point.number]!;
        const told = found.code === 0 && !mayFail.test(line) ? [`${point.name}: not told: ${line}`] : [];
        return { ...found, faults: [...found.faults, ...told] };
      });
      expect([faults, count > 1]).toEqual([[], true]);
    },
    hours,
  );
});
