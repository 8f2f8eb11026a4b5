import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "./open-journal.ts";
import type { RequestRecord } from "./request-record.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hostout-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const nameOf = (number: number) => `20260101T000000${String(number).padStart(3, "0")}Z-abcdef`;

function writeRuns(count: number, isReadOnly: (number: number) => boolean): void {
  for (let number = 0; number < count; number++) {
    const first = JSON.stringify({ run: nameOf(number), isReadOnly: isReadOnly(number) });
    writeFileSync(join(folder, `${nameOf(number)}.ndjson`), `${first}\n`);
  }
}

/** Opens the journal of one more run. Returns the numbers of the older runs that remain. */
async function left(run = 999): Promise<readonly number[]> {
  const record = { run: nameOf(run) } as RequestRecord;
  await openJournal(folder, record, () => undefined).close();
  const numbers = readdirSync(folder).map((name) => Number(name.slice(15, 18)));
  return numbers.filter((number) => number < run).toSorted((one, other) => one - other);
}

test("old runs are removed in lots, so that few runs have to read them", async () => {
  writeRuns(220, () => false);
  expect(await left(500)).toHaveLength(220);
  expect(await left()).toEqual([...Array.from({ length: 199 }, (_, index) => index + 21), 500]);
});

test("read-only runs are removed before others, but not the newest", async () => {
  writeRuns(230, (number) => number % 10 === 0);
  const remaining = await left();
  expect(remaining).toHaveLength(200);
  // 21 of the 23 read-only runs are old enough, and the oldest 9 of the others go too.
  expect(remaining.filter((number) => number % 10 === 0)).toEqual([210, 220]);
  expect(remaining[0]).toBe(11);
});
