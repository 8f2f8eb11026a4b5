import { ConfigError } from "../config-error.ts";
import type { Operator } from "../section/value.ts";
import { strip } from "../text/white-space.ts";
import type { RawFile, RawOption } from "./parse-file.ts";

/** The parts of `section:option=value`, also with `+=` or `-=`. */
export interface Assignment {
  readonly section: string;
  readonly option: string;
  readonly operator: Operator;
  readonly text: string;
}

/** The name of the command line in origins, in place of a file. */
export const commandLine = "the command line";

/**
 * Reads `section:option=value`. Without a colon, the option belongs to `[buildout]`.
 *
 * @throws ConfigError `bad-assignment`
 */
export function readAssignment(argument: string): Assignment {
  const cut = argument.indexOf("=");
  const left = argument.slice(0, Math.max(cut, 0)).split(":");
  const [, name = "", sign = ""] = /^(.*?)([-+]?)$/s.exec(strip(left.at(-1) ?? "")) ?? [];
  if (cut < 0 || left.length > 2 || strip(name) === "") {
    throw new ConfigError({
      kind: "bad-assignment",
      message: `'${cut < 0 ? argument : argument.slice(0, cut)}' cannot be set: the form is section:option`,
      hint: "Write section:option=value, or option=value for the section [buildout].",
    });
  }
  return {
    section: left.length === 2 ? strip(left[0]!) || "buildout" : "buildout",
    option: strip(name),
    operator: `${sign as "" | "+" | "-"}=`,
    text: strip(argument.slice(cut + 1)),
  };
}

/**
 * Converts the assignments of a command line to a layer. Among several for one option, the last wins, and
 * `+=` accumulates.
 */
export function assignmentLayer(assignments: readonly Assignment[]): RawFile {
  const sections = new Map<string, Map<string, RawOption>>();
  for (const { section, option, operator, text } of assignments) {
    const options = sections.get(section) ?? new Map<string, RawOption>();
    sections.set(section, options);
    const name = operator === "=" ? option : `${option} ${operator[0]}`;
    const before = operator === "=" ? undefined : options.get(name);
    const origin = { file: commandLine, line: 0 };
    options.set(name, { name, section, operator, origin, text: before ? `${before.text}\n${text}` : text });
  }
  return { file: commandLine, sections, headers: new Map() };
}
