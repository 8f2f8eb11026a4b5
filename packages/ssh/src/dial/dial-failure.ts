import { type Destination, HostoutError } from "@hostout/kit";

/** The reason why a machine opened no connection. */
export interface DialFault {
  /** `forbidden`: the machine's ssh server forwards nothing, or not to that address. `closed`: no process listens there. */
  readonly kind: "closed" | "forbidden" | "other";
  /** The error text of the machine. */
  readonly said: string;
  readonly cause?: unknown;
}

/** @param host label of the machine that was asked to connect */
export function dialFailure(host: string, to: Destination, { kind, said, cause }: DialFault): HostoutError {
  const place = placeOf(to);
  switch (kind) {
    case "closed":
      return new HostoutError({
        code: "failed",
        message: `${host}: nothing listens on ${place}`,
        hint: "Is the service started, and is this its port?",
        host,
        cause,
      });
    case "forbidden":
      return new HostoutError({
        code: "refused",
        message: `${host}: its ssh server does not let us through to ${place}: ${said}`,
        hint: "Let it, for this user at least: AllowTcpForwarding and PermitOpen in its sshd_config.",
        host,
        cause,
      });
    case "other":
      return new HostoutError({
        code: "failed",
        message: `${host}: no connection to ${place}: ${said}`,
        host,
        cause,
      });
  }
}

/** Formats a destination: `127.0.0.1:80`, `[::1]:80`. */
export function placeOf({ address, port }: Destination): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
