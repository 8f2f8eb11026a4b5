import { HostoutError } from "@hostout/kit";

/** When a run is to end before its time. */
export interface StopSignal {
  /** Aborted: what runs is told to end. */
  readonly signal: AbortSignal;
  /** Aborted: nothing new is to begin. */
  readonly stopping: AbortSignal;
  /** Something that must not be cut short begins; what is returned is called at its end. */
  readonly hold: () => () => void;
  /** Takes the handlers away. */
  readonly done: () => void;
}

/** Said of what was cut short between the stop and the start of a site. */
const mayBeStopped =
  "A host that was being switched may be stopped: 'hostout SITE status' says what it serves, 'hostout SITE start' starts that; ";

/**
 * Aborts at the first Ctrl-C, when the time is over, or when nobody reads any more. What must not be cut short is awaited, but not
 * when the time is over; a second Ctrl-C cuts it short, and one after that ends hostout at once.
 *
 * @param canBeResumed whether the run has steps that `resume` need not do again
 * @param tell shows the user a line
 */
export function makeStopSignal(
  timeoutSeconds: number | undefined,
  unread: AbortSignal,
  canBeResumed: boolean,
  tell: (line: string) => void,
): StopSignal {
  const end = new AbortController();
  const stopping = new AbortController();
  let held = 0;
  const say = (text: string) => tell(`hostout: ${text}; press Ctrl-C again to stop at once`);
  const stop = () => {
    stopping.abort();
    if (held === 0) end.abort();
  };
  const interrupt = () => {
    if (end.signal.aborted) process.exit(130);
    if (stopping.signal.aborted) {
      say(held > 0 ? "ending what runs: a host that is being switched may stay stopped" : "ending what runs");
      end.abort();
      return;
    }
    say(held > 0 ? "stopping, after the hosts that are being switched" : "stopping");
    stop();
  };
  const expire = () => {
    if (end.signal.aborted) return;
    const whereStopped = held > 0 ? mayBeStopped : "";
    const goOn = canBeResumed ? "'hostout resume' goes on with it." : "Give it more time: --timeout.";
    say(`${timeoutSeconds} s are over, stopping`);
    const reason = new HostoutError({
      code: "timeout",
      message: `the run took longer than ${timeoutSeconds} s (--timeout)`,
      hint: `${whereStopped}${goOn}`,
    });
    stopping.abort(reason);
    end.abort(reason);
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, interrupt);
  unread.addEventListener("abort", stop, { once: true });
  const timer = timeoutSeconds === undefined ? undefined : setTimeout(expire, timeoutSeconds * 1000);
  return {
    signal: end.signal,
    stopping: stopping.signal,
    hold: () => {
      held++;
      return () => {
        held--;
        if (held === 0 && stopping.signal.aborted) end.abort();
      };
    },
    done: () => {
      clearTimeout(timer);
      unread.removeEventListener("abort", stop);
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, interrupt);
    },
  };
}
