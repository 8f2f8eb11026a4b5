import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeUnless } from "../bed/describe-with.ts";
import { type Deed, deeds, isFull, keepSites, type Point, survive, sweep } from "./sweep.ts";
import { type Shell, type SweepBed, startSweepBed, whyNoSweep } from "./sweep-bed.ts";

const hours = 3_600_000;
/** Of the commands of a deed, each so many-th. */
const strides: Readonly<Record<string, number>> = {
  rollback: 5,
  cleanup: 2,
  push: 6,
  adoption: 17,
  takeover: 17,
};
const times = ["before", "beside", "after"] as const;

/** What something that was killed long ago has left. */
function leave(path: string): void {
  mkdirSync(join(path, "releases", "20260101T000000000Z-00000009", "bin"), { recursive: true });
  writeFileSync(join(path, ".hostout", "packages", `${"0".repeat(64)}.tar`), "");
}

const shells: readonly Shell[] = ["dash", "bash", "busybox"];
describe.each(shells)("the client is killed; the host's shell is %s", (shell) => {
  describeUnless(whyNoSweep(shell), "at its commands and its events", () => {
    let bed: SweepBed;
    beforeAll(async () => {
      bed = await startSweepBed();
      bed.setShell(shell);
      await keepSites(bed, leave);
    });
    afterAll(() => bed?.stop());

    // In one shell, some of the commands, and all by which a release becomes the one that is served; in the other shells, only those.
    const isSampled = (deed: Deed, number: number, line: string) =>
      (shell === "dash" && number % (strides[deed.name] ?? 6) === 0) ||
      (deed.name === "deploy" && /serve "\$r" "\$t"/.test(line));
    const tried = (Object.values(deeds) as readonly Deed[]).filter(
      ({ name }) => isFull || shell === "dash" || name === "deploy",
    );

    /** Every command, before it is run, when it is begun and after its end; else each once. */
    const pointsOf = (commands: readonly number[]): readonly Point[] =>
      commands.flatMap((number) =>
        times
          .filter((_when, index) => isFull || index === number % 3)
          .map((when) => ({ name: `${when} command ${number}`, number, at: { when, number } })),
      );
    const commandsOf = async (deed: Deed) => {
      bed.putBack(deed.from);
      const { code, stdout, stderr } = await bed.client(deed.label, deed.words);
      if (code !== 0) throw new Error(stdout + stderr);
      return bed.commands();
    };

    test.each(tried)(
      "at every command of $name, the old or the new release is served whole, and the next deploy serves itself",
      async (deed) => {
        const commands = await commandsOf(deed);
        const all = commands.map((_line, number) => number);
        const wanted = isFull ? all : all.filter((number) => isSampled(deed, number, commands[number]!));
        const title = `${deed.name}, ${shell}, client killed at ${wanted.length} of ${all.length} commands`;
        const { count, faults } = await sweep(title, pointsOf(wanted), (point) => survive(bed, deed, point));
        expect([faults, count >= wanted.length]).toEqual([[], true]);
      },
      hours,
    );

    if (isFull || shell === "dash")
      test(
        "after every event of a deploy, the same",
        async () => {
          const title = `deploy, ${shell}, client killed after its events`;
          let isOver = false;
          function* points(): Iterable<Point> {
            for (let lines = 1; !isOver; lines += isFull ? 1 : 14)
              yield { name: `after event ${lines}`, number: lines, afterLines: lines };
          }
          const { count, faults } = await sweep(title, points(), async (point) => {
            const found = await survive(bed, deeds.deploy, point);
            isOver = found.code === 0;
            return found;
          });
          expect([faults, count > 2]).toEqual([[], true]);
        },
        hours,
      );
  });
});
