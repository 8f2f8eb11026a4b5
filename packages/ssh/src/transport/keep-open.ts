/** How long a failure to connect holds for all who want the same host at that time. */
const failureMs = 500;

/** Opens at the first call, and anew where what is open is of no use any more or could not be had. */
export function keepOpen<T>(open: () => Promise<T>, isUsable: (opened: T) => boolean): () => Promise<T> {
  let present: Promise<T> | undefined;
  const usable = async (): Promise<T> => {
    const known = present;
    if (known) {
      const opened = await known;
      if (isUsable(opened)) return opened;
    }
    // Somebody else may have opened it meanwhile.
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
