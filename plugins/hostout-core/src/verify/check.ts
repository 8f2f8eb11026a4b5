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
export function urlFor({ url }: UrlCheck, host: Pick<Host, "address">): URL {
  return new URL(withAddress(url, host));
}

/** Returns a text with the address of the host in place of each `{host}`. A shell's `${host}` stays. */
export function withAddress(text: string, { address }: Pick<Host, "address">): string {
  const inUrl = address.includes(":") ? `[${address}]` : address;
  return text
    .replaceAll(/(https?:\/\/)\{host\}/gi, (_, scheme) => `${scheme}${inUrl}`)
    .replaceAll(hostWord, () => address);
}

/** Checks whether a text has `{host}`. */
export function namesHost(text: string): boolean {
  return text.search(hostWord) !== -1;
}

const hostWord = /(?<!\$)\{host\}/g;

/** Returns the port of the host that a check uses, or undefined if the check uses another machine. */
export function portOnHost(check: UrlCheck, host: Pick<Host, "address">): number | undefined {
  const { hostname, port, protocol } = urlFor(check, host);
  const isHost = check.from === "host" || hostname.replace(/^\[|\]$/g, "") === host.address;
  if (!isHost) return undefined;
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
