/** The clocks of two people and of their hosts, all of which may step; they stand for that of this process. */
export interface TestClock {
  /** From now on, what is asked is the clock of that one. */
  readonly isOf: (who: 0 | 1) => void;
  readonly step: (whose: 0 | 1 | "hosts", byMs: number) => void;
  /** Time goes by for all. */
  readonly pass: (ms: number) => void;
  /** That of the hosts, as they write it down. */
  readonly atHosts: () => string;
  readonly stop: () => void;
}

const startMs = Date.UTC(2026, 5, 1);

/** Takes the place of `Date` without arguments and of `performance.now`. */
export function startTestClock(): TestClock {
  const { Date: realDate } = globalThis;
  const realNow = performance.now;
  let passedMs = 0;
  let who: 0 | 1 = 0;
  const steps = { 0: 0, 1: 0, hosts: 0 };
  const nowMs = (whose: 0 | 1 | "hosts") => {
    // No two things happen in one moment.
    passedMs++;
    return startMs + passedMs + steps[whose];
  };
  globalThis.Date = class extends realDate {
    constructor(...words: readonly unknown[]) {
      if (words.length === 0) super(nowMs(who));
      else super(...(words as [number]));
    }
    static override now = () => nowMs(who);
  } as DateConstructor;
  performance.now = () => realNow.call(performance) + passedMs;
  return {
    isOf: (one) => {
      who = one;
    },
    step: (whose, byMs) => {
      steps[whose] += byMs;
    },
    pass: (ms) => {
      passedMs += ms;
    },
    atHosts: () => new realDate(nowMs("hosts")).toISOString().replaceAll(/[-:]|\.\d+/g, ""),
    stop: () => {
      globalThis.Date = realDate;
      performance.now = realNow;
    },
  };
}
