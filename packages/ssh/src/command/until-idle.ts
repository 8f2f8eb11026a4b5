import type { Collected } from "./collect.ts";

/** When a wait for outputs ends, in milliseconds. */
interface IdleLimits {
  /** After so long without a byte. */
  readonly idleMs: number;
  /** However much comes. */
  readonly mostMs: number;
}

/** No more than what is under way on a slow line comes after the end of a command. */
const ofOutput: IdleLimits = { idleMs: 1000, mostMs: 60_000 };

/** An answer that is cut would be taken for another one: a line may stand still for a while. */
export const ofAnswer: IdleLimits = { idleMs: 30_000, mostMs: 300_000 };

/** How often it is looked whether the run was ended meanwhile. */
const lookMs = 1000;

/**
 * A server that was started and keeps the command's output open would keep it from ending for ever: after the command's
 * own end, a second without a byte is enough. One that goes on to write is not waited for either.
 *
 * @param isOver whether nobody waits any more
 */
export async function untilIdle(
  outputs: readonly Pick<Collected, "count">[],
  signal: AbortSignal,
  limits: IdleLimits = ofOutput,
  isOver = () => false,
): Promise<void> {
  const beganMs = performance.now();
  let before = -1;
  let idleForMs = 0;
  const waitMs = Math.min(limits.idleMs, lookMs);
  while (!signal.aborted && !isOver() && performance.now() - beganMs < limits.mostMs) {
    const now = outputs.reduce((sum, { count }) => sum + count(), 0);
    idleForMs = now === before ? idleForMs + waitMs : 0;
    if (idleForMs >= limits.idleMs) return;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
  }
}
