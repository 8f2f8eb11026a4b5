import { AsyncLocalStorage } from "node:async_hooks";
import { isHostoutError } from "@hostout/kit";

/** A running task that an uncaught error may belong to. */
interface Owner {
  /** Name of its host. */
  readonly host: string;
  readonly fail: (error: unknown) => void;
}

const owners = new AsyncLocalStorage<Owner | undefined>();
/** In the order of their starts. */
const running = new Set<Owner>();
let openRuns = 0;

/** Does `work` as a run. Until its end, {@link takeStray} takes errors. */
export async function asRun<T>(work: () => Promise<T>): Promise<T> {
  openRuns++;
  try {
    return await owners.run(undefined, work);
  } finally {
    openRuns--;
  }
}

/** Does the work of a task. Also rejects with an uncaught error that the task caused. */
export async function asTask<T>(host: string, work: () => Promise<T>): Promise<T> {
  const { promise: stray, reject: fail } = Promise.withResolvers<never>();
  const owner: Owner = { host, fail };
  running.add(owner);
  try {
    return await Promise.race([owners.run(owner, work), stray]);
  } finally {
    running.delete(owner);
  }
}

/**
 * Takes an uncaught error, so that it does not end the process: the task that caused it fails. If that task
 * has ended, the last task on its host fails. If the host is unknown, the last task on each host fails.
 *
 * Call this from a listener of `uncaughtException`, which has the context of the error.
 *
 * @returns `failed`: a task fails with it. `late`: the tasks that could have caused it have ended. undefined:
 * no run is open.
 */
export function takeStray(error: unknown): "failed" | "late" | undefined {
  if (openRuns === 0) return undefined;
  const owner = owners.getStore();
  if (owner && running.has(owner)) {
    owner.fail(error);
    return "failed";
  }
  const host = owner?.host ?? (isHostoutError(error) ? error.host : undefined);
  const last = new Map<string, Owner>();
  for (const one of running) if (host === undefined || one.host === host) last.set(one.host, one);
  for (const one of last.values()) one.fail(error);
  return last.size > 0 ? "failed" : "late";
}
