import { formatOrigin, type Step } from "@hostout/config";

/** An option, ready to print. */
export interface PrintedOption {
  readonly name: string;
  /** The value; undefined if it is hidden. */
  readonly text: string | undefined;
  /** The steps that made the value, the lowest first; empty if they are not printed. */
  readonly history: readonly Step[];
}

/** Prints a section as lines of a configuration file with the same values. The history goes into comments. */
export function printSection(
  name: string,
  options: readonly PrintedOption[],
  shorten: (file: string) => string,
): readonly string[] {
  return [
    `[${name}]`,
    ...options.flatMap((option) => [...printOption(option), ...printHistory(name, option, shorten)]),
    "",
  ];
}

function printOption({ name, text }: PrintedOption): readonly string[] {
  if (text === undefined) return [`${name} = ***`];
  const lines = text.split("\n");
  if (lines.length === 1) return [`${name} = ${text}`.trimEnd()];
  return [`${name} =`, ...lines.map((line) => (line === "" ? "" : `    ${line}`))];
}

function printHistory(
  section: string,
  { text, history }: PrintedOption,
  shorten: (file: string) => string,
): readonly string[] {
  const places = history.map(({ origin }) => formatOrigin({ ...origin, file: shorten(origin.file) }));
  const width = Math.max(0, ...places.map((place) => place.length));
  return history.map((step, index) => {
    const from = step.section === section ? "" : ` [${step.section}]`;
    // A single step adds only its place, unless its text differs from the value.
    const isPlain = history.length === 1 && step.text === text;
    const said = isPlain || text === undefined ? "" : `  ${step.text.split("\n").join(" | ")}`;
    return `# ${step.operator.padStart(2)} ${places[index]!.padEnd(width)}${from}${said}`.trimEnd();
  });
}
