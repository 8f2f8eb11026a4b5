import { type CheckKind, type Host, type HostContext, HostoutError, type SiteCheck } from "@hostout/kit";
import { namesHost, portOnHost, type UrlCheck, urlFor, withAddress } from "./check.ts";
import { parseVerify, verifyExample } from "./parse-verify.ts";

const requestMs = 5000;

/** The check kind for a URL that must answer. */
export const urlKind: CheckKind = {
  summary: "URL [STATUS] [TEXT]: the URL answers with the status, and the text is in its body",
  example: verifyExample,
  parse: (line) => {
    const check = parseVerify(line);
    return check.kind === "url" ? urlCheck(check) : undefined;
  },
};

function urlCheck(check: UrlCheck): SiteCheck {
  return {
    name: (host) => urlFor(check, host).href,
    expected: check.text === undefined ? check.status.text : `${check.status.text} with '${check.text}'`,
    pauseMs: 500,
    needsAddress: namesHost(check.url),
    port: (host) => portOnHost(check, host),
    attempt: async ({ remote, local, host, signal, limitMs }) => {
      const machine = check.from === "host" ? remote : local;
      // Loaded only for a health check, because every call of hostout declares the kinds.
      const { tryUrl } = await import("./try-url.ts");
      return tryUrl(check, urlFor(check, host), machine, signal, Math.min(limitMs, requestMs));
    },
  };
}

/**
 * The check kind for a shell line that must succeed on the host. This kind accepts every line that no other
 * kind accepts.
 */
export const commandKind: CheckKind = {
  summary: "a command line that succeeds in the folder of the live release",
  example: "bin/app --self-test",
  parse: (line) => ({
    name: (host) => `'${withAddress(line.trim(), host)}'`,
    expected: "success",
    needsAddress: namesHost(line),
    needsFolder: true,
    attempt: async ({ remote, host, folder, signal, limitMs }) => {
      const { tryCommand } = await import("./try-command.ts");
      return tryCommand(shellLine(line.trim(), host), folder, remote.as("effective"), signal, limitMs);
    },
  }),
};

/**
 * Returns a command line with the address of the host. A shell reads the address alike in any quotes, or hostout
 * refuses it.
 */
function shellLine(line: string, host: Pick<Host, "address">): string {
  if (namesHost(line) && !/^[\w.:%-]+$/.test(host.address)) {
    throw new HostoutError({
      code: "bad-option",
      message: `'${line}': the address '${host.address}' is no word for a shell`,
      hint: "Write the address into the line, in place of {host}.",
    });
  }
  return withAddress(line, host);
}

/**
 * Reads a line of `verify` by the check kinds of a site. Kinds of later plugins come first.
 *
 * @throws Error when a kind refuses its line
 */
export function readCheck({ plugins }: Pick<HostContext["site"], "plugins">, line: string): SiteCheck {
  for (const { checks = {} } of plugins.toReversed())
    for (const kind of Object.values(checks)) {
      const check = kind.parse(line);
      if (check) return check;
    }
  return urlKind.parse(line) ?? commandKind.parse(line)!;
}
