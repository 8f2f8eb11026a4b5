import { ConfigError } from "../config-error.ts";
import { isConditionTrue } from "../python/condition.ts";
import type { PythonFacts } from "../python/python-facts.ts";
import type { Operator, Step } from "../section/value.ts";
import { linesOf, placeIn } from "../text/sources.ts";
import { beginsBlank, blankClass, strip, stripEnd } from "../text/white-space.ts";
import { readHeader } from "./read-header.ts";

/** One option of one file under its raw name: `eggs`, `eggs +`, `eggs -`, `<`. */
export interface RawOption extends Step {
  readonly name: string;
}

/** Options of one section of one file, by raw name. */
export type RawSection = ReadonlyMap<string, RawOption>;

/** One file as written, before any merge. */
export interface RawFile {
  readonly file: string;
  readonly sections: ReadonlyMap<string, RawSection>;
  /** The line of each section's first header. */
  readonly headers: ReadonlyMap<string, number>;
}

const optionForm = new RegExp(`^([^${blankClass}{}[\\]=:]+)[${blankClass}]*([-+]?)$`);

/**
 * Reads the text of a file line by line, as zc.buildout 6 does. Comments start only in column 0. Lines are
 * not joined, and quotes have no meaning. `name: value` is not an option, and blank lines never end a value.
 *
 * @throws ConfigError `no-section-header`, `parse-error` (all bad lines together), `condition-error`
 */
export function parseFile(file: string, text: string, python: PythonFacts): RawFile {
  const reader = new LineReader(file, python);
  for (const [index, line] of linesOf(text).entries()) reader.read(line, index + 1);
  return reader.end();
}

interface Pending {
  readonly name: string;
  readonly section: string;
  readonly operator: Operator;
  readonly line: number;
  readonly lines: string[];
}

class LineReader {
  readonly #file: string;
  readonly #python: PythonFacts;
  readonly #sections = new Map<string, Map<string, Pending>>();
  readonly #headers = new Map<string, number>();
  readonly #bad: ConfigError[] = [];
  /** Names that had an operator in some section. */
  readonly #operators = new Set<string>();
  #name = "";
  #section: Map<string, Pending> | undefined;
  #option: Pending | undefined;
  #block = false;
  #on = true;

  constructor(file: string, python: PythonFacts) {
    this.#file = file;
    this.#python = python;
  }

  read(line: string, number: number): void {
    if (line[0] === "#" || line[0] === ";") return;
    const isIndented = line === "" || beginsBlank(line);
    if (isIndented && this.#section && this.#option) this.#continue(line);
    else if (!this.#readHeader(line, number)) this.#readOption(line, number, isIndented);
  }

  #continue(line: string): void {
    if (!this.#on) return;
    const text = this.#block ? stripEnd(line) : strip(line);
    if (this.#block || text !== "") this.#option!.lines.push(text);
  }

  #readHeader(line: string, number: number): boolean {
    const header = readHeader(line);
    if (!header) return false;
    const { name, condition } = header;
    this.#on =
      condition === undefined ||
      isConditionTrue(condition, { file: this.#file, line: number, text: line }, this.#python);
    if (!this.#on) return true;
    this.#name = name;
    this.#section = this.#sections.get(name) ?? new Map();
    this.#sections.set(name, this.#section);
    if (!this.#headers.has(name)) this.#headers.set(name, number);
    this.#option = undefined;
    return true;
  }

  #readOption(line: string, number: number, isIndented: boolean): void {
    if (strip(line) === "") return;
    // The condition of this section is false, so its indented lines are skipped.
    if (!this.#on && isIndented) return;
    if (!this.#section && this.#on) throw this.#noSection(line, number);
    const text = line.startsWith("=>") ? `<part-dependencies> = ${line.slice(2)}` : line;
    const cut = text.indexOf("=");
    const match = cut < 0 ? null : optionForm.exec(text.slice(0, cut));
    const [name, operator] = match ? readName(match[1]!, match[2]!) : [];
    if (!name || !operator) this.#bad.push(this.#badLine(line, number));
    else if (this.#on) this.#store(name, operator, strip(text.slice(cut + 1)), number);
  }

  #store(name: string, operator: Operator, text: string, line: number): void {
    const section = this.#section!;
    const key = operator === "=" ? name : `${name} ${operator[0]}`;
    this.#block = text === "";
    const before = operator === "=" ? undefined : section.get(key);
    if (before) {
      stripLines(before.lines);
      if (text !== "") before.lines.push(text);
      this.#option = before;
      return;
    }
    if (operator !== "=") this.#operators.add(name);
    else if (this.#operators.has(name)) for (const sign of "+-") section.delete(`${name} ${sign}`);
    this.#option = { name: key, section: this.#name, operator, line, lines: [text] };
    section.set(key, this.#option);
  }

  end(): RawFile {
    if (this.#bad.length > 0) throw this.#parseError();
    const sections = new Map<string, RawSection>();
    for (const [name, options] of this.#sections) {
      const section = new Map<string, RawOption>();
      for (const [key, option] of options) section.set(key, this.#finish(option));
      sections.set(name, section);
    }
    return { file: this.#file, sections, headers: this.#headers };
  }

  #finish({ name, section, operator, line, lines }: Pending): RawOption {
    const text = lines.length > 1 && lines[0] === "" ? dedent(lines) : lines.join("\n");
    return { name, section, operator, text, origin: { file: this.#file, line } };
  }

  #noSection(line: string, number: number): ConfigError {
    const isHeader = line.startsWith("[");
    return new ConfigError({
      kind: "no-section-header",
      message: isHeader ? "the first section's header is malformed" : "this line stands before any section",
      place: placeIn(this.#file, number, line, 1),
      hint: isHeader ? hintFor(line, false) : "Begin with a section: [buildout]",
    });
  }

  #badLine(line: string, number: number): ConfigError {
    return new ConfigError({
      kind: "parse-error",
      message: "this line is neither an option nor a section",
      place: placeIn(this.#file, number, line, 1),
      hint: hintFor(line, this.#on && !this.#option),
    });
  }

  #parseError(): ConfigError {
    const [first, ...others] = this.#bad;
    if (others.length === 0) return first!;
    return new ConfigError({
      kind: "parse-error",
      message: `${this.#bad.length} lines are neither options nor sections`,
      place: { file: this.#file, line: first!.origin!.line },
      others: this.#bad,
    });
  }
}

/**
 * Returns the name without its operator, and the operator. `+` or `-` at the end is the operator, whatever
 * precedes it. Alone, neither is a name.
 */
function readName(word: string, sign: string): readonly [string, Operator] | readonly [] {
  if (sign !== "") return [word, `${sign as "+" | "-"}=`];
  const last = word.at(-1);
  if (last !== "+" && last !== "-") return [word, "="];
  return word.length > 1 ? [word.slice(0, -1), `${last}=`] : [];
}

function hintFor(line: string, isAfterHeader: boolean): string {
  if (isAfterHeader && beginsBlank(line)) return "Only lines below an option are indented.";
  if (line.startsWith("["))
    return "A header is [name], without blanks or brackets in the name, and only a comment after it.";
  const separator = /[=:]/.exec(line);
  if (separator?.[0] === ":") return "Options are written name = value.";
  if (separator) return "The name of an option has no blanks, brackets or braces.";
  return "An option is name = value in the first column; further lines of a value are indented.";
}

/** Removes white space from the end of the text in `lines`. */
function stripLines(lines: string[]): void {
  while (lines.length > 1 && strip(lines.at(-1)!) === "") lines.pop();
  lines.push(stripEnd(lines.pop()!));
}

/** Removes the common margin of a block value (as Python's textwrap.dedent), and blank lines at both ends. */
function dedent(block: readonly string[]): string {
  const lines = block.map((line) => (strip(line) === "" ? "" : line));
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  lines.reverse();
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  lines.reverse();
  if (lines.length > 0) lines.push(stripEnd(lines.pop()!));
  const written = lines.filter((line) => line !== "");
  let margin = /^[ \t]*/.exec(written[0] ?? "")![0];
  for (const line of written) while (!line.startsWith(margin)) margin = margin.slice(0, -1);
  return lines.map((line) => line.slice(line === "" ? 0 : margin.length)).join("\n");
}
