import { formatOrigin, type Step } from "@hostout/config";

/** An option as it is printed. */
export interface PrintedOption {
  readonly name: string;
  /** Undefined where it is hidden. */
  readonly text: string | undefined;
  /** What made it what it is, the lowest first; empty where that is not told. */
  readonly history: readonly Step[];
}

/** A section as lines of a configuration file, which gives the same values when it is read; the history is in comments. */
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
    // One step says nothing that the value does not say, but for where it is.
    const isPlain = history.length === 1 && step.text === text;
    const said = isPlain || text === undefined ? "" : `  ${step.text.split("\n").join(" | ")}`;
    return `# ${step.operator.padStart(2)} ${places[index]!.padEnd(width)}${from}${said}`.trimEnd();
  });
}
