import { globalFlagHelp } from "../help/global-flag-help.ts";
import { limitsOf } from "../run/run-limits.ts";
import { globalFlagTable, spellingsOf } from "./global-flag-table.ts";
import { type GlobalFlags, takeGlobalFlag } from "./global-flags.ts";

function parse(line: string): GlobalFlags {
  let words = line.split(" ");
  let flags: GlobalFlags = {};
  while (words.length > 0) {
    const taken = takeGlobalFlag(words)!;
    flags = { ...flags, ...taken.flags };
    words = words.slice(taken.count);
  }
  return flags;
}

test("every spelling sets the setting of its flag", () => {
  for (const flag of globalFlagTable)
    for (const spelling of spellingsOf(flag))
      expect(Object.keys(parse("value" in flag ? `${spelling} 7` : spelling))).toEqual([flag.setting]);
});

test("no two flags share a spelling or a setting", () => {
  const spellings = globalFlagTable.flatMap(spellingsOf);
  expect(new Set(spellings).size).toBe(spellings.length);
  expect(new Set(globalFlagTable.map(({ setting }) => setting)).size).toBe(globalFlagTable.length);
});

test("limits are those of the flags, in the units of a run", () => {
  expect(limitsOf(parse("--jobs 4 --batch 25% --canary=1 --pause 5 --retries 0 --timeout 9 --json"))).toEqual(
    {
      jobs: 4,
      batch: { percent: 25 },
      canary: 1,
      pauseMs: 5000,
      retries: 0,
    },
  );
  expect(limitsOf(parse("--no-undo --max-failures 0"))).toEqual({ undo: false, maxFailures: { hosts: 0 } });
  expect(limitsOf({})).toEqual({});
});

test("values are read by their type, a switch takes none", () => {
  expect(() => parse("--jobs 0")).toThrow("--jobs needs a whole number from 1, not '0'");
  expect(() => parse("--batch 101%")).toThrow("--batch needs a number of hosts or a part of them");
  expect(() => parse("--hosts")).toThrow("--hosts needs a value");
  expect(takeGlobalFlag(["--json=yes"])).toBeUndefined();
  expect(takeGlobalFlag(["-j"])).toBeUndefined();
});

test("the help shows both spellings and the value", () => {
  const shown = globalFlagHelp.map(([flag]) => flag);
  expect(shown).toEqual(expect.arrayContaining(["-c, --config FILE", "--batch N|N%", "-y, --yes", "--json"]));
});
