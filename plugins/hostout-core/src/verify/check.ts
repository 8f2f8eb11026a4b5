import type { Host, Origin } from "@hostout/kit";

/** One health check of a site on a host, read from one line of the option `verify`. */
export type Check = UrlCheck | CommandCheck;

/** A URL that must answer. */
export interface UrlCheck {
  readonly kind: "url";
  /** The URL; `{host}` in it stands for the host's address. */
  readonly url: string;
  /** The machine that requests the URL. A loopback address means the host itself. */
  readonly from: "host" | "here";
  readonly status: StatusRange;
  /** The text that the body must contain. */
  readonly text: string | undefined;
  readonly origin: Origin | undefined;
}

/** A shell line that must succeed on the host. */
export interface CommandCheck {
  readonly kind: "command";
  readonly line: string;
  readonly origin: Origin | undefined;
}

/** A range of HTTP statuses, both ends included. `text` is the range as typed: `200`, `2xx`, `200-399`. */
export interface StatusRange {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Returns the URL for one host. */
export function urlFor({ url }: UrlCheck, { address }: Pick<Host, "address">): URL {
  const inUrl = address.includes(":") ? `[${address}]` : address;
  return new URL(url.replace(/^(https?:\/\/)\{host\}/i, `$1${inUrl}`).replaceAll("{host}", address));
}

/** Returns the port of the host that a check uses, or undefined if the check uses another machine. */
export function portOnHost(check: UrlCheck, host: Pick<Host, "address">): number | undefined {
  const { hostname, port, protocol } = urlFor(check, host);
  const isHost = check.from === "host" || hostname.replace(/^\[|\]$/g, "") === host.address;
  if (!isHost) return undefined;
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
