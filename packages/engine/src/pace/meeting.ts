/** Where hosts wait for each other: the rest runs once, over those that came, when each of the set came or will not come. */
export interface Meeting<T, R> {
  /** Comes, and waits for what the rest gave this one. Coming twice is refused: the rest cannot run twice for one host. */
  readonly come: (who: T) => Promise<R>;
  /** Will not come (any more). After having come it is of no effect. */
  readonly stayAway: (who: T) => void;
}

/** `rest` gives each of those who came its own promise. */
export function makeMeeting<T, R>(
  expected: readonly T[],
  rest: (who: readonly T[]) => Promise<(who: T) => Promise<R>>,
): Meeting<T, R> {
  const missing = new Set(expected);
  const came = new Map<
    T,
    { readonly resolve: (value: Promise<R>) => void; readonly reject: (reason: unknown) => void }
  >();
  const startWhenComplete = () => {
    if (missing.size > 0 || came.size === 0) return;
    // In the order in which they were expected: that of the batches is not left to chance.
    rest(expected.filter((who) => came.has(who))).then(
      (resultOf) => {
        for (const [who, { resolve }] of came) resolve(resultOf(who));
      },
      (reason) => {
        for (const { reject } of came.values()) reject(reason);
      },
    );
  };
  return {
    come: (who) =>
      new Promise<R>((resolve, reject) => {
        if (!missing.delete(who)) {
          reject(new Error("next() was called twice over steps, which run once"));
          return;
        }
        came.set(who, { resolve, reject });
        startWhenComplete();
      }),
    stayAway: (who) => {
      if (missing.delete(who)) startWhenComplete();
    },
  };
}
