import type { Ask } from "./ask.ts";

/** Counts the time that a server keeps a login waiting. The time that a person takes to answer does not count. */
export interface LoginClock {
  /** Counts anew: the server has the word. */
  readonly start: () => void;
  /** Does not count: this machine or a person has the word. */
  readonly pause: () => void;
  /** The login is over: nothing counts any more, whoever still answers. */
  readonly end: () => void;
  /** Asks as `ask` does, and does not count meanwhile. */
  readonly around: (ask: Ask) => Ask;
}

/** @param late is called once, where the server is silent for too long */
export function makeLoginClock(limitMs: number, late: () => void): LoginClock {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const pause = () => clearTimeout(timer);
  const start = () => {
    pause();
    if (!isOver) timer = setTimeout(late, limitMs);
  };
  const paused = async <T>(work: () => Promise<T>): Promise<T> => {
    pause();
    try {
      return await work();
    } finally {
      start();
    }
  };
  return {
    start,
    pause,
    end: () => {
      isOver = true;
      pause();
    },
    around: (ask) => ({
      secret: (question, how) => paused(() => ask.secret(question, how)),
      confirm: (question) => paused(() => ask.confirm(question)),
    }),
  };
}
