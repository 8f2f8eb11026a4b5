import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";
import { type Connection, HostoutError, isHostoutError } from "@hostout/kit";
import { awaitScript, exits, holdScript } from "./store-scripts.ts";

/** The right to change a site's releases on one host. */
export interface Lock {
  /** Proves to the host's scripts that the lock is held still. */
  readonly token: string;
  readonly release: () => Promise<void>;
}

/**
 * Takes the lock of a site on a host. It is a lock of the host's kernel, held by a process that reads from us: when we die, or the
 * line breaks, it is free.
 *
 * @throws HostoutError `locked`
 */
export async function heldLock(connection: Connection, path: string, who: string): Promise<Lock> {
  const token = `${randomBytes(12).toString("hex")}`;
  const input = new PassThrough();
  const label = `${token}`;
  let failure: unknown;
  const holding = connection
    .run(["sh", "-c", holdScript, who, path, label], { input, quiet: true })
    .catch((error: unknown) => {
      failure = error;
    });
  const isHeld = connection.run(["sh", "-c", awaitScript, who, path, token], { quiet: true });
  const first = await Promise.race([
    isHeld.then(
      () => "held" as const,
      (error: unknown) => error,
    ),
    holding.then(() => failure),
  ]);
  if (first === "held") {
    return {
      token,
      release: async () => {
        input.end();
        await holding;
      },
    };
  }
  input.end();
  await Promise.allSettled([isHeld, holding]);
  throw isHostoutError(first) && first.message.includes(`ended with ${exits.lockLost}`)
    ? new HostoutError({
        code: "locked",
        message: `${connection.name}: another deploy of ${path} is going on`,
        hint: "Wait for its end. The lock is free as soon as that one ends, however it does.",
        host: connection.name,
      })
    : first;
}
