import { ConfigError } from "./config-error.ts";
import { type Assignment, readAssignment } from "./read/assignment.ts";
import { readHeader } from "./read/read-header.ts";
import type { Operator } from "./section/value.ts";
import { beginsBlank, strip, stripEnd } from "./text/white-space.ts";

/**
 * Matches an option's line: its name and the sign of its operator. A sign always ends the name, whatever
 * precedes it.
 */
const form = /^([^\s{}[\]=:]+?)\s*([-+]?)\s*=/;

/** An option, as found in the lines of a file. */
interface FoundOption {
  readonly operator: Operator;
  /** Index of its first line, and of the first line after it. */
  readonly from: number;
  readonly to: number;
}

/**
 * Sets options in the text of a file, and leaves the rest unchanged: comments, order, line ends, blank lines.
 *
 * `section:option=value` replaces the value in its place. If the option is missing, adds it at the end of the
 * section. If the section is missing, adds it at the end of the file. `+=` adds lines to the value that this
 * file sets or adds to, else it adds an option `name += …`. `-=` removes lines from such a value, else it
 * adds `name -= …`. Values that are already right stay unchanged.
 *
 * @param assignments `section:option=value`, also with `+=` and `-=`. A value may have several lines.
 * @throws ConfigError `bad-assignment`
 */
export function editConfig(text: string, assignments: readonly string[]): string {
  return assignments.map(readAssignment).reduce(edit, text);
}

function edit(text: string, assignment: Assignment): string {
  checkNames(assignment);
  const end = /\r\n|\r|\n/.exec(text)?.[0] ?? "\n";
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const lines = text === mark ? [] : text.slice(mark.length).split(/\r\n|\r|\n/);
  // The empty text after the last line end is not a line.
  const isEnded = lines.at(-1) === "";
  if (isEnded) lines.pop();
  const changed = editLines(lines, assignment);
  if (changed === lines) return text;
  return mark + changed.join(end) + (isEnded || text === mark ? end : "");
}

function checkNames({ section, option }: Assignment): void {
  const isSection = readHeader(`[${section}]`)?.name === section;
  if (isSection && /^[^\s{}[\]=:#;][^\s{}[\]=:]*$/.test(option) && !/[-+]$/.test(option)) return;
  throw new ConfigError({
    kind: "bad-assignment",
    message: `'${section}:${option}' cannot be set: ${isSection ? "that is not the name of an option" : "that is not the name of a section"}`,
    hint: "Names have no blanks, brackets, braces, colons or equal signs.",
  });
}

function editLines(lines: readonly string[], assignment: Assignment): readonly string[] {
  const { section, option, operator, text } = assignment;
  const block = lastBlock(lines, section);
  if (!block) {
    const gap = lines.length > 0 && strip(lines.at(-1)!) !== "" && !endsInAddedBlock(lines) ? [""] : [];
    return [...lines, ...gap, `[${section}]`, ...written(option, operator, text.split("\n"))];
  }
  const found = optionsIn(lines, block, option);
  const set = found.findLast((one) => one.operator === "=");
  const target = operator === "=" ? set : (found.findLast((one) => one.operator === operator) ?? set);
  if (!target) return insert(lines, block, written(option, operator, text.split("\n")));
  const before = valueLines(lines, target);
  if (operator === "=") return before.join("\n") === text ? lines : replace(lines, target, text.split("\n"));
  return target.operator === operator && operator === "-="
    ? addLines(lines, target, text)
    : operator === "+="
      ? addLines(lines, target, text)
      : replaceWithout(lines, target, text);
}

/**
 * Whether a blank line at the end would be part of a value. This happens below `x +=`, where an earlier
 * `x += y` began the value.
 */
function endsInAddedBlock(lines: readonly string[]): boolean {
  const options = lines.filter((line) => !/^[#;]/.test(line) && form.test(line));
  const last = options.at(-1) ?? "";
  const [, name, sign] = form.exec(last) ?? [];
  if (!sign || !/[-+]\s*=$/.test(stripEnd(last))) return false;
  return options.filter((line) => form.exec(line)![1] === name && form.exec(line)![2] === sign).length > 1;
}

/**
 * Finds the last block of the section that has no condition, from the line below its header to the end of its
 * options.
 */
function lastBlock(
  lines: readonly string[],
  section: string,
): { readonly from: number; readonly to: number } | undefined {
  let block: { from: number; to: number } | undefined;
  let isIn = false;
  let option = false;
  for (const [index, line] of lines.entries()) {
    if (line[0] === "#" || line[0] === ";") continue;
    // An indented header is part of a value.
    const header = option && beginsBlank(line) ? undefined : readHeader(line);
    if (header) {
      isIn = header.name === section && header.condition === undefined;
      option = false;
      if (isIn) block = { from: index + 1, to: index + 1 };
    } else if (strip(line) !== "") {
      option = true;
      if (isIn) block!.to = index + 1;
    }
  }
  return block;
}

function optionsIn(
  lines: readonly string[],
  block: { readonly from: number; readonly to: number },
  name: string,
): readonly FoundOption[] {
  const found: FoundOption[] = [];
  for (let index = block.from; index < block.to; index++) {
    const match = form.exec(lines[index]!);
    if (!match || /^[#;]/.test(lines[index]!) || match[1] !== name) continue;
    let to = index + 1;
    let last = to;
    // Comments and blank lines between the lines of a value belong to it. Those below the value do not.
    for (; to < block.to && /^(?:[\s#;]|$)/.test(lines[to]!); to++)
      if (strip(lines[to]!) !== "" && !/^[#;]/.test(lines[to]!)) last = to + 1;
    found.push({ operator: `${match[2] as "" | "+" | "-"}=`, from: index, to: last });
  }
  return found;
}

function valueLines(lines: readonly string[], { from, to }: FoundOption): readonly string[] {
  const [first = "", ...others] = lines.slice(from, to);
  const inline = strip(first.slice(first.indexOf("=") + 1));
  const rest = others.filter((line) => !/^[#;]/.test(line)).map(strip);
  return [...(inline === "" ? [] : [inline]), ...rest.filter((line) => line !== "")];
}

function written(option: string, operator: Operator, values: readonly string[]): readonly string[] {
  if (values.length === 1) return [stripEnd(`${option} ${operator} ${values[0]}`)];
  return [`${option} ${operator}`, ...values.map((line) => stripEnd(`    ${line}`))];
}

function insert(
  lines: readonly string[],
  { to }: { readonly to: number },
  added: readonly string[],
): readonly string[] {
  return [...lines.slice(0, to), ...added, ...lines.slice(to)];
}

/** Replaces a value. Comments between the lines of the old value stay below the new one. */
function replace(
  lines: readonly string[],
  { from, to }: FoundOption,
  values: readonly string[],
): readonly string[] {
  const first = lines[from]!;
  const name = first.slice(0, first.indexOf("=") + 1);
  const comments = lines.slice(from + 1, to).filter((line) => /^[#;]/.test(line));
  const indent = indentOf(lines.slice(from + 1, to));
  const value =
    values.length === 1
      ? [stripEnd(`${name} ${values[0]}`)]
      : [name, ...values.map((line) => stripEnd(indent + line))];
  return [...lines.slice(0, from), ...value, ...comments, ...lines.slice(to)];
}

/** Adds the lines that are missing, with the indent of the existing lines. */
function addLines(lines: readonly string[], target: FoundOption, text: string): readonly string[] {
  const before = valueLines(lines, target);
  const added = text.split("\n").filter((line) => strip(line) !== "" && !before.includes(strip(line)));
  if (added.length === 0) return lines;
  const indent = indentOf(lines.slice(target.from + 1, target.to));
  return [
    ...lines.slice(0, target.to),
    ...added.map((line) => indent + strip(line)),
    ...lines.slice(target.to),
  ];
}

function replaceWithout(
  lines: readonly string[],
  { from, to }: FoundOption,
  text: string,
): readonly string[] {
  const gone = new Set(text.split("\n").map(strip));
  const kept = lines.slice(from, to).flatMap((line, index) => {
    if (index > 0) return /^[#;]/.test(line) || !gone.has(strip(line)) ? [line] : [];
    const name = line.slice(0, line.indexOf("=") + 1);
    return gone.has(strip(line.slice(name.length))) ? [name] : [line];
  });
  if (kept.length === to - from && kept[0] === lines[from]) return lines;
  return [...lines.slice(0, from), ...kept, ...lines.slice(to)];
}

function indentOf(lines: readonly string[]): string {
  const line = lines.find((one) => beginsBlank(one) && strip(one) !== "");
  return line === undefined ? "    " : /^\s*/.exec(line)![0];
}
