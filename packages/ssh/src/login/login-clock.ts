import type { Ask } from "@hostout/kit";

/**
 * How long a server may take to say yes or no to an answer of a person: a login may have to be approved elsewhere. sshd itself hangs up after
 * 120 s (LoginGraceTime).
 */
export const approvalMs = 150_000;

/** Counts the time that a server keeps a login waiting. The time that a person takes to answer does not count. */
export interface LoginClock {
  /** Counts anew: the server has the word, and so much time. */
  readonly start: (limitMs: number) => void;
  /** The login is over: nothing counts any more, whoever still answers. */
  readonly end: () => void;
  /** Asks as `ask` does, and does not count meanwhile; then it counts anew. */
  readonly around: (ask: Ask) => Ask;
}

/** @param late is called once, where the server is silent for too long, with what the limit was */
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
