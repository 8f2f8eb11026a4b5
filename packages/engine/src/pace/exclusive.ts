/** Runs one piece of work after the other for each key, in the order of the calls. */
export type Exclusive = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function makeExclusive(): Exclusive {
  const tails = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    // The next work in the queue starts even if this one failed.
    tails.set(
      key,
      mine.catch(() => undefined),
    );
    return mine;
  };
}
