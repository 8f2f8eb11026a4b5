/** Lets at most `places` through at a time; those who wait go in the order they came. */
export interface Gate {
  readonly enter: () => Promise<void>;
  readonly leave: () => void;
}

/**
 * Unlike a limit around a function, a place can be given back in the middle of the work, as a host does that waits
 * for others: with all places taken by hosts that wait, nothing would ever move.
 */
export function makeGate(places: number): Gate {
  let free = places;
  const waiting: (() => void)[] = [];
  return {
    enter: () =>
      new Promise((resolve) => {
        if (free > 0) {
          free -= 1;
          resolve();
        } else waiting.push(resolve);
      }),
    leave: () => {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}
