/** The options of a section by name, or the error of a section that does not resolve. */
export type SectionTexts = ReadonlyMap<string, string> | { readonly error: string };

/** The difference between two sections in one option; a side is undefined if it does not set the option. */
export interface OptionDifference {
  readonly section: string;
  readonly option: string;
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/**
 * Returns the options in which two configurations differ. A section that does not resolve has one option,
 * `!error`.
 */
export function diffOptions(
  left: ReadonlyMap<string, SectionTexts>,
  right: ReadonlyMap<string, SectionTexts>,
): readonly OptionDifference[] {
  const sections = new Set([...left.keys(), ...right.keys()]);
  return [...sections].flatMap((section) => {
    const [a, b] = [textsOf(left.get(section)), textsOf(right.get(section))];
    const options = new Set([...a.keys(), ...b.keys()]);
    return [...options]
      .map((option) => ({ section, option, left: a.get(option), right: b.get(option) }))
      .filter((difference) => difference.left !== difference.right);
  });
}

function textsOf(section: SectionTexts | undefined): ReadonlyMap<string, string> {
  if (!section) return new Map();
  return "error" in section ? new Map([["!error", section.error]]) : section;
}

/**
 * Formats differences as lines below the name of each section. For a value of several lines, prints only the
 * lines that differ.
 */
export function printDifferences(
  differences: readonly OptionDifference[],
  isHidden: (section: string, option: string) => boolean,
): readonly string[] {
  const lines: string[] = [];
  let section: string | undefined;
  for (const difference of differences) {
    if (difference.section !== section)
      lines.push(...(section === undefined ? [] : [""]), `[${difference.section}]`);
    section = difference.section;
    lines.push(...printDifference(difference, isHidden(section, difference.option)));
  }
  return lines;
}

function printDifference({ option, left, right }: OptionDifference, hidden: boolean): readonly string[] {
  if (hidden) return [`! ${option} differs (hidden)`];
  const [before, after] = [left?.split("\n") ?? [], right?.split("\n") ?? []];
  if (before.length < 2 && after.length < 2) {
    return [
      ...(left === undefined ? [] : [`- ${option} = ${left}`.trimEnd()]),
      ...(right === undefined ? [] : [`+ ${option} = ${right}`.trimEnd()]),
    ];
  }
  const gone = without(before, after);
  const come = without(after, before);
  const order = gone.length + come.length === 0 ? ["!     the same lines in another order"] : [];
  return [
    `  ${option} =`,
    ...gone.map((line) => `-     ${line}`),
    ...come.map((line) => `+     ${line}`),
    ...order,
  ];
}

/** Returns the lines that `others` lacks. Equal lines are counted. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}
