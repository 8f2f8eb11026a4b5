import { HostoutError } from "@hostout/kit";

/** A connection on which the host opens no further session: it has as many as the host allows (MaxSessions of sshd). */
export class SessionRefused extends HostoutError {
  constructor(host: string, cause: Error) {
    super({
      code: "unreachable",
      message: `${host} opens no session on a connection: ${cause.message}`,
      hint: "Set MaxSessions 1 or more in its sshd_config (10, if not set).",
      host,
      cause,
    });
  }
}
