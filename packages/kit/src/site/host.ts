import type { Origin } from "@hostout/config";
import { HostoutError } from "../run/hostout-error.ts";

/** One machine of a site, as the configuration names it. A value. */
export interface Host {
  /**
   * Label in output: the host as written, without port and user. The label keeps them only where they alone
   * distinguish two hosts of a site.
   */
  readonly name: string;
  /** Name or IP address to connect to, without brackets. */
  readonly address: string;
  /** Undefined: the port of ssh's own configuration, else 22. */
  readonly port: number | undefined;
  /** Undefined: the user of ssh's own configuration, else root. */
  readonly user: string | undefined;
}

/**
 * Reads an option `host`, separated by white space: `web1 web2:2222 deploy@web3 [::1]:22 2001:db8::1`.
 *
 * @throws HostoutError `bad-option`, with the word that is not a host, or the host that appears twice
 */
export function parseHosts(text: string, user: string | undefined, origin?: Origin): readonly Host[] {
  const hosts = new Map<string, Host>();
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const host = parseHost(word, user, origin);
    const key = JSON.stringify([host.user, host.address, host.port]);
    if (hosts.has(key)) throw namedTwice(word, origin);
    hosts.set(key, host);
  }
  const labelled = [withPort, withUser].reduce(tellApart, [...hosts.values()]);
  const seen = new Set<string>();
  for (const { name } of labelled) {
    if (seen.has(name)) throw namedTwice(name, origin);
    seen.add(name);
  }
  return labelled;
}

/** Gives hosts that share their label another label. Keeps all other hosts as they are. */
function tellApart(hosts: readonly Host[], label: (host: Host) => string): readonly Host[] {
  const byName = Map.groupBy(hosts, ({ name }) => name);
  return hosts.map((host) => (byName.get(host.name)!.length > 1 ? { ...host, name: label(host) } : host));
}

function namedTwice(word: string, origin: Origin | undefined): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `'${word}' is named twice`,
    hint: "Name each host of a site once.",
    origin,
  });
}

function withPort({ address, port = 22 }: Host): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

const withUser = ({ name, user }: Host) => (user === undefined ? name : `${user}@${name}`);

function parseHost(word: string, user: string | undefined, origin: Origin | undefined): Host {
  const refuse = (
    why: string,
    hint = "Write a name or an address, with a port if need be: web1, web1:2222, [::1]:2222.",
  ) => new HostoutError({ code: "bad-option", message: `'${word}' is not a host: ${why}`, hint, origin });
  const [, named] = /^[a-z][a-z0-9+.-]*:\/\/([^/]*)/i.exec(word) ?? [];
  if (named !== undefined) throw refuse("a URL", `Write the name alone: ${named}`);
  if (word.includes(","))
    throw refuse(
      "a comma is in it",
      `Separate hosts with blanks: ${word.split(",").filter(Boolean).join(" ")}`,
    );
  const at = word.lastIndexOf("@");
  const login = at < 0 ? user : word.slice(0, at);
  if (login === "") throw refuse("there is no user before '@'");
  if (at > 0 && /^-|[/:]/.test(word.slice(0, at))) throw refuse(`'${word.slice(0, at)}' is no user`);
  const rest = word.slice(at + 1);
  const parts = /^\[([^\]]+)\](?::(.*))?$/.exec(rest) ?? /^([^:]*)(?::([^:]*))?$/.exec(rest);
  const [address, portText] = parts ? [parts[1] ?? "", parts[2]] : [rest, undefined];
  if (address === "") throw refuse("the name is missing");
  // ssh would read such a name as an option, and a shell or a terminal would do worse.
  if (!/^[\w.:%][\w.:%-]*$/.test(address)) throw refuse("a name has letters, digits, '.', '-' and ':' only");
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && !(/^\d+$/.test(portText ?? "") && port >= 1 && port <= 65535)) {
    throw refuse(`'${portText}' is not a port from 1 to 65535`);
  }
  return { name: address, address, port, user: login };
}
