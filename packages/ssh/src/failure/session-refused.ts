import { HostoutError } from "@hostout/kit";

/** The error for a connection on which the host opens no further session: the host's limit is reached (MaxSessions of sshd). */
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
