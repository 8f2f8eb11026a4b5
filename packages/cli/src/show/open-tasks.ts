import type { Event } from "@hostout/kit";

type Start = Extract<Event, { type: "task.start" }>;
type End = Extract<Event, { type: "task.end" }>;

/** How a task came to its end, with what is known of those within it. */
export interface Ended {
  /** A line of a task within it was printed. */
  readonly hasInnerLine: boolean;
  /** The failure of a task within it was printed. */
  readonly hasInnerFailure: boolean;
}

/** The tasks that have begun and not ended, and which of them stand within which. */
export interface OpenTasks {
  readonly begin: (event: Start) => void;
  readonly end: (event: End) => Ended;
  /** Says that a line was printed for the end of a task, so that those around it need none of their own. */
  readonly print: (event: End) => void;
  /** Whether a task is a step of another command, and not one that was typed. */
  readonly isStep: (task: number) => boolean;
}

interface Open {
  readonly start: Start;
  hasInnerLine: boolean;
  hasInnerFailure: boolean;
}

export function makeOpenTasks(): OpenTasks {
  const tasks = new Map<number, Open>();
  return {
    begin: (start) => void tasks.set(start.task, { start, hasInnerLine: false, hasInnerFailure: false }),
    end: ({ task }) => {
      const { hasInnerLine = false, hasInnerFailure = false } = tasks.get(task) ?? {};
      tasks.delete(task);
      return { hasInnerLine, hasInnerFailure };
    },
    print: (event) => {
      for (const open of tasks.values()) {
        if (!isAround(open.start, event)) continue;
        open.hasInnerLine = true;
        open.hasInnerFailure ||= event.status === "failed";
      }
    },
    isStep: (task) => (tasks.get(task)?.start.path.length ?? 0) > 1,
  };
}

/** A task of a site on this machine may stand around, and within, those of the site's hosts. */
export function isAround(outer: Start, inner: Pick<End, "task" | "site" | "host" | "path">): boolean {
  const isSamePlace = outer.host === undefined || inner.host === undefined || outer.host === inner.host;
  return (
    outer.task !== inner.task &&
    outer.site === inner.site &&
    isSamePlace &&
    outer.path.every((name, index) => inner.path[index] === name)
  );
}
