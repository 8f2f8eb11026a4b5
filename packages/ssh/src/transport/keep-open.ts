/** Time for which a failed connection counts for all callers of the same host, in milliseconds. */
const failureMs = 500;

/** Opens at the first call, and again if the open one is no longer usable or the opening failed. */
export function keepOpen<T>(open: () => Promise<T>, isUsable: (opened: T) => boolean): () => Promise<T> {
  let present: Promise<T> | undefined;
  const usable = async (): Promise<T> => {
    const known = present;
    if (known) {
      const opened = await known;
      if (isUsable(opened)) return opened;
    }
    // Another caller may have opened it meanwhile.
    if (present !== known) return usable();
    const fresh = open();
    present = fresh;
    fresh.catch(() => {
      setTimeout(() => {
        if (present === fresh) present = undefined;
      }, failureMs).unref();
    });
    return fresh;
  };
  return usable;
}
