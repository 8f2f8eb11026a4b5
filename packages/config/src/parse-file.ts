import { isConditionTrue } from "./condition.ts";
import { ConfigError } from "./config-error.ts";
import type { Value } from "./value.ts";

/** Options of one section of one file by their raw names: `eggs`, `eggs +`, `eggs -`, `<`. */
export type RawSection = Map<string, Value>;

/** One file as it is written, before anything is merged. */
export interface RawFile {
  readonly sections: ReadonlyMap<string, RawSection>;
  /** The line of each section's first header. */
  readonly headers: ReadonlyMap<string, number>;
}

// White space as Python has it: JavaScript's without U+FEFF, plus some controls.
const blank = "[\\s\\u001c-\\u001f\\u0085]";
const headerForm = /^\[\s*([^\s#[\]:;{}]+)\s*(?::([^#;]*))?\s*\]\s*(?:[#;].*)?$/;
const optionForm = /^([^\s{}[\]=:]+\s*[-+]?)=(.*)$/s;
const leading = new RegExp(`^(?:${blank}|$)`);
const stripped = new RegExp(`^${blank}+|${blank}+$`, "g");
const trailing = new RegExp(`${blank}+$`);

const strip = (text: string) => text.replaceAll(stripped, "");

/**
 * Reads the text of a file line by line, as zc.buildout 6 does: comments only in column 0, no line joining, no quotes,
 * `name: value` is no option, blank lines never end a value.
 *
 * @throws ConfigError `no-section-header`, `parse-error` (all bad lines together), `condition-error`
 */
export function parseFile(file: string, text: string): RawFile {
  const state = new FileState(file);
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  for (const [index, line] of lines.entries()) state.read(line, index + 1);
  return state.end();
}

interface Pending {
  readonly name: string;
  text: string;
  readonly line: number;
}

class FileState {
  readonly file: string;
  readonly sections = new Map<string, Map<string, Pending>>();
  readonly headers = new Map<string, number>();
  readonly bad: { readonly line: number; readonly text: string }[] = [];
  section: Map<string, Pending> | undefined;
  option: Pending | undefined;
  block = false;
  on = true;

  constructor(file: string) {
    this.file = file;
  }

  read(line: string, number: number): void {
    if (/^[#;]/.test(line)) return;
    if (leading.test(line) && this.section && this.option) this.continue(line);
    else if (!this.header(line, number)) this.optionOrBad(line, number);
  }

  private continue(line: string): void {
    if (!this.on || !this.option) return;
    if (this.block) this.option.text += `\n${line.replace(trailing, "")}`;
    else if (strip(line) !== "") this.option.text += `\n${strip(line)}`;
  }

  private header(line: string, number: number): boolean {
    const match = headerForm.exec(line);
    if (!match) return false;
    const [, name = "", condition] = match;
    this.on = condition === undefined || isConditionTrue(condition, { file: this.file, line: number });
    if (!this.on) return true;
    this.section = this.sections.get(name) ?? new Map();
    this.sections.set(name, this.section);
    if (!this.headers.has(name)) this.headers.set(name, number);
    this.option = undefined;
    return true;
  }

  private optionOrBad(line: string, number: number): void {
    if (strip(line) === "") return;
    if (!this.on && (leading.test(line) || optionForm.test(line))) return;
    if (!this.section) {
      const message = `this line stands before any section: ${JSON.stringify(line)}`;
      throw new ConfigError(
        "no-section-header",
        message,
        { file: this.file, line: number },
        "Begin with a section: [buildout]",
      );
    }
    const match = optionForm.exec(line.startsWith("=>") ? `<part-dependencies> = ${line.slice(2)}` : line);
    if (!match || /^[-+]$/.test(match[1]!)) this.bad.push({ line: number, text: line });
    else this.store(match[1]!, strip(match[2]!), number);
  }

  private store(rawName: string, text: string, line: number): void {
    const name = rawName.trimEnd();
    const operator = /[-+]$/.exec(name)?.[0];
    const plain = operator ? name.slice(0, -1).trimEnd() : name;
    const key = operator ? `${plain} ${operator}` : plain;
    this.block = text === "";
    const before = this.section?.get(key);
    if (operator && before) {
      before.text = before.text.replace(trailing, "") + (text === "" ? "" : `\n${text}`);
      this.option = before;
      return;
    }
    if (!operator) for (const sign of "+-") this.section?.delete(`${plain} ${sign}`);
    this.option = { name: key, text, line };
    this.section?.set(key, this.option);
  }

  end(): RawFile {
    if (this.bad.length > 0) throw this.parseError();
    const sections = new Map<string, RawSection>();
    for (const [name, options] of this.sections) {
      const values = [...options].map(([key, { text, line }]): [string, Value] => [
        key,
        { text: leading.test(text) && text !== "" ? dedent(text) : text, origin: { file: this.file, line } },
      ]);
      sections.set(name, new Map(values));
    }
    return { sections, headers: this.headers };
  }

  private parseError(): ConfigError {
    const [first] = this.bad;
    const rows = this.bad.map(({ line, text }) => `line ${line}: ${text}`).join("\n    ");
    const hint = /^[^\s=:]+:/.test(first!.text)
      ? "Options are written name = value."
      : "An option is name = value in the first column; further lines of a value are indented.";
    return new ConfigError(
      "parse-error",
      `these lines are neither options nor sections:\n    ${rows}`,
      { file: this.file, line: first!.line },
      hint,
    );
  }
}

/** A block value: the common margin goes (Python's textwrap.dedent), and blank lines at both ends. */
function dedent(text: string): string {
  const lines = text
    .replace(trailing, "")
    .split("\n")
    .map((line) => (strip(line) === "" ? "" : line));
  const margins = lines.filter((line) => line !== "").map((line) => /^[ \t]*/.exec(line)![0]);
  let margin = margins[0] ?? "";
  for (const other of margins) while (!other.startsWith(margin)) margin = margin.slice(0, -1);
  return lines
    .map((line) => line.slice(line === "" ? 0 : margin.length))
    .join("\n")
    .replace(/^\n+/, "");
}
