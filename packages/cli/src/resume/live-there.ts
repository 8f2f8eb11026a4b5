import {
  absolutePath,
  type Connections,
  isHostoutError,
  readOptions,
  type Switch,
  type Target,
} from "@hostout/kit";
import { type Clocks, timeOf } from "./switches-since.ts";

/** The live release of a host, and the switches before it. */
export interface LiveThere {
  /** The names of the live release, as a switch or a person may write it; null for none. */
  readonly names: readonly (string | null)[];
  /** The last switches in the log, the oldest first. */
  readonly log: readonly Switch[];
  readonly clocks: Clocks;
}

/**
 * Prints the time, the target of `current`, as written and resolved, then the end of the log of switches
 * (docs/reference/host-layout.md). Its argument is `PATH`.
 */
const script = `date -u +%Y%m%dT%H%M%SZ
cd -- "$1" 2>/dev/null || exit 0
readlink current 2>/dev/null || echo
(cd -P ./current 2>/dev/null && pwd) || echo
tail -n 200 .hostout/served.log 2>/dev/null
true`;

/** Looks at the live release of a host; undefined where that fails. */
export async function lookAtLive(connections: Connections, target: Target): Promise<LiveThere | undefined> {
  try {
    return await readLive(connections, target);
  } catch (error) {
    // The run may reach a host whose connection was lost for a moment. A host that nobody reaches is not asked twice.
    if (!isHostoutError(error) || error.code !== "connection-lost") return undefined;
    return readLive(connections, target).catch(() => undefined);
  }
}

async function readLive(connections: Connections, { site, host }: Target): Promise<LiveThere> {
  const output = { line: () => undefined, progress: () => undefined, mark: "look" };
  const remote = connections.remote(site, host, output);
  const path = await absolutePath(remote, readOptions(site).path);
  const said = await remote.as("effective").capture(["sh", "-c", script, "look", path], { quiet: true });
  const [now = "", link = "", folder = "", ...lines] = said.split("\n");
  const names = [link.replace(/^releases\//, ""), folder.slice(folder.lastIndexOf("/") + 1)].filter(
    (name) => name !== "",
  );
  const log = lines.flatMap((line): readonly Switch[] => {
    const [at = "", release = "", who] = line.split("\t");
    return release === "" ? [] : [{ at, release, ...(who && { who }) }];
  });
  const clocks = { hostMs: timeOf(now), hereMs: Date.now() };
  return { names: names.length > 0 ? names : [null], log, clocks };
}
