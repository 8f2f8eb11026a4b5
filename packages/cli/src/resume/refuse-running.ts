import { type Connections, HostoutError, type Target } from "@hostout/kit";

/**
 * Prints the processes of tasks, one per line. Its argument is `PATTERN`. The environment of another account's
 * process is not readable, but sudo's command line is, and has the mark too. The words of a command may contain
 * line ends. For a script of hostout (`sh -c TEXT hostout PATH`) it prints a short name, because its text helps
 * no reader.
 */
const script = `for p in /proc/[0-9]*; do
  if grep -qas "$1" "$p/environ" "$p/cmdline"; then
    w=$(tr '\\n\\000' ' \\n' <"$p/cmdline")
    case $w in
      *'
hostout
/'*) w="a step of hostout in $(printf '%s\\n' "$w" | sed -n '/^hostout$/{n;p;q;}')" ;;
      *HOSTOUT_*) w="a step of hostout" ;;
      *) w=$(printf '%s\\n' "$w" | tr '\\n' ' ' | cut -c 1-120) ;;
    esac
    printf '%s %s\\n' "\${p#/proc/}" "$w"
  fi
done 2>/dev/null
true`;

/**
 * Ends the processes that hold locks of a run, if the host has not noticed yet that their client is gone. Its
 * argument is `PATTERN`. The script runs as the owner of the site, whose account started them. Only that
 * account may read their environment.
 */
const endLocks = `for p in /proc/[0-9]*; do
  if grep -qas "$1" "$p/environ" "$p/cmdline"; then kill "\${p#/proc/}"; fi
done 2>/dev/null
true`;

const output = { line: () => undefined, progress: () => undefined, mark: "look" };

/** Returns a pattern that does not match the command line with the pattern itself. */
const patternOf = (variable: string, first: string) => `${variable}=[${first[0]}]${first.slice(1)}[.]`;

/**
 * Checks whether an unfinished task still runs on its host. A second start beside it would do harm.
 *
 * @throws HostoutError `locked` with the processes; an unreachable host is left to the run
 */
export async function refuseRunning(
  connections: Connections,
  targets: readonly Target[],
  first: string,
): Promise<void> {
  const look = ["sh", "-c", script, "look", patternOf("HOSTOUT_TASK", first)];
  const found = await Promise.all(
    targets.map(async ({ site, host }) => {
      const said = await connections
        .remote(site, host, output)
        .capture(look, { title: "look at what runs there" })
        .catch(() => "");
      return said === "" ? [] : [`${host.name}: ${said.split("\n").join(`\n  ${host.name}: `)}`];
    }),
  );
  const lines = found.flat();
  if (lines.length === 0) return;
  throw new HostoutError({
    code: "locked",
    message: `commands of the run still run on:\n  ${lines.join("\n  ")}`,
    hint: "Wait for their end, or end them there. Then resume.",
  });
}

/**
 * Frees the locks of a run that has ended. After a silent break of the connection, a host keeps them for five
 * more minutes. An unreachable host is left to the run.
 */
export async function freeLocks(
  connections: Connections,
  targets: readonly Target[],
  first: string,
): Promise<void> {
  const end = ["sh", "-c", endLocks, "look", patternOf("HOSTOUT_LOCK", first)];
  await Promise.all(
    targets.map(async ({ site, host }) => {
      const remote = connections.remote(site, host, output).as("effective");
      await remote.run(end, { quiet: true, title: "free the lock" }).catch(() => undefined);
    }),
  );
}
