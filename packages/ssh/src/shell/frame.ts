import { randomBytes } from "node:crypto";
import { type Command, quote, type RunOptions } from "@hostout/kit";
import { commandVariable } from "./end-marked.ts";
import { runsLine, withLine } from "./hidden-line.ts";

/**
 * The longest input that a shared shell gets as a here-document, in bytes. dash writes a longer one from a process of
 * its own, and bash through a file, for which a full disk has no room.
 */
const mostInputBytes = 4000;

/** The longest line of a command, in bytes: a line travels in one variable of the environment, for which Linux has 128 KiB. */
const mostLineBytes = 65_536;

/** A command for a shell that runs already. */
export interface SharedScript {
  /** A line that sets the arguments and runs the script. */
  readonly line: string;
  /** Lines, each with its end. Undefined: the script reads nothing. */
  readonly input: string | undefined;
  /** Whether the command is hostout's own, and known to leave no process behind. */
  readonly isOwn: boolean;
}

/**
 * Returns a command in the form for a shared shell. Undefined for a command that needs a shell of its own. Such a
 * command has input, has a very long line, or runs beside others. A script of hostout may have a short input.
 *
 * @param text the command as the line of a shell, with its folder and its variables
 */
export function sharedScript(command: Command, text: string, options: RunOptions): SharedScript | undefined {
  const { input, background, leavesRunning } = options;
  if (background || leavesRunning) return;
  const own = ownLine(command, options);
  if (own !== undefined) {
    const isText = typeof input === "string" && input.endsWith("\n") && !input.includes("\0");
    if (input !== undefined && !(isText && Buffer.byteLength(input) <= mostInputBytes)) return;
    return { line: own, input, isOwn: true };
  }
  if (input !== undefined || Buffer.byteLength(text) > mostLineBytes) return;
  // `$$` in the line of a user is the process of that line alone.
  const line = "text" in command ? `${withLine(text)}exec /bin/sh -c ${quote(runsLine)}` : text;
  return { line, input: undefined, isOwn: false };
}

/** A script of hostout (`sh -c TEXT hostout …`) and `test` leave no process behind. */
function ownLine(command: Command, { quiet, cwd, env }: RunOptions): string | undefined {
  if ("text" in command || !quiet || cwd !== undefined || env) return undefined;
  if (command[0] === "test") return command.map(quote).join(" ");
  const [shell, option, text, name, ...more] = command;
  if (shell !== "sh" || option !== "-c" || name !== "hostout") return undefined;
  return `set -- ${more.map(quote).join(" ")}\n${text}`;
}

/** Returns a word that no script can know. */
export const newMark = () => randomBytes(12).toString("hex");

/** Random words around one script. */
export interface Marks {
  /** Begins a line of the error output with the exit status, and the process of the shell. */
  readonly status: string;
  /** Ends both outputs, the error output as a line: OpenSSH's transport holds back what may begin its own last line. */
  readonly end: string;
  /** In the environment of the processes of a command of another author. */
  readonly command: string;
}

export const newMarks = (): Marks => ({ status: newMark(), end: newMark(), command: newMark() });

/**
 * Returns the text that runs a script in a subshell of the shell that reads it. The braces make the shell wait for the
 * whole text, so that a text that was cut off does not run.
 */
export function frame({ line, input, isOwn }: SharedScript, { status, end, command }: Marks): string {
  const document = newMark();
  const given = input === undefined ? "</dev/null" : `<<'${document}'\n${input}${document}`;
  if (isOwn)
    return `{ (eval ${quote(line)}) ${given}
printf '%s %s %s\\n%s\\n' ${status} "$?" "$$" ${end} >&2; printf %s ${end}; }
`;
  const marked = `${commandVariable}=${command}; export ${commandVariable}; ${line}`;
  // Each process of the command has descriptor 7. The shell reads its other end, and goes on when the last one has ended.
  return `{ HOSTOUT_REST=$({ (eval ${quote(marked)}) 7>&1 >&5 2>&6 5>&- 6>&- </dev/null
printf '%s %s %s\\n' ${status} "$?" "$$" >&6; } 2>/dev/null)
printf '%s\\n' ${end} >&2; printf %s ${end}; } 5>&1 6>&2
`;
}
