import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";
import type { Connection } from "@hostout/kit";
import { awaitScript, holdScript } from "./lock-scripts.ts";

/** The right to change a site's releases on one host. */
export interface Lock {
  /** Proves to the host's scripts that the lock is held still. */
  readonly token: string;
  readonly release: () => Promise<void>;
}

/**
 * Takes the lock of a site on a host. It is a lock of the host's kernel, held by a process that reads from us: when we die, or the
 * line breaks, it is free. Rejects as the script that could not take it.
 */
export async function takeLock(connection: Connection, path: string, who: string): Promise<Lock> {
  const token = randomBytes(12).toString("hex");
  const input = new PassThrough();
  const script = (text: string, ...words: readonly string[]) => ["sh", "-c", text, "hostout", path, ...words];
  const holding = connection.run(script(holdScript, token, who), { input, quiet: true }).then(
    () => new Error("the process that held the lock has ended"),
    (error: unknown) => error,
  );
  const isHeld = connection.run(script(awaitScript, token), { quiet: true }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const failure = await Promise.race([isHeld, holding]);
  const release = async () => {
    input.end();
    await holding;
  };
  if (failure === undefined) return { token, release };
  input.end();
  // Why it could not be held says more than that it was waited for in vain.
  const [reason] = await Promise.all([holding, isHeld]);
  throw reason;
}
