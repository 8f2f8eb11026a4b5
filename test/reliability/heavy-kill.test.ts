import { describeUnless } from "../bed/describe-with.ts";
import { heavyDeeds, keepHeavySites } from "./heavy-deeds.ts";
import { isFull, keepSites, type Point, survive, sweep } from "./sweep.ts";
import { type SweepBed, startSweepBed, whyNoSweep } from "./sweep-bed.ts";

const times = ["before", "beside", "after"] as const;

describeUnless(whyNoSweep(), "the client is killed in a deed of an unusual size", () => {
  let bed: SweepBed;
  beforeAll(async () => {
    bed = await startSweepBed();
    await keepSites(bed, () => {});
    await keepHeavySites(bed);
  });
  afterAll(() => bed?.stop());

  // Each command once: before it, when it is begun, or after it; of twelve sites, each fifth. Else one point of each deed.
  test("the old or the new release is live whole, and the next deploy serves itself", async () => {
    const found: string[] = [];
    for (const deed of heavyDeeds(bed)) {
      bed.putBack(deed.from);
      const { code, stdout, stderr } = await bed.client(deed.label, deed.words);
      if (bed.served() !== deed.after || code === null || ![0, 7].includes(code))
        found.push(`${deed.name}: ${code}, ${bed.served()} is live: ${stdout}${stderr}`);
      const total = bed.commands().length;
      const stride = deed.beside ? 5 : 1;
      const points = Array.from({ length: total }, (_, number): Point => {
        const when = times[number % 3]!;
        return { name: `${when} command ${number} of ${deed.name}`, number, at: { when, number } };
      }).filter(({ number }) => (isFull ? number % stride === 0 : number === Math.floor(total * 0.6)));
      const title = `${deed.name}, client killed at ${points.length} of ${total} commands`;
      const { count, faults } = await sweep(title, points, (point) => survive(bed, deed, point));
      found.push(...faults);
      if (count === 0) found.push(`${deed.name}: nothing was killed`);
    }
    expect(found).toEqual([]);
  }, 36_000_000);
});
