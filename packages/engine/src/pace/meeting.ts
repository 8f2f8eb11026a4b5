/**
 * The point where hosts wait for each other. Once each expected host has come or stays away, the rest runs
 * once for those that came.
 */
export interface Meeting<T, R> {
  /**
   * Joins the meeting, and waits for the result of the rest for this host. Rejects a second call, because the
   * rest cannot run twice for one host.
   */
  readonly come: (who: T) => Promise<R>;
  /** Declares that the host will not come. Has no effect after `come`. */
  readonly stayAway: (who: T) => void;
}

/** Makes a meeting. `rest` returns a promise for each host that came. */
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
    // Keeps the expected order, so that chance does not decide the order of the batches.
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
