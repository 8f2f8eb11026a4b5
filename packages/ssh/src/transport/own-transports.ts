import { userInfo } from "node:os";
import {
  HostoutError,
  type ownTransports,
  readOptions,
  type Site,
  type TransportDefinition,
} from "@hostout/kit";
import type { Once } from "../process/once.ts";
import { connect } from "./connect.ts";
import { localTransport } from "./local-transport.ts";

type OwnTransport = (typeof ownTransports)[number];

/** The transport that the option `transport` of a site selects. */
export interface ChosenTransport {
  readonly name: string;
  readonly definition: TransportDefinition;
  /** Whether the transport is hostout's own, and no plugin's. */
  readonly isOwn: boolean;
}

/**
 * Selects transports. The transports of a site's plugins precede hostout's own of the same name.
 *
 * @param once answers that all hosts of a run share: keys, known_hosts files
 * @returns throws HostoutError `bad-option` for a name that nobody declares
 */
export function makeTransportChoice(once: Once): (site: Site) => ChosenTransport {
  const own: Readonly<Record<string, TransportDefinition>> = makeOwnTransports(once);
  return (site) => {
    const { transport: name } = readOptions(site);
    const declared = site.plugins.findLast(({ transports = {} }) => Object.hasOwn(transports, name));
    const definition = declared?.transports?.[name] ?? (Object.hasOwn(own, name) ? own[name] : undefined);
    if (definition) return { name, definition, isOwn: declared === undefined };
    const origin = site.values.get("transport")?.origin;
    const message = `[${site.name}] transport: '${name}' does not exist`;
    throw new HostoutError({ code: "bad-option", message, origin });
  };
}

function makeOwnTransports(once: Once): Readonly<Record<OwnTransport, TransportDefinition>> {
  const bySsh = (kind: Exclude<OwnTransport, "local">, summary: string): TransportDefinition => ({
    summary,
    connect: async ({ site, host, ask, environment, signal }) => {
      const { identityFile, password, proxyJump: jump } = readOptions(site);
      const identityOrigin = site.values.get("identity-file")?.origin;
      const credentials = { identityFile, identityOrigin, password, ask, once };
      return connect({ ...host, jump }, kind, { credentials, environment, signal });
    },
  });
  return {
    auto: bySsh("auto", "hostout's own ssh, and the system's where only that does what is configured"),
    "node-ssh": bySsh("node-ssh", "hostout's own ssh"),
    openssh: bySsh("openssh", "the ssh of this machine"),
    local: {
      summary: "this machine, without ssh",
      connect: async ({ host, environment }) =>
        localTransport({ name: host.name, user: userInfo().username, environment }),
    },
  };
}
