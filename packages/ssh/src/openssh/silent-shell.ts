import { existsSync } from "node:fs";
import { HostoutError } from "@hostout/kit";
import type { LoginPlace } from "../shell/login-shell.ts";

/** Time limit for a login shell to reach its first command, in milliseconds. */
const shellMs = 20_000;
const lookMs = 1000;

/**
 * Calls `act` with an error if the login shell does not reach its command in time.
 * The time counts from the login, which may wait for a password. At the login ssh makes its control socket.
 *
 * @returns a function that ends the wait
 */
export function whenShellIsSilent(
  socket: string,
  place: LoginPlace,
  act: (fault: HostoutError) => void,
): () => void {
  let loggedInMs: number | undefined;
  const timer = setInterval(() => {
    if (loggedInMs === undefined && existsSync(socket)) loggedInMs = performance.now();
    if (loggedInMs !== undefined && performance.now() - loggedInMs > shellMs) act(silentShell(place));
  }, lookMs).unref();
  return () => clearInterval(timer);
}

function silentShell({ host, ssh }: LoginPlace): HostoutError {
  return new HostoutError({
    code: "refused",
    message: `${host} runs no command: its login shell came to none within ${shellMs / 1000} s`,
    hint: `Does a ~/.bashrc there read its input, or wait for something? Without that, '${ssh} echo ok' says ok at once.`,
    host,
  });
}
