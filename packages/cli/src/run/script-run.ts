import type { RunSummary } from "@hostout/engine";
import type { Event } from "@hostout/kit";

/** A started run: its events as they happen, and its result. */
export interface ScriptRun extends AsyncIterable<Event> {
  /**
   * Resolves even if the run fails on hosts: see `exitCode` and `targets`. Rejects if nothing started: a bad
   * option, an unknown command.
   */
  readonly result: Promise<RunSummary>;
}

/**
 * Starts `work` and passes its events on. An iterator that starts in the same turn gets every event. A later
 * iterator gets the events after its start.
 */
export function startScriptRun(work: (emit: (event: Event) => void) => Promise<RunSummary>): ScriptRun {
  const first = makeQueue();
  const readers = new Set([first]);
  // Without an iterator, the run must not keep the output of its hosts in memory.
  let isWatched = false;
  setImmediate(() => {
    if (!isWatched) readers.delete(first);
  });
  let isOver = false;
  const result = work((event) => {
    for (const reader of readers) reader.put(event);
  }).finally(() => {
    isOver = true;
    for (const reader of readers) reader.wake();
  });
  return {
    result,
    [Symbol.asyncIterator]() {
      const queue = isWatched ? makeQueue() : first;
      isWatched = true;
      readers.add(queue);
      // The iterator reports a failure, so its user does not need `result` too.
      result.catch(() => undefined);
      return {
        next: async () => {
          while (queue.isEmpty() && !isOver) await queue.filled();
          const event = queue.take();
          if (event) return { done: false, value: event };
          await result;
          return { done: true, value: undefined };
        },
        return: async () => {
          readers.delete(queue);
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function makeQueue() {
  let events: Event[] = [];
  let taken = 0;
  let wake = () => undefined as void;
  return {
    put: (event: Event) => {
      events.push(event);
      wake();
    },
    isEmpty: () => taken >= events.length,
    take: (): Event | undefined => {
      const event = events[taken++];
      if (taken < events.length) return event;
      events = [];
      taken = 0;
      return event;
    },
    filled: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    wake: () => wake(),
  };
}
