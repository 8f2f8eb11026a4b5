import { HostoutError } from "../run/hostout-error.ts";
import type { Site } from "../site/site.ts";

/** The form of a value. White space separates `words`, and line ends separate `lines`. */
export type OptionType =
  | "string"
  | "integer"
  | "boolean"
  | "choice"
  | "words"
  | "lines"
  | "path"
  | "duration"
  | "size"
  | "secret";

/**
 * A declared setting or argument. hostout derives its type, INI name, parsing, help and reference entry from
 * this.
 */
export interface OptionDeclaration<T = unknown> {
  readonly type: OptionType;
  /** The values of a choice, in the order of the help. Empty for all other types. */
  readonly choices: readonly string[];
  /** The type in words, for help, reference and errors: `true or false`, `whole number`. */
  readonly label: string;
  /** One line, no full stop. */
  readonly summary: string;
  readonly example?: string | undefined;
  /** Default in the form of the INI file. Undefined where the option has none. */
  readonly default?: string | undefined;
  /**
   * Whether the option may be missing. If false, reading an option that is unset and has no default throws.
   */
  readonly optional: boolean;
  /** Old names that still work, with a warning. */
  readonly aliases: readonly string[];
  /** Whether hostout hides the value in output and errors. */
  readonly secret: boolean;
  /** Whether the command line gives it as `--name` instead of by position. Only for commands. */
  readonly flag: boolean;
  /**
   * Parses a value.
   *
   * @param site the site of the option. Undefined for an argument.
   * @throws HostoutError or Error, with a message that ends "… is …"
   */
  readonly parse: (text: string, site?: Site) => T;
}

/** The settings of an option declaration. See {@link OptionDeclaration}. */
export interface OptionSettings {
  readonly summary: string;
  readonly example?: string;
  readonly default?: string;
  readonly optional?: boolean;
  readonly aliases?: readonly string[];
}

/** `T` when the option has a default or is required, else `T | undefined`. */
export type DeclaredOption<S extends OptionSettings, T> = OptionDeclaration<
  S extends { optional: true } ? T | undefined : T
>;

const labels: Readonly<Partial<Record<OptionType, string>>> = {
  integer: "whole number",
  boolean: "true or false",
  duration: "time",
};

function declare<const S extends OptionSettings, T>(
  type: OptionType,
  settings: S,
  parse: (text: string) => T,
  choices: readonly string[] = [],
): DeclaredOption<S, T> {
  return {
    type,
    choices,
    label: choices.length > 0 ? choices.join(" or ") : (labels[type] ?? type),
    summary: settings.summary,
    example: settings.example,
    default: settings.default,
    optional: settings.optional ?? false,
    aliases: settings.aliases ?? [],
    secret: type === "secret",
    flag: false,
    parse,
  } as DeclaredOption<S, T>;
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

function parseBoolean(text: string): boolean {
  // The original took True, yes and 1 as well, and old files use them.
  const value = booleans[text.toLowerCase()];
  if (value === undefined) throw new Error(`'${text}' is neither true nor false`);
  return value;
}

function parseInteger(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`'${text}' is no whole number`);
  return Number(text);
}

const msPerUnit: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text);
  if (!match) throw new Error(`'${text}' is not a time such as 500ms, 30s, 5m or 1h`);
  return Number(match[1]) * (msPerUnit[match[2] ?? "s"] ?? 1000);
}

const bytesPerUnit: Readonly<Record<string, number>> = {
  "": 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?|b)?$/i.exec(text);
  if (!match) throw new Error(`'${text}' is not a size such as 512k, 20M or 1G`);
  return Math.round(Number(match[1]) * bytesPerUnit[match[2]?.toLowerCase() ?? ""]!);
}

const splitLines = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

const splitWords = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

/**
 * Declares options: `option.string({ summary: "…" })`. Each function takes the summary, and an example, a
 * default or old names.
 */
export const option = {
  string: <const S extends OptionSettings>(settings: S) => declare("string", settings, (text) => text),
  integer: <const S extends OptionSettings>(settings: S) => declare("integer", settings, parseInteger),
  /** Declares a boolean: `true`, `yes`, `on`, `1` and their opposites, in any case. */
  boolean: <const S extends OptionSettings>(settings: S) => declare("boolean", settings, parseBoolean),
  choice: <const C extends readonly string[], const S extends OptionSettings>(choices: C, settings: S) =>
    declare(
      "choice",
      settings,
      (text): C[number] => {
        if (!choices.includes(text)) throw new Error(`'${text}' is none of ${choices.join(", ")}`);
        return text;
      },
      choices,
    ),
  /** Declares a list of words, separated by white space. */
  list: <const S extends OptionSettings>(settings: S) => declare("words", settings, splitWords),
  /** Declares a list with one entry per line. Blank lines are ignored. */
  lines: <const S extends OptionSettings>(settings: S) => declare("lines", settings, splitLines),
  /** Declares a path on one line. The value has no trailing slashes. */
  path: <const S extends OptionSettings>(settings: S) =>
    declare("path", settings, (text) => {
      if (/[\n\0]/.test(text)) throw new Error("a path is one line");
      return text.length > 1 ? text.replace(/\/+$/, "") || "/" : text;
    }),
  /** Declares a duration in milliseconds. `30` means 30 seconds. */
  duration: <const S extends OptionSettings>(settings: S) => declare("duration", settings, parseDuration),
  /** Declares a size in bytes. Units are powers of 1024. */
  size: <const S extends OptionSettings>(settings: S) => declare("size", settings, parseSize),
  secret: <const S extends OptionSettings>(settings: S) => declare("secret", settings, (text) => text),
  /** Adds a check to a declaration: a value is refused where `whyNot` returns a reason. */
  checked: <T>(
    declaration: OptionDeclaration<T>,
    whyNot: (value: T, site?: Site) => string | undefined,
  ): OptionDeclaration<T> => ({
    ...declaration,
    parse: (text, site) => {
      const value = declaration.parse(text, site);
      const why = whyNot(value, site);
      if (why !== undefined) throw new Error(why);
      return value;
    },
  }),
  /** Declares a flag of a command without a value, `--force`. False where the line does not give it. */
  flag: (settings: { readonly summary: string }): OptionDeclaration<boolean> => ({
    ...declare("boolean", { ...settings, default: "false" }, parseBoolean),
    flag: true,
  }),
  /** Declares a flag of a command with a value, `--keep 3`. */
  flagOf: <T>(declaration: OptionDeclaration<T>): OptionDeclaration<T> => ({ ...declaration, flag: true }),
};

/** Declared options by their name in code. */
export type OptionDeclarations = Readonly<Record<string, OptionDeclaration>>;

export type OptionValues<D> = {
  readonly [K in keyof D]: D[K] extends OptionDeclaration<infer T> ? T : never;
};

/** Converts a name in code to the form of INI files and flags: `stopTimeout` → `stop-timeout`. */
export function iniName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * Parses a text by a declaration.
 *
 * @throws HostoutError `bad-option` that names `what`, and never quotes a secret
 */
export function parseOption<T>(declaration: OptionDeclaration<T>, what: string, text: string): T {
  try {
    return declaration.parse(text);
  } catch (error) {
    const why = declaration.secret ? `is not a ${declaration.label}` : (error as Error).message;
    throw new HostoutError({
      code: "bad-option",
      message: `${what}: ${why}`,
      ...(declaration.example === undefined ? {} : { hint: `For example: ${declaration.example}` }),
      cause: error,
    });
  }
}
