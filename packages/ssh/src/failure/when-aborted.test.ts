import { getEventListeners } from "node:events";
import { whenAborted } from "./when-aborted.ts";

test("each wait ends by itself, and a signal has one listener for all", () => {
  const stop = new AbortController();
  const listeners = () => getEventListeners(stop.signal, "abort").length;
  const called: string[] = [];
  const note = () => void called.push("twice");
  const ends = [note, note, () => void called.push("ended")].map((act) => whenAborted(stop.signal, act));
  expect(listeners()).toBe(1);
  ends[2]!();
  ends[2]!();
  const again = whenAborted(stop.signal, () => void called.push("again"));
  stop.abort();
  expect(called).toEqual(["twice", "twice", "again"]);
  again();
  whenAborted(stop.signal, () => void called.push("late"));
  expect(called.at(-1)).toBe("late");
});

test("a signal that nobody waits for has no listener", () => {
  const { signal } = new AbortController();
  const ends = Array.from({ length: 100 }, () => whenAborted(signal, () => undefined));
  for (const end of ends) end();
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
  whenAborted(signal, () => undefined)();
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});
