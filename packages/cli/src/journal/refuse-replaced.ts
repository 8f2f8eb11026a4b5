import { absolutePath, type Connections, HostoutError, readOptions, type Target } from "@hostout/kit";
import type { LeftLive } from "./left-live.ts";

/**
 * Prints the target of `current`, as written and resolved, then the last line of the log of switches
 * (docs/reference/host-layout.md). Its argument is `PATH`.
 */
const script = `cd -- "$1" 2>/dev/null || exit 0
readlink current 2>/dev/null || echo
(cd -P ./current 2>/dev/null && pwd) || echo
tail -n 1 .hostout/served.log 2>/dev/null
true`;

/**
 * Checks on each host that the release which the run left live is still live. Otherwise a resumed run would
 * replace a newer release with an older one, and would count steps of another release as done.
 *
 * @throws HostoutError `refused` with the user and time of the other switch; an unreachable host is left to the
 * run
 */
export async function refuseReplaced(
  connections: Connections,
  targets: readonly Target[],
  left: readonly LeftLive[],
  run: string,
): Promise<void> {
  const found = await Promise.all(
    targets.map(async (target) => {
      const known = left.find(({ site, host }) => site === target.site.name && host === target.host.name);
      const now = known && (await liveOn(connections, target).catch(() => undefined));
      if (!known || !now || [known.live, ...known.perhaps].some((one) => now.names.includes(one))) return [];
      const who = now.who === "" ? "" : ` by ${now.who}`;
      const since = now.at === "" ? "" : `, since ${now.at}${who}`;
      return [
        `${target.host.name}: ${now.names[0] ?? "no release"} is live${since}; that run left ${known.live ?? "no release"}`,
      ];
    }),
  );
  const lines = found.flat();
  if (lines.length === 0) return;
  const sites = [...new Set(targets.map(({ site }) => site.name))].join(" ");
  throw new HostoutError({
    code: "refused",
    message: `the run ${run} cannot be gone on with: another run came between:\n  ${lines.join("\n  ")}`,
    hint: `Nothing was changed. Deploy anew: hostout ${sites} deploy`,
  });
}

/** Returns the names of the live release on a host, as a switch or a person may write it, and its last switch. */
async function liveOn(
  connections: Connections,
  { site, host }: Target,
): Promise<{ readonly names: readonly (string | null)[]; readonly at: string; readonly who: string }> {
  const output = { line: () => undefined, progress: () => undefined, mark: "look" };
  const remote = connections.remote(site, host, output);
  const path = await absolutePath(remote, readOptions(site).path);
  const said = await remote.as("effective").capture(["sh", "-c", script, "look", path], { quiet: true });
  const [link = "", folder = "", last = ""] = said.split("\n");
  const [time = "", release = "", who = ""] = last.split("\t");
  const names = [link.replace(/^releases\//, ""), folder.slice(folder.lastIndexOf("/") + 1)].filter(
    (name) => name !== "",
  );
  // A switch by hand is not in the log.
  const isLogged = names.includes(release);
  const at = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  return { names: names.length > 0 ? names : [null], at: isLogged ? at : "", who: isLogged ? who : "" };
}
