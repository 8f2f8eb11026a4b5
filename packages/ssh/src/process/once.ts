/** Does work once for all callers, at the same time or later in the run. */
export interface Once {
  /** Returns the result of the work called `name`. Does not keep a failure. */
  readonly get: <T>(name: string, make: () => Promise<T>) => Promise<T>;
  /** Forgets a result that has changed. */
  readonly forget: (name: string) => void;
}

export function makeOnce(): Once {
  const made = new Map<string, Promise<unknown>>();
  return {
    get: <T>(name: string, make: () => Promise<T>) => {
      const known = made.get(name) as Promise<T> | undefined;
      if (known) return known;
      const fresh = make();
      made.set(name, fresh);
      fresh.catch(() => made.delete(name));
      return fresh;
    },
    forget: (name) => void made.delete(name),
  };
}
