/** A warning that several places of a run have in common. */
export interface Repeated {
  readonly text: string;
  /** The places where it came up again, in that order; not the first one. */
  readonly labels: readonly string[];
}

/** The warnings of a run, by the place where each came up: the label of its line. */
export interface Warnings {
  /** Whether the text is new in this run: else it is printed once more only in the recap. */
  readonly add: (label: string, text: string) => boolean;
  /** How many different ones came up there; without a label, everywhere. */
  readonly count: (label?: string) => number;
  readonly repeated: () => readonly Repeated[];
}

export function makeWarnings(): Warnings {
  const places = new Map<string, Set<string>>();
  return {
    add: (label, text) => {
      const labels = places.get(text);
      if (!labels) places.set(text, new Set([label]));
      else labels.add(label);
      return labels === undefined;
    },
    count: (label) => {
      const all = [...places.values()];
      if (label !== undefined) return all.filter((labels) => labels.has(label)).length;
      return all.reduce((sum, labels) => sum + labels.size, 0);
    },
    repeated: () =>
      [...places].flatMap(([text, labels]) => {
        const [, ...others] = labels;
        return others.length === 0 ? [] : [{ text, labels: others }];
      }),
  };
}
