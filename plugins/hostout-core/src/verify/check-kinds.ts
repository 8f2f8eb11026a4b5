import type { CheckKind, HostContext, SiteCheck } from "@hostout/kit";
import { portOnHost, type UrlCheck, urlFor } from "./check.ts";
import { parseVerify, verifyExample } from "./parse-verify.ts";

const requestMs = 5000;

/** A URL that must answer. */
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
    needsAddress: check.url.includes("{host}"),
    port: (host) => portOnHost(check, host),
    attempt: async ({ remote, local, host, signal, limitMs }) => {
      const machine = check.from === "host" ? remote : local;
      // Loaded where something is verified: each call of hostout declares the kinds.
      const { tryUrl } = await import("./try-url.ts");
      return tryUrl(check, urlFor(check, host), machine, signal, Math.min(limitMs, requestMs));
    },
  };
}

/** A shell line that must succeed on the host. It takes whatever no other kind takes. */
export const commandKind: CheckKind = {
  summary: "a command line: it succeeds in the folder of the live release",
  example: "bin/app --self-test",
  parse: (line) => ({
    name: () => `'${line.trim()}'`,
    expected: "it to succeed",
    needsFolder: true,
    attempt: async ({ remote, folder, signal, limitMs }) => {
      const { tryCommand } = await import("./try-command.ts");
      return tryCommand(line.trim(), folder, remote.as("effective"), signal, limitMs);
    },
  }),
};

/** Reads a line by the kinds of a site, those of later plugins first. @throws Error where a kind refuses its line */
export function readCheck({ plugins }: Pick<HostContext["site"], "plugins">, line: string): SiteCheck {
  for (const { checks = {} } of plugins.toReversed())
    for (const kind of Object.values(checks)) {
      const check = kind.parse(line);
      if (check) return check;
    }
  return urlKind.parse(line) ?? commandKind.parse(line)!;
}
