/** The work that waits for a signal, and its one listener. */
interface Waiting {
  readonly acts: Set<() => void>;
  readonly listener: () => void;
}

const waitingFor = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls `act` when the signal is aborted, or at once if it already is. @returns a function that ends the wait
 *
 * A signal gets one listener for all calls: the time to add one grows with those that it has. In a deploy to a
 * thousand hosts a thousand locks wait, and each command adds its own wait.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  const { acts, listener } = waitingFor.get(signal) ?? listenTo(signal);
  // A function of its own, because the same `act` may wait twice.
  const own = () => act();
  acts.add(own);
  return () => {
    if (!acts.delete(own) || acts.size > 0 || signal.aborted) return;
    waitingFor.delete(signal);
    signal.removeEventListener("abort", listener);
  };
}

function listenTo(signal: AbortSignal): Waiting {
  const acts = new Set<() => void>();
  const listener = () => {
    for (const act of acts) callSafely(act);
  };
  const waiting = { acts, listener };
  waitingFor.set(signal, waiting);
  signal.addEventListener("abort", listener, { once: true });
  return waiting;
}

/** Throws an error later, as the listeners of Node do: the other work also gets the signal. */
function callSafely(act: () => void): void {
  try {
    act();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
