/** Lets at most `places` callers through at a time, in the order of their calls. */
export interface Gate {
  readonly enter: () => Promise<void>;
  readonly leave: () => void;
}

/**
 * Makes a gate. A host can free its place in the middle of its work, while it waits for others. A limit
 * around a function cannot do this: with waiting hosts in all places, no host would ever continue.
 */
export function makeGate(places: number): Gate {
  let free = places;
  // A set keeps the order of its entries, and removes its first one fast. An array would move all others.
  const waiting = new Set<() => void>();
  return {
    enter: () =>
      new Promise((resolve) => {
        if (free > 0) {
          free -= 1;
          resolve();
        } else waiting.add(resolve);
      }),
    leave: () => {
      const [next] = waiting;
      if (next) {
        waiting.delete(next);
        next();
      } else free += 1;
    },
  };
}
