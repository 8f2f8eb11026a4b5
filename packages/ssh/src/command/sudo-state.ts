import type { Ask, Host } from "@hostout/kit";
import type { SudoState } from "./become.ts";

/**
 * Returns the source of sudo's password. A host gets the password that its login asked for. Else all hosts of a user
 * get the same password first. A host that refuses it gets questions for its own, three in all.
 */
export function sudoState(
  host: Host,
  password: string | undefined,
  ask: Ask | undefined,
  ofLogin: () => string | undefined,
): SudoState {
  const user = host.user ?? "root";
  return {
    password:
      password !== undefined
        ? async () => password
        : ask && (async () => ofLogin() ?? ask.secret(`Password of ${user} for sudo on the hosts`)),
    otherPassword:
      ask && ((times) => ask.secret(`Password of ${user} for sudo on ${host.name} (refused; ${times} of 3)`)),
    needsPassword: false,
  };
}
