import { HostoutError } from "@hostout/kit";

/** When a run is to end before its time. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** Takes the handlers away. */
  readonly done: () => void;
}

/**
 * Aborts at the first Ctrl-C, when the time is over, or when nobody reads any more; a second Ctrl-C ends hostout at once.
 *
 * @param tell shows the user a line
 */
export function makeStopSignal(
  timeoutSeconds: number | undefined,
  unread: AbortSignal,
  tell: (line: string) => void,
): StopSignal {
  const controller = new AbortController();
  const say = (text: string) => tell(`hostout: ${text}; press Ctrl-C again to stop at once`);
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    say("stopping");
    controller.abort();
  };
  const expire = () => {
    if (controller.signal.aborted) return;
    say(`${timeoutSeconds} s are over, stopping`);
    controller.abort(
      new HostoutError({
        code: "timeout",
        message: `the run took longer than ${timeoutSeconds} s (--timeout)`,
        hint: "'hostout resume' goes on with it.",
      }),
    );
  };
  const stopUnread = () => controller.abort();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, interrupt);
  unread.addEventListener("abort", stopUnread, { once: true });
  const timer = timeoutSeconds === undefined ? undefined : setTimeout(expire, timeoutSeconds * 1000);
  return {
    signal: controller.signal,
    done: () => {
      clearTimeout(timer);
      unread.removeEventListener("abort", stopUnread);
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, interrupt);
    },
  };
}
