import type { Host, Origin } from "@hostout/kit";

/** One thing that must hold of a site on a host, as a line of the option `verify` says it. */
export type Check = UrlCheck | CommandCheck;

/** A URL that must answer. */
export interface UrlCheck {
  readonly kind: "url";
  /** `{host}` in it is the host's address. */
  readonly url: string;
  /** Where it is asked from: a loopback address is the host's own. */
  readonly from: "host" | "here";
  readonly status: StatusRange;
  /** What the body must hold. */
  readonly text: string | undefined;
  readonly origin: Origin | undefined;
}

/** A shell line that must succeed on the host. */
export interface CommandCheck {
  readonly kind: "command";
  readonly line: string;
  readonly origin: Origin | undefined;
}

/** Statuses of HTTP, from one to another; `text` as it was written: `200`, `2xx`, `200-399`. */
export interface StatusRange {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The URL for one host. */
export function urlFor({ url }: UrlCheck, { address }: Pick<Host, "address">): URL {
  const inUrl = address.includes(":") ? `[${address}]` : address;
  return new URL(url.replace(/^(https?:\/\/)\{host\}/i, `$1${inUrl}`).replaceAll("{host}", address));
}

/** The port of the host that a check asks; undefined where it asks another machine, or none. */
export function portOnHost(check: UrlCheck, host: Pick<Host, "address">): number | undefined {
  const { hostname, port, protocol } = urlFor(check, host);
  const isHost = check.from === "host" || hostname.replace(/^\[|\]$/g, "") === host.address;
  if (!isHost) return undefined;
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
