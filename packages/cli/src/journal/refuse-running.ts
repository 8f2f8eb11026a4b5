import { type Connections, HostoutError, type Target } from "@hostout/kit";

/**
 * `PATTERN`: says the processes of tasks, a line each. The environment of another account's process cannot be read, but sudo's command line
 * can, and has the mark too. The words of a command may have line ends. A script of hostout's own (`sh -c TEXT hostout PATH`) is no help to
 * whoever reads it.
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
 * `PATTERN`: ends the processes that hold locks of a run, where the host does not know yet that their client has gone. What they were told is
 * looked up by who began them: the account that owns the site.
 */
const endLocks = `for p in /proc/[0-9]*; do
  if grep -qas "$1" "$p/environ" "$p/cmdline"; then kill "\${p#/proc/}"; fi
done 2>/dev/null
true`;

const output = { line: () => undefined, progress: () => undefined, mark: "look" };

/** Not found in the look's own command line, whose pattern it is. */
const patternOf = (variable: string, first: string) => `${variable}=[${first[0]}]${first.slice(1)}[.]`;

/**
 * Looks on hosts where a task was begun and not ended whether it goes on there: what a host still does is not begun a second
 * time beside it.
 *
 * @throws HostoutError `locked`, with the processes; what keeps a host from being reached is left to the run
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
    message: `what the run began still goes on:\n  ${lines.join("\n  ")}`,
    hint: "Wait until it has ended, or end it there; then resume.",
  });
}

/**
 * Frees the locks that a run held which has ended: a host whose line broke without a word keeps them for five minutes more. What keeps a host
 * from being reached is left to the run.
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
