/**
 * A command for a Connection: a list of words (one argument each, nothing is interpreted), or a line for the
 * shell. A bare string is not a command, because hostout could neither quote nor trust it.
 */
export type Command = readonly string[] | ShellLine;

const shellLine = Symbol.for("hostout.shellLine");

/** A correctly quoted line for a POSIX shell. Only {@link sh} and {@link userShell} make one. */
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

/**
 * Quotes one word for a POSIX shell (XCU 2.2.2, single quotes).
 *
 * @throws TypeError for a NUL, which no argument can hold
 */
export function quote(word: string): string {
  if (word.includes("\0")) throw new TypeError("a command word may not hold a NUL character");
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Builds a shell line and quotes each `${}`: `` sh`ln -sfn ${release} current` ``. A list becomes several
 * words. A line from `sh` stays unchanged.
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
 * Makes a shell line of text that the user wrote as one (an option such as `restart`, the words after `run`).
 * This is the only place where text becomes shell without quoting.
 */
export function userShell(text: string): ShellLine {
  return asShellLine(text);
}

/**
 * Renders a command as text for a POSIX shell, in the folder `cwd` and with the environment variables `env`.
 *
 * @throws TypeError when a name in `env` is not an identifier
 */
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
  // A line of the user may have `;` or `||`, so it needs braces after `cd`. The newline ends a comment or a
  // here-document.
  const body = change !== "" && isShellLine(command) ? `{ ${text}\n}` : text;
  return assignments.join("") + change + body;
}

/** Quotes a path, but leaves a leading `~` or `~user` to the shell. */
export function quotePath(path: string): string {
  const home = /^~[\w.-]*(?=\/|$)/.exec(path)?.[0];
  if (home === undefined) return quote(path.startsWith("-") ? `./${path}` : path);
  const rest = path.slice(home.length);
  return rest === "" ? home : `${home}${quote(rest)}`;
}
