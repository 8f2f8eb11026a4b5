import { HostoutError } from "@hostout/kit";
import { readSshSettings, type SshSettings, type SshWish } from "./ssh-settings.ts";

/** Reads a word of ProxyJump: `user@host:port`, `ssh://…`, `[address]:port`. */
export function jumpWish(jump: string, from: Pick<SshWish, "environment" | "once">): SshWish {
  const [, user, address = jump, port] =
    /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(jump) ?? [];
  return {
    host: address.replace(/^\[|\]$/g, ""),
    port: port === undefined ? undefined : Number(port),
    user,
    environment: from.environment,
    once: from.once,
  };
}

/** A host on the way to another one. */
interface Hop {
  readonly wish: SshWish;
  readonly settings: SshSettings;
}

/**
 * Returns the hosts of a ProxyJump, with the one nearest to the end of the way first. In a circle, ssh itself would
 * start processes without end.
 *
 * @throws HostoutError `unreachable` if the way leads to the same host twice
 */
export async function hopsTo(wish: SshWish, settings: SshSettings, label: string): Promise<readonly Hop[]> {
  const placeOf = ({ hostname, port, user }: SshSettings) => `${user}@${hostname}:${port}`;
  const seen = new Set([placeOf(settings)]);
  const way = [wish.host];
  const hops: Hop[] = [];
  for (let { jumps } = settings; jumps.length > 0; ) {
    const jump = jumpWish(jumps.at(-1)!, wish);
    way.push(jump.host);
    const found = await readSshSettings(jump);
    hops.push({ wish: jump, settings: found });
    const before = jumps.slice(0, -1);
    if (before.length > 0) {
      jumps = before;
      continue;
    }
    if (found.jumps.length > 0 && seen.has(placeOf(found))) throw circle(label, way);
    seen.add(placeOf(found));
    jumps = found.jumps;
  }
  return hops;
}

function circle(label: string, way: readonly string[]): HostoutError {
  return new HostoutError({
    code: "unreachable",
    message: `${label} cannot be reached: its ProxyJump goes round in a circle: ${way.join(" -> ")}`,
    hint: `In ssh's configuration, put 'Host ${way.at(-1)}' with 'ProxyJump none' before the lines that set ProxyJump.`,
    host: label,
  });
}
