import {
  type Connection,
  type HostContext,
  HostoutError,
  isHostoutError,
  type Outcome,
  quote,
  quotePath,
  siteOptions,
  userShell,
} from "@hostout/kit";

/** Runs the words of the line as the login user. */
export async function run(context: HostContext): Promise<void> {
  await runIn(context.remote, context);
}

/** Runs the words of the line as root. */
export async function sudo(context: HostContext): Promise<void> {
  await runIn(context.remote.as("root"), context);
}

async function runIn(connection: Connection, context: HostContext): Promise<void> {
  const { rest, site } = context;
  if (rest.length === 0) {
    throw new HostoutError({
      code: "usage",
      message: "run needs a command",
      hint: "For example: run uptime",
    });
  }
  const isDry = (word: string) => /^--dry-?run$/.test(word);
  const hint = `For a dry run, write it before the site: hostout --dry-run ${site.name} run …`;
  // Else the host would run a program of that name.
  if (isDry(rest[0]!)) throw new HostoutError({ code: "usage", message: `${rest[0]} is no command`, hint });
  const dry = rest.find(isDry);
  if (dry !== undefined && !context.dryRun)
    context.warn(`${dry} is a word of the command '${rest[0]}'. ${hint}`);
  const { path } = context.options;
  try {
    await connection.run(...inFolder(context, asCommand(rest)));
  } catch (error) {
    const isThere = !isCommandFailure(error) || !hasPath(context) || (await mayEnter(connection, path));
    throw isThere ? error : pathMissing(context, error);
  }
}

/**
 * Returns a script that runs the line in `path`, and its title. A site without the option `path` only runs
 * commands: where the default folder does not exist, they run in the home folder. The script hides the shell's own
 * error about a missing folder, because hostout reports a better one.
 */
function inFolder(context: HostContext, line: string): Parameters<Connection["run"]> {
  const { path } = context.options;
  const otherwise = hasPath(context) ? "exit 1" : "cd || exit 1";
  const script = userShell(`cd -- ${quotePath(path)} 2>/dev/null || ${otherwise}; ${line}`);
  return [script, { title: context.dryRun ? `${line} (in ${path})` : line }];
}

const hasPath = ({ site }: HostContext) =>
  ["path", ...siteOptions.path.aliases].some((name) => site.values.has(name));

const isCommandFailure = (error: unknown) => isHostoutError(error) && error.code === "command-failed";

/**
 * Checks that the account may enter a folder. A host that no longer answers counts as "yes": its own error
 * explains more.
 */
const mayEnter = (connection: Connection, path: string) =>
  connection.test(["true"], { cwd: path }).catch(() => true);

/** The error for a missing folder. Another folder is no substitute: a command that uses '.' means the site. */
function pathMissing({ site, host, options: { path } }: HostContext, cause: unknown): HostoutError {
  return new HostoutError({
    code: "command-failed",
    message: `${host.name}: did not run: ${path} does not exist, or may not be entered`,
    hint: `Deploy first; 'hostout ${site.name}:path=/ ${site.name} run …' runs it in another folder.`,
    host: host.name,
    cause,
  });
}

/**
 * Returns one shell line. A single word is a line that the user wrote for a shell. The user's shell has split
 * several words already, so each is quoted.
 */
function asCommand(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : words.map(quote).join(" ");
}

/** Opens a shell on the host in the user's terminal. Hosts use the terminal one after the other. */
export async function shell({
  remote,
  options,
  args,
  exclusive,
}: HostContext & { readonly args: { readonly anyStatus: boolean } }): Promise<Outcome> {
  const status = await exclusive("terminal", () =>
    remote.interact(userShell(`cd -- ${quotePath(options.path)} 2>/dev/null; exec "\${SHELL:-/bin/sh}"`)),
  );
  if (status === 0) return { status: "ok" };
  if (args.anyStatus) return { status: "ok", note: `the shell ended with ${status}` };
  throw new HostoutError({
    code: "command-failed",
    message: `the shell ended with ${status}`,
    hint: "To continue with the next command in any case: shell --any-status",
    host: remote.name,
  });
}
