import {
  type Command,
  type Connection,
  type HostContext,
  HostoutError,
  type Outcome,
  quote,
  quotePath,
  userShell,
} from "@hostout/kit";

/** Runs the words of the line as whoever logs in. */
export async function run(context: HostContext): Promise<void> {
  await runIn(context.remote, context);
}

/** Runs the words of the line as root. */
export async function sudo(context: HostContext): Promise<void> {
  await runIn(context.remote.as("root"), context);
}

async function runIn(connection: Connection, { rest, options }: HostContext): Promise<void> {
  if (rest.length === 0) {
    throw new HostoutError({
      code: "usage",
      message: "run needs a command",
      hint: "For example: run uptime",
    });
  }
  await connection.run(inPath(options.path, asCommand(rest)));
}

/** One word is what the user wrote for a shell; several were cut by the user's own shell, and stay cut. */
function asCommand(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : words.map(quote).join(" ");
}

/** The folder of the site need not be there yet: a new host can be asked for its uptime too. */
function inPath(path: string, line: string): Command {
  const missing = `echo ${quotePath(path)} 'is not there: run in the home folder' >&2`;
  return userShell(`cd -- ${quotePath(path)} 2>/dev/null || ${missing}\n${line}`);
}

/** A shell on the host that is joined to the user's terminal; one host at a time has it. */
export async function shell({ remote, options, exclusive }: HostContext): Promise<Outcome> {
  const status = await exclusive("terminal", () =>
    remote.interact(userShell(`cd -- ${quotePath(options.path)} 2>/dev/null; exec "\${SHELL:-/bin/sh}"`)),
  );
  if (status === 0) return { status: "ok" };
  throw new HostoutError({
    code: "command-failed",
    message: `the shell ended with ${status}`,
    host: remote.name,
  });
}
