/** Does something once for all who want it, at that time or later in the run. */
export interface Once {
  /** `name` says what it is. A failure is not kept. */
  readonly get: <T>(name: string, make: () => Promise<T>) => Promise<T>;
  /** It is another one now. */
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
