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
