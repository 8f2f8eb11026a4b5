import { HostoutError } from "@hostout/kit";

/** The signals that end a run early. */
export interface StopSignal {
  /** Aborts to end the running steps. */
  readonly signal: AbortSignal;
  /** Aborts to prevent new steps. */
  readonly stopping: AbortSignal;
  /** Marks the start of work that must not be interrupted. Returns a function to call at its end. */
  readonly hold: () => () => void;
  /** Removes the handlers. */
  readonly done: () => void;
}

/** Returns the hint after an interrupt between the stop and the start of a site. */
const mayBeStopped = (sites: string) =>
  `The site may be stopped on a host that was being switched. 'hostout ${sites} status' shows the live release, and 'hostout ${sites} start' starts it. `;

/**
 * Creates the signals. They abort at the first Ctrl-C, at the end of the time, or when no program reads the
 * output. Held work may finish first, except at the end of the time. A second Ctrl-C interrupts it too, and the
 * next Ctrl-C ends hostout immediately.
 *
 * @param sites the names of the sites of the run
 * @param canBeResumed whether `resume` could skip steps of the run
 * @param tell shows a line to the user
 */
export function makeStopSignal(
  timeoutSeconds: number | undefined,
  sites: readonly string[],
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
    const whereStopped = held > 0 ? mayBeStopped(sites.join(" ")) : "";
    const goOn = canBeResumed ? "To resume the run: hostout resume" : "Give it more time: --timeout.";
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
