import type { Event } from "@hostout/kit";

type Start = Extract<Event, { type: "task.start" }>;
type End = Extract<Event, { type: "task.end" }>;

/** The printed lines inside a task at its end. */
export interface Ended {
  /** Whether a line of a task inside it was printed. */
  readonly hasInnerLine: boolean;
  /** Whether the failure of a task inside it was printed. */
  readonly hasInnerFailure: boolean;
}

/** The tasks that have started and not ended, and their nesting. */
export interface OpenTasks {
  readonly begin: (event: Start) => void;
  readonly end: (event: End) => Ended;
  /** Records that the end of a task has a line, so that the tasks around it need none. */
  readonly print: (event: End) => void;
  /** Checks whether a task is a step of another command, and not a typed command. */
  readonly isStep: (task: number) => boolean;
}

interface Open {
  readonly start: Start;
  hasInnerLine: boolean;
  hasInnerFailure: boolean;
}

/** Creates the set of open tasks, at first empty. */
export function makeOpenTasks(): OpenTasks {
  const tasks = new Map<number, Open>();
  // By the place, and by the site: with a thousand open tasks, only those of the own host may be around one.
  const places = new Map<string, Set<Open>>();
  const sites = new Map<string, Set<Open>>();
  const indexes = ({ site, host }: Start | End) =>
    [
      [places, placeOf(site, host)],
      [sites, site],
    ] as const;
  return {
    begin: (start) => {
      const open: Open = { start, hasInnerLine: false, hasInnerFailure: false };
      tasks.set(start.task, open);
      for (const [index, key] of indexes(start)) {
        const some = index.get(key) ?? new Set();
        index.set(key, some.add(open));
      }
    },
    end: (event) => {
      const open = tasks.get(event.task);
      tasks.delete(event.task);
      if (open) for (const [index, key] of indexes(open.start)) index.get(key)?.delete(open);
      const { hasInnerLine = false, hasInnerFailure = false } = open ?? {};
      return { hasInnerLine, hasInnerFailure };
    },
    print: (event) => {
      const { site, host } = event;
      const around =
        host === undefined
          ? [sites.get(site)]
          : [places.get(placeOf(site, host)), places.get(placeOf(site, undefined))];
      for (const open of around.flatMap((some) => [...(some ?? [])])) {
        if (!isAround(open.start, event)) continue;
        open.hasInnerLine = true;
        open.hasInnerFailure ||= event.status === "failed";
      }
    },
    isStep: (task) => (tasks.get(task)?.start.path.length ?? 0) > 1,
  };
}

function placeOf(site: string, host: string | undefined): string {
  return JSON.stringify([site, host]);
}

/**
 * Checks whether a task contains another. A task of a site on this machine can contain tasks of the site's
 * hosts, and the reverse.
 */
export function isAround(outer: Start, inner: Pick<End, "task" | "site" | "host" | "path">): boolean {
  const isSamePlace = outer.host === undefined || inner.host === undefined || outer.host === inner.host;
  return (
    outer.task !== inner.task &&
    outer.site === inner.site &&
    isSamePlace &&
    outer.path.every((name, index) => inner.path[index] === name)
  );
}
