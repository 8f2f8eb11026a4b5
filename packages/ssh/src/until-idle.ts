import type { Collected } from "./collect.ts";

const idleMs = 1000;
/** No more than what is under way on a slow line comes after the end of a command. */
const mostMs = 60_000;

/**
 * A server that was started and keeps the command's output open would keep it from ending for ever: after the command's
 * own end, a second without a byte is enough. One that goes on to write is not waited for either.
 */
export async function untilIdle(
  outputs: readonly Pick<Collected, "count">[],
  signal: AbortSignal,
  limits: { readonly idleMs: number; readonly mostMs: number } = { idleMs, mostMs },
): Promise<void> {
  const beganMs = performance.now();
  let before = -1;
  while (!signal.aborted && performance.now() - beganMs < limits.mostMs) {
    const now = outputs.reduce((sum, { count }) => sum + count(), 0);
    if (now === before) return;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, limits.idleMs).unref());
  }
}
