/**
 * Waits for `work`, or rejects with the signal's reason as soon as the signal aborts. A later result of `work`
 * goes to `late`.
 */
export async function unlessAborted<T>(
  signal: AbortSignal,
  work: Promise<T>,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => {
    work.then(late, () => undefined);
    reject(signal.reason);
  };
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
