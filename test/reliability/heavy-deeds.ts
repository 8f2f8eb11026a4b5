import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { name } from "./store-site.ts";
import { type Deed, deeds, isFull } from "./sweep.ts";
import type { SweepBed } from "./sweep-bed.ts";

// Each costs: removing a leftover some ten processes, a site a deploy of its own.
const leftovers = isFull ? 1200 : 30;
const others = Array.from({ length: isFull ? 11 : 2 }, (_, index) => `other-${index + 1}`);

/** Keeps the site `two` of the bed with what years bring, and writes the sites of {@link heavyDeeds}. */
export async function keepHeavySites(bed: SweepBed): Promise<void> {
  bed.putBack("two");
  const log = join(bed.path, ".hostout", "served.log");
  const last = readFileSync(log, "utf8");
  // 5 MB of switches to a release that was removed since.
  const line = "20260101T000000Z\t20250101T000000000Z-00000000\tann@laptop, process 1\n";
  writeFileSync(log, line.repeat(75_000) + last);
  bed.keep("big log");
  bed.putBack("two");
  for (let number = 1; number <= leftovers; number++)
    mkdirSync(join(bed.path, "releases", name(number).replace(/^2026/, "2025"), "bin"), { recursive: true });
  bed.keep("many leftovers");
  bed.putBack("two");
  const built = "build-command = cat parts/label >parts/built\ninclude =\n  bin\n  etc\n  parts\n";
  const shared = `commands-as = effective\nstop-cmd = true\nstart-cmd = true\nkeep = 2\n${built}`;
  const check = "verify = head -c 200000 /dev/zero | tr '\\0' x; false\nverify-timeout = 0s\n";
  await bed.addSites({
    "long-reason": `path = ${bed.path}\n${shared}${check}`,
    ...Object.fromEntries(others.map((other) => [other, `path = ${bed.path}-${other}\n${shared}`])),
  });
}

/** Deeds with texts, logs and numbers that are larger than usual, in a bed of {@link keepHeavySites}. */
export const heavyDeeds = (bed: SweepBed): readonly Deed[] => [
  {
    ...{ name: "deploy with a check that prints 200 kB", from: "two", words: ["long-reason", "deploy"] },
    ...{ label: "B", outcomes: { A: "A0", B: "A" }, after: "A" },
  },
  { ...deeds.deploy, name: "deploy with a log of 5 MB", from: "big log" },
  { ...deeds.rollback, name: "rollback with a log of 5 MB", from: "big log" },
  { ...deeds.cleanup, name: `clean-up of ${leftovers} leftovers`, from: "many leftovers" },
  {
    ...{
      ...deeds.deploy,
      name: `deploy of ${others.length + 1} sites`,
      words: ["deployed", ...others, "deploy"],
    },
    beside: others.map((other) => `${bed.path}-${other}`),
  },
];
