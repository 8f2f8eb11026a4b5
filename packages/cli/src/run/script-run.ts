import type { RunSummary } from "@hostout/engine";
import type { Event } from "@hostout/kit";

/** A run that has begun: its events while they happen, and what it came to. */
export interface ScriptRun extends AsyncIterable<Event> {
  /**
   * Resolves for runs that fail on hosts too: `exitCode` and `targets` tell. Rejects where nothing was begun: a bad
   * option, an unknown command.
   */
  readonly result: Promise<RunSummary>;
}

/** Starts `work` and hands out what it emits. Who begins to iterate in the same turn gets every event; who does later, those to come. */
export function startScriptRun(work: (emit: (event: Event) => void) => Promise<RunSummary>): ScriptRun {
  const first = makeQueue();
  const readers = new Set([first]);
  // A run that nobody watches must not keep what its hosts write.
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
      // Who iterates hears of a failure here, and need not look at `result` too.
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
