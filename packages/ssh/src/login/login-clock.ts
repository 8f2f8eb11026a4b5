import type { Ask } from "@hostout/kit";

/**
 * Time limit for a server's decision on a person's answer, in milliseconds: somebody may have to approve the login
 * elsewhere. sshd itself hangs up after 120 s (LoginGraceTime).
 */
export const approvalMs = 150_000;

/** Counts the time that a server keeps a login waiting. The time in which a person answers does not count. */
export interface LoginClock {
  /** Restarts the count: the server has the given time to answer. */
  readonly start: (limitMs: number) => void;
  /** Ends the count with the login, even if a person still answers. */
  readonly end: () => void;
  /** Returns an `ask` that pauses the count during a question, and restarts it after the answer. */
  readonly around: (ask: Ask) => Ask;
}

/** @param late called once if the server is silent for too long, with an error that names the limit */
export function makeLoginClock(late: (fault: Error) => void): LoginClock {
  let timer: NodeJS.Timeout | undefined;
  let lastMs = 0;
  let isOver = false;
  const pause = () => clearTimeout(timer);
  const start = (limitMs: number) => {
    pause();
    lastMs = limitMs;
    if (!isOver) timer = setTimeout(() => late(new Error(`Timed out after ${limitMs / 1000} s`)), limitMs);
  };
  const paused = async <T>(work: () => Promise<T>): Promise<T> => {
    pause();
    try {
      return await work();
    } finally {
      start(lastMs);
    }
  };
  return {
    start,
    end: () => {
      isOver = true;
      pause();
    },
    around: (ask) => ({
      secret: (question, how) => paused(() => ask.secret(question, how)),
      confirm: (question) => paused(() => ask.confirm(question)),
      tell: ask.tell,
    }),
  };
}
