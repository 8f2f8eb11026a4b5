import { isIPv4, isIPv6 } from "node:net";
import { unitText } from "./quote.ts";
import { asSetting, described, unitFile } from "./service-unit.ts";
import type { Unit, UnitSettings } from "./unit.ts";

/**
 * Reads the address of a socket: `8080`, `127.0.0.1:8080`, `[::1]:8080` or `/run/shop.sock`.
 *
 * @throws Error for any other text
 */
export function socketAddress(text: string): string {
  if (text.startsWith("/") && !/\s/.test(text)) return text;
  const [, address, port] = /^(?:(\[[^\]]+\]|[^:\s]+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) < 1 || Number(port) > 65535)
    throw new Error(`'${text}' is neither a port, nor ADDRESS:PORT, nor the absolute path of a socket`);
  if (address === undefined || isIPv4(address) || isIPv6(address.replace(/^\[(.*)\]$/, "$1"))) return text;
  throw new Error(`'${address}' is no IP address, and systemd takes no names`);
}

/** Makes the unit of a socket. Only the owner of the site may connect to a socket with a path. */
export function socketUnit(name: string, address: string, settings: UnitSettings): Unit {
  const { scope, owner, socketOptions } = settings;
  const set = new Set(socketOptions.map((line) => asSetting(line)[0]));
  const rights = [
    ...(scope === "user" ? [] : [["SocketUser", unitText(owner)] as const]),
    ["SocketMode", "0660"] as const,
  ];
  return {
    name: `${name}.socket`,
    text: unitFile(settings, {
      Unit: described(name, settings),
      Socket: [
        ["ListenStream", unitText(socketAddress(address))],
        ...(address.startsWith("/") ? rights.filter(([key]) => !set.has(key)) : []),
        ...socketOptions.map(asSetting),
      ],
      Install: [["WantedBy", "sockets.target"]],
    }),
  };
}
