import { setTimeout as sleep } from "node:timers/promises";

/** How often a server is come to again that hangs up. */
const mostTries = 6;

/**
 * Knocks again, a little later, where a server hangs up before it says a word: many come to it at once (MaxStartups of sshd).
 *
 * @param isHungUp whether an error is that
 */
export async function untilLetIn<T>(
  knock: () => Promise<T>,
  isHungUp: (error: unknown) => boolean,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await knock();
    } catch (error) {
      if (!isHungUp(error) || tries >= mostTries || signal.aborted) throw error;
      await sleep(200 * 2 ** tries * (0.5 + Math.random()), undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
