import { lineIn } from "../site/buildout-folder.ts";
import type { Connection, RunOptions } from "./connection.ts";
import { quote, type ShellLine, userShell } from "./shell.ts";

/** How the lines of an option are run. */
export interface LinesOptions extends Omit<RunOptions, "input" | "title" | "leavesRunning"> {
  /** Name of the option, as in the INI file. */
  readonly option: string;
  /** Run every line, also after one that failed. The first status that is not 0 is the status of all. Default false. */
  readonly goesOn?: boolean | undefined;
}

/**
 * Runs the lines of an option as one script in one shell, so that `cd`, `export`, `umask` and an `if` over several lines act on the
 * lines below. The status of each line counts. A `${buildout:directory}` that the site was read with is `cwd`.
 *
 * @throws HostoutError as {@link Connection.run}; `command-failed` names the line
 */
export async function runLines(
  machine: Connection,
  written: readonly string[],
  { option, goesOn = false, ...how }: LinesOptions,
): Promise<void> {
  const { cwd } = how;
  // What keeps a site running is among them: it is no work of the run.
  const leavesRunning = !how.detached;
  const lines = cwd === undefined ? written : written.map((line) => lineIn(cwd, line));
  if (lines.length > 1 && !machine.dryRun)
    await machine.run(userScript(lines, option, goesOn), { ...how, leavesRunning, title: option });
  else for (const line of lines) await machine.run(alone(line), { ...how, leavesRunning });
}

/** `first-site:*` is for supervisorctl to read, also where a file of such a name exists. */
function alone(line: string): ShellLine {
  return userShell(/^(\S*\/)?(sudo\s+)?(\S*\/)?supervisorctl\s/.test(line) ? `set -f; ${line}` : line);
}

/**
 * The lines that a user wrote for an option, as one shell script. The shell on the host decides which lines belong together
 * (`if` to `fi`); within those a failed command ends the script (`set -e`).
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

/** Lines that a shell accepts alone, and that are not whole: before a backslash at the end, and the text of a here-document. */
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
