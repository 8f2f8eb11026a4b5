import { lineIn } from "./buildout-folder.ts";
import type { Connection, RunOptions } from "./connection.ts";
import { quote, type ShellLine, userShell } from "./shell.ts";

/** Settings for the lines of an option. */
export interface LinesOptions extends Omit<RunOptions, "input" | "title" | "leavesRunning"> {
  /** Name of the option, as in the INI file. */
  readonly option: string;
  /**
   * Runs every line, also after a line that failed. The result is the first status that is not 0. Default
   * false.
   */
  readonly goesOn?: boolean | undefined;
}

/**
 * Runs the lines of an option as one script in one shell. So `cd`, `export`, `umask` and an `if` over several
 * lines affect the lines below. The status of each line counts. `cwd` replaces each `${buildout:directory}`
 * in the lines.
 *
 * @throws HostoutError as {@link Connection.run}. The message of `command-failed` names the line.
 */
export async function runLines(
  machine: Connection,
  written: readonly string[],
  { option, goesOn = false, ...how }: LinesOptions,
): Promise<void> {
  const { cwd } = how;
  // Some of these lines start the site, and a running site is not part of the run.
  const leavesRunning = !how.detached;
  const lines = cwd === undefined ? written : written.map((line) => lineIn(cwd, line));
  if (lines.length > 1 && !machine.dryRun)
    await machine.run(userScript(lines, option, goesOn), { ...how, leavesRunning, title: option });
  else for (const line of lines) await machine.run(alone(line), { ...how, leavesRunning });
}

/**
 * Makes a shell line that runs alone. supervisorctl itself reads `first-site:*`, even where a file of such a
 * name exists.
 */
function alone(line: string): ShellLine {
  return userShell(/^(\S*\/)?(sudo\s+)?(\S*\/)?supervisorctl\s/.test(line) ? `set -f; ${line}` : line);
}

/**
 * Builds one shell script of the lines that a user wrote for an option. The shell on the host decides which
 * lines belong together (`if` to `fi`). Within such lines a failed command ends the script (`set -e`).
 */
export function userScript(lines: readonly string[], option: string, goesOn = false): ShellLine {
  const onFailure = goesOn
    ? `printf '%s\\n' "${option}: '$hostout_text' ended with $hostout_status; the other lines are run" >&2
    [ "$hostout_failed" != 0 ] || hostout_failed=$hostout_status`
    : 'exit "$hostout_status"';
  return userShell(`hostout_text= hostout_failed=0
hostout_name() { [ "$1" = 0 ] || [ -z "$hostout_text" ] || printf '%s\\n' "${option}: '$hostout_text' ended with $1 (in $(pwd))" >&2; }
trap 'hostout_name "$?"' EXIT
for hostout_line in ${statements(lines.map(literal)).map(quote).join(" ")}; do
  hostout_text="\${hostout_text:+$hostout_text
}$hostout_line"
  sh -n -c "$hostout_text" 2>/dev/null || continue
  hostout_undo=
  case $-,$hostout_text in
    *e*,*) ;;
    *"
"*) ${goesOn ? "" : "set -e; hostout_undo='set +e'"} ;;
  esac
  eval "$hostout_text"
  hostout_status=$?
  $hostout_undo
  if [ "$hostout_status" != 0 ]; then
    ${onFailure}
  fi
  hostout_text=
done
# The shell says what is missing.
if [ -n "$hostout_text" ]; then eval "$hostout_text"; exit; fi
exit "$hostout_failed"`);
}

/**
 * Joins the lines that belong together although a shell accepts each alone. These are lines with a backslash
 * at the end, and here-documents.
 */
function statements(lines: readonly string[]): readonly string[] {
  const whole: string[] = [];
  let open = "";
  let endsAt: string | undefined;
  for (const line of lines) {
    const text = open === "" ? line : `${open}\n${line}`;
    if (endsAt === undefined) endsAt = /(?:^|[^<])<<-?\s*["'\\]?(\w+)/.exec(line)?.[1];
    else if (line === endsAt) endsAt = undefined;
    const isContinued = /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
    if (endsAt !== undefined || isContinued) {
      open = text;
      continue;
    }
    whole.push(text);
    open = "";
  }
  return open === "" ? whole : [...whole, open];
}

/** As {@link alone}, for one line among others. */
function literal(line: string): string {
  return line.replaceAll(/\bsupervisorctl\s[^;&|"'()]*/g, (words) =>
    words.replaceAll(/(?<=[^\s\\]:)\*(?=\s|$)/g, "\\*"),
  );
}
