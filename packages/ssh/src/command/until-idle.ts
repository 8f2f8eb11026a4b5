import type { Collected } from "./collect.ts";

/** The limits of a wait for outputs, in milliseconds. */
interface IdleLimits {
  /** Longest time without a byte. */
  readonly idleMs: number;
  /** Longest wait, however much arrives. */
  readonly mostMs: number;
}

/** After the end of a command only the bytes in flight on a slow line arrive. */
const ofOutput: IdleLimits = { idleMs: 1000, mostMs: 60_000 };

/** A cut answer would pass for another one, and a line may stall for a while. So answers get more time. */
export const ofAnswer: IdleLimits = { idleMs: 30_000, mostMs: 300_000 };

/** Time between two checks whether the run has ended, in milliseconds. */
const lookMs = 1000;

/**
 * Waits for outputs after the command's own end, until a second passes without a byte.
 * A started server may keep the output of the command open for ever. hostout does not wait for a server that keeps
 * writing either.
 *
 * @param isOver whether nobody waits any longer
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
