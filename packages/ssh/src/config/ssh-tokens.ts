import { homedir, userInfo } from "node:os";
import type { SshWish } from "./ssh-settings.ts";

/** The values of tokens, for the paths that `ssh -G` prints with their tokens. */
export interface TokenValues {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
}

/** Expands the tokens and environment variables of a path, as ssh does (ssh_config(5), TOKENS). Other tokens stay. */
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
