import { setTimeout as sleep } from "node:timers/promises";

/** The number of tries on a server that hangs up. */
const mostTries = 6;

/**
 * Tries again, a little later, if a server hangs up before it sends a word: many clients connect to it at once
 * (MaxStartups of sshd).
 *
 * @param isHungUp whether an error is such a hang-up
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
