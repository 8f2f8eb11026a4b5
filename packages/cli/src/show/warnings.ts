/** A warning that several places of a run share. */
export interface Repeated {
  readonly text: string;
  /** The places of the repetitions, in order, without the first place. */
  readonly labels: readonly string[];
}

/** The warnings of a run, by place: the label of the line. */
export interface Warnings {
  /** Adds a warning. Returns whether the text is new in this run; the recap repeats other texts. */
  readonly add: (label: string, text: string) => boolean;
  /** Returns the number of different warnings of a place, or of all places without a label. */
  readonly count: (label?: string) => number;
  readonly repeated: () => readonly Repeated[];
}

/** Creates the warnings of a run, at first none. */
export function makeWarnings(): Warnings {
  const places = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  let total = 0;
  return {
    add: (label, text) => {
      const known = places.get(text);
      const labels = known ?? new Set<string>();
      places.set(text, labels);
      if (!labels.has(label)) {
        labels.add(label);
        counts.set(label, (counts.get(label) ?? 0) + 1);
        total++;
      }
      return known === undefined;
    },
    count: (label) => (label === undefined ? total : (counts.get(label) ?? 0)),
    repeated: () =>
      [...places].flatMap(([text, labels]) => {
        const [, ...others] = labels;
        return others.length === 0 ? [] : [{ text, labels: others }];
      }),
  };
}
