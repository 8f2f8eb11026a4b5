import { type Connections, HostoutError, type Target } from "@hostout/kit";

// The environment of another account's process cannot be read, but sudo's command line can, and has the mark too.
const script = [
  "for p in /proc/[0-9]*; do",
  '  if grep -qas "$1" "$p/environ" "$p/cmdline"; then',
  '    echo "${p#/proc/} $(tr "\\000" " " <"$p/cmdline" | cut -c 1-120)"',
  "  fi",
  "done 2>/dev/null",
  "true",
].join("\n");

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
  const output = { line: () => undefined, progress: () => undefined, mark: "look" };
  // Not found in the look's own command line, whose pattern it is.
  const pattern = `HOSTOUT_TASK=[${first[0]}]${first.slice(1)}[.]`;
  const look = ["sh", "-c", script, "look", pattern];
  const found = await Promise.all(
    targets.map(async ({ site, host }) => {
      const said = await connections
        .remote(site, host, output)
        .capture(look)
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
