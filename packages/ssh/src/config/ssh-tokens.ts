import { homedir, userInfo } from "node:os";
import type { SshWish } from "./ssh-settings.ts";

/** What tokens stand for, of those values that `ssh -G` prints with their tokens. */
export interface TokenValues {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
}

/** A path with its tokens and environment variables expanded, as ssh does (ssh_config(5), TOKENS). Others stay. */
export function expandTokens(
  path: string,
  { hostname, port, user, hostKeyAlias }: TokenValues,
  { host, environment }: Pick<SshWish, "host" | "environment">,
): string {
  const values: Readonly<Record<string, () => string>> = {
    "%%": () => "%",
    "%d": () => environment.HOME ?? homedir(),
    "%h": () => hostname,
    "%i": () => String(userInfo().uid),
    "%k": () => hostKeyAlias ?? host,
    "%n": () => host,
    "%p": () => String(port),
    "%r": () => user,
    "%u": () => userInfo().username,
  };
  return path.replaceAll(/%.|\$\{(\w+)\}/g, (token, name) =>
    name === undefined ? (values[token]?.() ?? token) : (environment[name] ?? token),
  );
}
