import type { Site, Target } from "@hostout/kit";

/** What commands of one run tell those after them. */
export interface Memory {
  /** Keeps what a command found out on a target. */
  readonly keep: (target: Target, command: string, value: unknown) => void;
  readonly resultOf: (target: Target, command: string) => unknown;
  /** Keeps which release is live on a target; null: none; undefined: that is not known. */
  readonly keepLive: (target: Target, release: string | null | undefined) => void;
  readonly liveOf: (target: Target) => string | null | undefined;
  /** One map for each target, or for a site where a command runs once for it. */
  readonly sharedOf: (place: Target | Site) => Map<string, unknown>;
}

export function makeMemory(): Memory {
  const values = new Map<Target, Map<string, unknown>>();
  const live = new Map<Target, string | null | undefined>();
  const shared = new Map<Target | Site, Map<string, unknown>>();
  return {
    keep: (target, command, value) => void mapOf(values, target).set(command, value),
    resultOf: (target, command) => values.get(target)?.get(command),
    keepLive: (target, release) => void live.set(target, release),
    liveOf: (target) => live.get(target),
    sharedOf: (place) => mapOf(shared, place),
  };
}

function mapOf<K>(maps: Map<K, Map<string, unknown>>, key: K): Map<string, unknown> {
  const found = maps.get(key) ?? new Map<string, unknown>();
  maps.set(key, found);
  return found;
}
