import type { Host, Transport } from "@hostout/kit";
import { expandHome } from "../config/expand-home.ts";
import { hopsTo } from "../config/jumps.ts";
import { readSshSettings, type SshWish } from "../config/ssh-settings.ts";
import { NothingInCommon } from "../failure/connect-failure.ts";
import type { Credentials } from "../login/login-try.ts";
import { hasSsh, whyOnTheWay, whyOpenssh } from "./why-openssh.ts";

/** The settings of a session. */
interface ConnectSettings {
  readonly credentials: Credentials;
  readonly environment: SshWish["environment"];
  /** Aborted: nobody wants the session any more. */
  readonly signal: AbortSignal;
}

/**
 * Logs in to a host over the transport of the option `transport`.
 * `auto` is hostout's own ssh, or the system's if only that one supports the configuration.
 *
 * @throws HostoutError `unreachable`, `login-refused`, `host-key`, `bad-config`
 */
export async function connect(
  { name, address, port, user, jump }: Host & { readonly jump: string | undefined },
  kind: "auto" | "node-ssh" | "openssh",
  { credentials: given, environment, signal }: ConnectSettings,
): Promise<Transport> {
  const { once } = given;
  const credentials = {
    ...given,
    identityFile: given.identityFile && expandHome(given.identityFile, environment),
  };
  const wish: SshWish = { host: address, port, user, jump, environment, once };
  const byOpenssh = async () => {
    const { opensshTransport } = await import("../openssh/openssh-transport.ts");
    return opensshTransport(wish, name, credentials, signal);
  };
  const byNodeSsh = async () => {
    const { sshTransport } = await import("../node-ssh/ssh-transport.ts");
    return sshTransport(wish, name, credentials, signal);
  };
  if (kind === "openssh") return byOpenssh();
  const reading = readSshSettings(wish);
  // Loads modules while ssh answers. If a module cannot be loaded, its user reports the error.
  void Promise.allSettled([import("../node-ssh/ssh-transport.ts"), import("node-ssh")]);
  const settings = await reading;
  const hops = await hopsTo(wish, settings, name);
  const why = (await whyOpenssh(settings, credentials)) ?? (await whyOnTheWay(hops, credentials));
  const mayChoose = kind === "auto" && (await hasSsh(environment, once));
  if (why !== undefined && mayChoose) return byOpenssh();
  try {
    const transport = await byNodeSsh();
    return why === undefined
      ? transport
      : { ...transport, warnings: [...(transport.warnings ?? []), unheeded(why, kind)] };
  } catch (error) {
    if (!(error instanceof NothingInCommon && mayChoose)) throw error;
    return byOpenssh();
  }
}

function unheeded(why: string, kind: string): string {
  const hint = kind === "node-ssh" ? "transport = auto" : "install the ssh client, which this machine lacks";
  return `hostout's own ssh does not heed '${why}' of ssh's configuration; try: ${hint}`;
}
