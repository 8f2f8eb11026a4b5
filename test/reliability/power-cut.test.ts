import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeUnless } from "../bed/describe-with.ts";
import { type DiskImage, makeDiskImage, whyNoImage } from "./disk-image.ts";
import { type Deed, deeds, isFull, keepSites } from "./sweep.ts";
import { type SweepBed, startSweepBed, whyNoSweep } from "./sweep-bed.ts";

/** Of each deed, with which options of the file system, and how many cuts. */
interface Round {
  readonly deed: Deed;
  /** `commit`: after how many seconds the system writes what nobody asked it to write. Without auto_da_alloc a rename writes nothing. */
  readonly options: string;
  readonly cuts: number;
}

const ways = ["commit=1", "commit=30", "commit=30,noauto_da_alloc", "commit=5,nodelalloc"];
const rounds: readonly Round[] = isFull
  ? ([deeds.deploy, deeds.deploy, deeds.push, deeds.rollback, deeds.cleanup] as const).flatMap((deed) =>
      ways.flatMap((options) => [
        { deed, options, cuts: 5 },
        { deed, options, cuts: 5 },
      ]),
    )
  : [{ deed: deeds.deploy, options: "commit=30,noauto_da_alloc", cuts: 1 }];

/**
 * What is read of a mounted image's file is what a disk has that loses its power then: what the system keeps in memory is not in it, and
 * nothing changed while it was read, so that no later block is there without an earlier one. What a disk loses that says it wrote is
 * not tried.
 */
describeUnless(whyNoSweep() ?? whyNoImage(), "a power cut of a host", () => {
  let bed: SweepBed;
  let disk: DiskImage;
  /** How long a run takes here. */
  let usualMs: number;
  beforeAll(async () => {
    disk = makeDiskImage();
    mkdirSync(join(disk.folder, "site"));
    bed = await startSweepBed(join(disk.folder, "site"));
    await keepSites(bed, () => {});
    bed.putBack("two");
    const startedMs = performance.now();
    await bed.client("B", deeds.deploy.words);
    usualMs = performance.now() - startedMs;
    bed.putBack("two");
    await bed.quiet();
    await disk.unmount();
    disk.keep();
  });
  afterAll(async () => {
    await bed?.stop();
    disk?.stop();
  });

  test("in the midst of a run leaves the old or the new release, whole, and the next deploy serves itself", async () => {
    // The same moments each time, so that it does not fail at random.
    const random = randomOf(Number(process.env.HOSTOUT_SEED ?? (isFull ? Date.now() % 2 ** 31 : 1)));
    const faults: string[] = [];
    const live: Record<string, number> = {};
    let cuts = 0;
    for (const { deed, options, cuts: wanted } of rounds) {
      disk.putBack();
      disk.mount(options);
      const startedMs = performance.now();
      let isOver = false;
      const running = bed.client(deed.label, deed.words).finally(() => {
        isOver = true;
      });
      const images: { readonly image: Buffer; readonly name: string }[] = [];
      // Some of them soon after its end.
      const moments = Array.from({ length: wanted }, () => (0.1 + random()) * usualMs).sort((a, b) => a - b);
      for (const moment of moments) {
        await sleep(Math.max(0, startedMs + moment - performance.now()));
        const name = `${deed.name}, ${options}, ${isOver ? "after its end" : `${Math.round(moment)} ms`}`;
        images.push({ image: await disk.cut(), name });
      }
      const { code } = await running;
      usualMs = performance.now() - startedMs;
      expect(code).toBe(0);
      await bed.quiet();
      await disk.unmount();
      for (const { image, name } of images) {
        cuts++;
        const found = await afterCut(deed, image);
        live[found.live] = (live[found.live] ?? 0) + 1;
        for (const fault of found.faults) {
          faults.push(`${name}: ${fault}`);
          process.stderr.write(`${name}: ${fault}\n`);
        }
      }
    }
    process.stderr.write(
      `${cuts} power cuts on ext4: ${faults.length} faults; live then: ${JSON.stringify(live)}\n`,
    );
    expect([faults, cuts]).toEqual([[], rounds.reduce((sum, one) => sum + one.cuts, 0)]);
  }, 36_000_000);

  async function afterCut(
    deed: Deed,
    image: Buffer,
  ): Promise<{ readonly live: string; readonly faults: readonly string[] }> {
    const faults: string[] = [];
    disk.restore(image);
    disk.mount("commit=5");
    let live = "not whole";
    try {
      live = bed.served() ?? "nothing";
      if (!Object.keys(deed.outcomes).includes(live)) faults.push(`${live} is live`);
      if (bed.previous() !== deed.outcomes[live]) faults.push(`${bed.previous()} would be gone back to`);
      const { code, stdout, stderr } = await bed.client("C", deeds.deploy.words);
      if (code !== 0) faults.push(`the next deploy ended with ${code}: ${stdout}${stderr}`);
      else if (bed.served() !== "C") faults.push(`after the next deploy ${bed.served()} is live`);
      else if (bed.previous() !== live) faults.push(`after it ${bed.previous()} would be gone back to`);
      await bed.quiet();
    } catch (error) {
      faults.push(String(error));
    }
    await disk.unmount();
    return { live, faults };
  }
});

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
