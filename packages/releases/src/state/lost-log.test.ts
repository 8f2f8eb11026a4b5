import { switched } from "./known-state.ts";
import { removable } from "./removable.ts";
import { parseState } from "./store-state.ts";

const name = (number: number) => `20260101T00000${number}000Z-0000000${number}`;
const release = (number: number, result: string) =>
  `release\t${name(number)}\nrecord\t${name(number)}\t[release]\nrecord\t${name(number)}\tresult = ${result}`;
const stateOf = (...lines: readonly string[]) => parseState(lines.join("\n"));

test("what is served and was not written down is, before another release is served", () => {
  const before = stateOf(`served\t${name(2)}`, `log\t20260101T000000Z\t${name(1)}`);
  expect(switched(name(3), [])(before).log.map((entry) => entry.release)).toEqual([
    name(1),
    name(2),
    name(3),
  ]);
  expect(switched(name(2), [])(before).log.map((entry) => entry.release)).toEqual([name(1), name(2)]);
});

test("a log with line ends of another system is read", () => {
  const { log, served } = stateOf(`served\t${name(2)}\r`, `log\tnow\t${name(1)}\r`, `log\tnow\t${name(2)}\r`);
  expect([served, log.map((entry) => entry.release)]).toEqual([name(2), [name(1), name(2)]]);
});

test("without a log, what was verified counts as served, and what was only made does not", () => {
  const state = stateOf(
    `served\t${name(4)}`,
    release(1, "ok"),
    release(2, "built"),
    release(3, "ok"),
    release(4, "ok"),
  );
  expect(removable(state, 3).map((one) => one.name)).toEqual([name(2)]);
  expect(removable(state, 2).map((one) => one.name)).toEqual([name(1), name(2)]);
});

test("of what was prepared and not activated, a clean-up leaves the last `keep`, and one where that is 0", () => {
  const prepared = (number: number) =>
    `${release(number, "built")}\nrecord\t${name(number)}\tprepared = 2026-01-0${number}T00:00:00Z`;
  const state = stateOf(
    `served\t${name(5)}`,
    ...[1, 2, 3].map(prepared),
    release(4, "built"),
    release(5, "ok"),
  );
  const gone = (keep: number) => removable(state, keep).map((one) => `${one.name.at(-1)} ${one.reason}`);
  expect(gone(3)).toEqual(["4 never live"]);
  expect(gone(2)).toEqual(["1 prepared, but not among the last 2", "4 never live"]);
  expect(gone(0).map((line) => line[0])).toEqual(["1", "2", "4"]);
});
