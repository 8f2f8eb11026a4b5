import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeUnless } from "../bed/describe-with.ts";
import { deeds, isFull, keepSites, type Point, survive, sweep } from "./sweep.ts";
import { type SweepBed, startSweepBed, whyNoSweep } from "./sweep-bed.ts";

const hours = 3_600_000;

/** Why no file system can be mounted here; undefined where one can. */
function whyNoMount(): string | undefined {
  if (process.getuid?.() !== 0) return "mounting needs root";
  const folder = mkdtempSync(join(tmpdir(), "hostout-mount-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
  if (status === 0) spawnSync("umount", ["-l", folder]);
  rmSync(folder, { recursive: true, force: true });
  return status === 0 ? undefined : "nothing can be mounted here";
}

describeUnless(whyNoSweep() ?? whyNoMount(), "faults of a host's disk", () => {
  let bed: SweepBed;
  let disk: string;
  beforeAll(async () => {
    disk = mkdtempSync(join(tmpdir(), "hostout-disk-"));
    const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
    if (status !== 0) throw new Error(String(stderr));
    mkdirSync(join(disk, "site"));
    bed = await startSweepBed(join(disk, "site"));
    await keepSites(bed, () => {});
  });
  afterAll(async () => {
    await bed?.stop();
    spawnSync("umount", ["-l", disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  test(
    "with so many blocks left on the disk, a deploy serves the old or the new release whole, and the next one itself",
    async () => {
      const points: Point[] = [];
      for (let blocks = 0; blocks <= 24; blocks += isFull ? 1 : 12) {
        const fault = () => {
          const { bavail, bsize } = statfsSync(disk);
          writeFileSync(join(disk, "filler"), Buffer.alloc(Math.max(0, bavail - blocks) * bsize));
          return () => rmSync(join(disk, "filler"));
        };
        points.push({ name: `${blocks} blocks left`, number: blocks, fault });
      }
      const { faults } = await sweep("deploy, disk full", points, (point) =>
        survive(bed, deeds.deploy, point),
      );
      expect(faults).toEqual([]);
    },
    hours,
  );

  // Root may write to what is not to be written to, but not where that is mounted so.
  test.each([".", "releases", ".hostout", ".hostout/records"])(
    "with %s read-only, a deploy says that it cannot, and serves what it did",
    async (folder) => {
      const place = () => join(bed.path, folder);
      const fault = () => {
        for (const words of [
          ["--bind", place(), place()],
          ["-o", "remount,bind,ro", place()],
        ])
          if (spawnSync("mount", words).status !== 0) throw new Error(`cannot mount ${place()}`);
        return () => void spawnSync("umount", [place()]);
      };
      for (const deed of isFull ? [deeds.deploy, deeds.rollback, deeds.push] : [deeds.deploy]) {
        const { code, faults } = await survive(bed, deed, { name: `${folder} read-only`, number: 0, fault });
        // To go back, nothing is written there.
        const goes = deed === deeds.rollback && ["releases", ".hostout/records"].includes(folder);
        expect([deed.name, faults, code === 0]).toEqual([deed.name, [], goes]);
      }
    },
    hours,
  );
});

describeUnless(whyNoSweep(), "a clock that goes backwards", () => {
  let bed: SweepBed;
  beforeAll(async () => {
    bed = await startSweepBed();
    await keepSites(bed, () => {});
  });
  afterAll(() => bed?.stop());

  test(
    "what is gone back to is what was served, whatever the host's clock and that of the client say",
    async () => {
      bed.putBack("two");
      writeFileSync(join(bed.programs, "date"), '#!/bin/sh\nexec /bin/date -d 2001-01-01 "$@"\n', {
        mode: 0o755,
      });
      // Each release's name is older than that of the one before.
      const slow = join(import.meta.dirname, "clock-back.mjs");
      for (const [index, [label, before]] of [
        ["B", "A"],
        ["C", "B"],
        ["D", "C"],
      ].entries()) {
        const env = { NODE_OPTIONS: `--import=${slow}`, CLOCK_BACK_DAYS: String(100 * (index + 1)) };
        const { code, stdout } = await bed.client(label!, ["deployed", "deploy"], { env });
        expect([code, bed.served(), code === 0 ? bed.previous() : stdout]).toEqual([0, label, before]);
      }
      const names = readdirSync(join(bed.path, "releases")).toSorted();
      expect(bed.state().served).toBe(names[0]);
      expect((await bed.client("D", ["deployed", "rollback"])).code).toBe(0);
      expect([bed.served(), existsSync(join(bed.path, "current/bin/app"))]).toEqual(["C", true]);
      rmSync(join(bed.programs, "date"));
    },
    hours,
  );
});
