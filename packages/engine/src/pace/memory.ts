import { type Cells, type CommandValue, makeCells, type Site, type Switch, type Target } from "@hostout/kit";

/** Values that commands of one run leave for later commands. */
export interface Memory {
  /** Keeps the value that the command of a plugin returned on a target. */
  readonly keep: (target: Target, of: CommandValue<unknown>, value: unknown) => void;
  readonly resultOf: <T>(target: Target, value: CommandValue<T>) => T | undefined;
  /** Keeps the live release of a target. null means none, and undefined means unknown. */
  readonly keepLive: (target: Target, release: string | null | undefined) => void;
  readonly liveOf: (target: Target) => string | null | undefined;
  /** Keeps the last switch in the log of a target. null means none. */
  readonly keepSwitch: (target: Target, lastSwitch: Switch | null) => void;
  readonly lastSwitchOf: (target: Target) => Switch | null | undefined;
  /** Returns the cells of a target, or of a site where a command runs once for it. */
  readonly sharedOf: (place: Target | Site) => Cells;
}

export function makeMemory(): Memory {
  const values = new Map<Target, Map<string, unknown>>();
  const live = new Map<Target, string | null | undefined>();
  const switches = new Map<Target, Switch | null>();
  const shared = new Map<Target | Site, Cells>();
  return {
    keep: (target, of, value) => void mapOf(values, target).set(keyOf(of), value),
    // The declaration of a command value guarantees the type of the command's value.
    resultOf: <T>(target: Target, of: CommandValue<T>) => values.get(target)?.get(keyOf(of)) as T | undefined,
    keepLive: (target, release) => void live.set(target, release),
    liveOf: (target) => live.get(target),
    keepSwitch: (target, lastSwitch) => void switches.set(target, lastSwitch),
    lastSwitchOf: (target) => switches.get(target),
    sharedOf: (place) => {
      const cells = shared.get(place) ?? makeCells();
      shared.set(place, cells);
      return cells;
    },
  };
}

function keyOf({ owner, command }: CommandValue<unknown>): string {
  return `${owner} ${command}`;
}

function mapOf<K>(maps: Map<K, Map<string, unknown>>, key: K): Map<string, unknown> {
  const found = maps.get(key) ?? new Map<string, unknown>();
  maps.set(key, found);
  return found;
}
