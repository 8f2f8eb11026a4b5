import type { RunRecord } from "../journal/read-journal.ts";
import { hasSeenAll, isBefore, switchesSince } from "./switches-since.ts";

const [ann, bob] = ["ann@laptop, process 1", "bob@desk, process 2"];
const one = { at: "20261120T100000Z", release: "20261120T095900000Z-00000001", who: ann };
const two = { at: "20261120T110000Z", release: "20261120T105900000Z-00000002", who: bob };
const back = { at: "20261120T120000Z", release: one.release, who: bob };
const ms = (time: string) => Date.parse(`2026-11-20T${time}:00Z`);

test("switches there and back count, and lines that only complete the log do not", () => {
  expect(switchesSince([one, two, back], one)).toEqual([two, back]);
  expect(switchesSince([one, { at: two.at, release: two.release }], one)).toEqual([]);
  expect(switchesSince([two, back], one)).toEqual([two, back]);
  expect(switchesSince([one], null)).toEqual([one]);
});

test.each([
  ["nobody has switched", [], ms("09:00"), "12:30", "12:30", true],
  ["the switch is older than the run", [one, two], ms("11:30"), "12:30", "12:30", true],
  ["the switch is newer", [one, two], ms("10:30"), "12:30", "12:30", false],
  ["the switch is as old as the run", [one, two], ms("11:00"), "12:30", "12:30", false],
  ["the clock of the host is ahead", [one, two], ms("11:30"), "13:30", "12:30", false],
  ["the clock of this machine is ahead", [one, two], ms("11:30"), "12:30", "13:30", false],
  ["the clock of the host went back before the switch", [back, one], ms("11:30"), "12:30", "12:30", false],
  ["the start of the run is not known", [one, two], Number.NaN, "12:30", "12:30", false],
  ["the time in the log is none", [{ ...one, at: "soon" }], ms("11:30"), "12:30", "12:30", false],
] as const)(
  "whether a switch is older than a run that never looked there: %s",
  (_, log, startedMs, host, here, is) => {
    expect(isBefore(log, startedMs, { hostMs: ms(host), hereMs: ms(here) })).toBe(is);
  },
);

test("a run that ended before has seen the switches up to its own, and none of others after it", () => {
  const place = { site: "web", host: "h" };
  const request = { who: "ann@laptop", process: { pid: 1 } };
  const at = "2026-11-20T10:00:01Z";
  const runThatRead = (lastSwitch: unknown): RunRecord[] => [
    { request, events: [{ type: "task.end", ...place, at, path: ["deploy"], lastSwitch }] } as never,
  ];
  const [before, after] = [ms("09:00"), ms("10:30")];
  expect(hasSeenAll([one], place, runThatRead(null), after)).toBe(true);
  expect(hasSeenAll([two, one], place, runThatRead(two), after)).toBe(true);
  expect(hasSeenAll([one, two], place, runThatRead(one), after)).toBe(false);
  expect(hasSeenAll([one, two], place, runThatRead(null), after)).toBe(false);
  expect(hasSeenAll([one], place, runThatRead(back), after)).toBe(false);
  expect(hasSeenAll([one], place, runThatRead(null), before)).toBe(false);
  expect(hasSeenAll([one], { ...place, host: "other" }, runThatRead(null), after)).toBe(false);
});
