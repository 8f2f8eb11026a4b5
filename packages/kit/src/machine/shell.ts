/**
 * What a Connection runs: words (each one argument, nothing is interpreted) or a line for the shell.
 * A bare string is not a command: it could be neither quoted nor trusted.
 */
export type Command = readonly string[] | ShellLine;

const shellLine = Symbol.for("hostout.shellLine");

/** A line for a POSIX shell whose quoting has been seen to. Made by {@link sh} and {@link userShell} only. */
export interface ShellLine {
  readonly [shellLine]: true;
  readonly text: string;
}

function asShellLine(text: string): ShellLine {
  return { [shellLine]: true, text };
}

export function isShellLine(value: unknown): value is ShellLine {
  return typeof value === "object" && value !== null && shellLine in value;
}

/** Quotes one word for a POSIX shell (XCU 2.2.2, single quotes). A NUL can be in no argument, so it is refused. */
export function quote(word: string): string {
  if (word.includes("\0")) throw new TypeError("a command word may not hold a NUL character");
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A shell line with each `${}` quoted: `` sh`ln -sfn ${release} current` ``. A list becomes several words,
 * another line from `sh` goes in as it is.
 */
export function sh(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | readonly string[] | ShellLine)[]
): ShellLine {
  const text = strings.raw.reduce((line, piece, index) => line + asText(values[index - 1] ?? "") + piece);
  return asShellLine(text);
}

function asText(value: string | number | readonly string[] | ShellLine): string {
  if (isShellLine(value)) return value.text;
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return String(value);
  return value.map(quote).join(" ");
}

/**
 * Text that the user wrote as a shell line (an option such as `restart`, the words after `run`).
 * The one place where text becomes shell without quoting.
 */
export function userShell(text: string): ShellLine {
  return asShellLine(text);
}

/** A command as text for a POSIX shell, in `cwd` and with `env` (of which the names must be identifiers). */
export function shellText(
  command: Command,
  settings: {
    readonly cwd?: string | undefined;
    readonly env?: Readonly<Record<string, string>> | undefined;
  } = {},
): string {
  const text = isShellLine(command) ? command.text : command.map(quote).join(" ");
  const assignments = Object.entries(settings.env ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new TypeError(`'${name}' is no name of an environment variable`);
    return `${name}=${quote(value)}; export ${name}; `;
  });
  const change = settings.cwd === undefined ? "" : `cd -- ${quotePath(settings.cwd)} && `;
  // A line of the user may have `;` or `||`, so after `cd` it needs braces; a newline ends a comment or here-document.
  const body = change !== "" && isShellLine(command) ? `{ ${text}\n}` : text;
  return assignments.join("") + change + body;
}

/** Quotes a path but leaves a leading `~` or `~user` to the shell. */
export function quotePath(path: string): string {
  const home = /^~[\w.-]*(?=\/|$)/.exec(path)?.[0];
  if (home === undefined) return quote(path.startsWith("-") ? `./${path}` : path);
  const rest = path.slice(home.length);
  return rest === "" ? home : `${home}${quote(rest)}`;
}
