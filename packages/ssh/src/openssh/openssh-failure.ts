import { tmpdir } from "node:os";
import { HostoutError, reportError } from "@hostout/kit";
import type { SshSettings } from "../config/ssh-settings.ts";
import { hungUpHint, type LoginFacts, loginRefused } from "../failure/connect-failure.ts";
import { keygenRemoval, nameIn, revokedHint, unknownKey } from "../host-key/host-key.ts";

/** Explains why the system's ssh got no session, from ssh's error output. */
export function opensshFailure(
  label: string,
  settings: SshSettings,
  said: unknown,
  facts: Pick<LoginFacts, "log" | "identityOrigin">,
): HostoutError {
  const text = reportError(said).message;
  const line =
    text
      .split("\n")
      .filter(Boolean)
      .at(-1)
      ?.replace(/\.?\r?$/, "") ?? "no output";
  const place = `${settings.hostname} port ${settings.port}`;
  const about = { host: label, cause: said };
  if ((said as NodeJS.ErrnoException).code === "ENOENT") {
    const hint = "Install the ssh client, or leave the option transport out.";
    return new HostoutError({
      code: "unreachable",
      message: "there is no ssh on this machine",
      hint,
      ...about,
    });
  }
  // The socket's name contains the folder, and has a limit of some 100 bytes.
  if (/too long for Unix domain socket/.test(text)) {
    return new HostoutError({
      code: "usage",
      message: `ssh can make no socket in ${tmpdir()}: its name would be too long`,
      hint: "Name a shorter folder for temporary files: TMPDIR=/tmp hostout …; or leave the option transport out.",
      ...about,
    });
  }
  const offer = /no matching (.*?) found\. Their offer: (\S+)/.exec(text);
  if (offer) {
    return new HostoutError({
      code: offer[1] === "host key type" ? "host-key" : "unreachable",
      message: `${label} and ssh have no ${offer[1]} in common (${place}): the host offers ${offer[2]}`,
      hint: "If you must, allow the host's offer in ssh's configuration: HostKeyAlgorithms, KexAlgorithms, Ciphers, MACs.",
      ...about,
    });
  }
  if (/IDENTIFICATION HAS CHANGED/.test(text)) {
    const file = /^Offending .* key in (.*):\d+\r?$/m.exec(text)?.[1] ?? settings.rememberedIn;
    const removal =
      file === undefined ? "" : `, remove the old key: ${keygenRemoval(nameIn(settings), file)}`;
    return new HostoutError({
      code: "host-key",
      message: `${label} is not trusted: ${keyLine(text)}`,
      hint: `Somebody may be in between. If the host was set up anew${removal}`,
      ...about,
    });
  }
  if (/REVOKED/.test(text)) {
    const message = `${label} is not trusted: its key is marked as revoked: ${keyLine(text)}`;
    return new HostoutError({ code: "host-key", message, hint: revokedHint, ...about });
  }
  if (/Host key verification failed|host key is known/i.test(text))
    return unknownKey(label, settings, keyLine(text));
  const isTooMany = /Too many authentication failures/.test(text);
  const words = isHungUp(said) ? "" : serverWords(text);
  facts.log.say(words);
  if (words !== "" && /^(Connection (closed|reset) by|Disconnected from) /m.test(text) && !isTooMany)
    return loginRefused(label, settings, { ...facts, allowed: [], ending: "hung up", cause: said });
  if (/Permission denied/.test(text) || isTooMany) {
    const allowed = /Permission denied \(([^)]*)\)/.exec(text)?.[1]?.split(",") ?? [];
    return loginRefused(label, settings, {
      ...facts,
      allowed,
      ending: isTooMany ? "tries" : "refused",
      cause: said,
    });
  }
  const hint = /(closed|reset) by /i.test(line)
    ? hungUpHint
    : "Is the host up, and is the option host right?";
  return new HostoutError({
    code: "unreachable",
    message: `${label} cannot be reached (${place}): ${line}`,
    hint,
    ...about,
  });
}

/** Matches ssh's own lines about a failed login. */
const ownLine =
  /^(Connection (closed|reset|to) |Received disconnect|Disconnected from|kex_exchange_identification|banner exchange|ssh_|Load key|sign_and_send_pubkey|Warning: |Authenticated using|Bad owner|no such identity|Host key|Unable to negotiate|mux_|ControlSocket|debug\d|@|Enter passphrase|.*: Permission denied|Permission denied|It is required that your private|This private key will be ignored|Permissions \d+ for|agent key |\*\* WARNING|\*\* This session|\*\* The server)/;

/** Precedes the reason that a server sends when it hangs up. */
const reasonHead = /^Received disconnect from .* port \d+:\d+: /;

/** Returns the lines that are not ssh's own, but the server's. */
function serverWords(text: string): string {
  const lines = text.split("\n").map((line) => line.trim().replace(reasonHead, ""));
  return lines.filter((line) => line !== "" && !ownLine.test(line)).join("\n");
}

/** Returns whether the server hung up before it sent a word. */
export function isHungUp(said: unknown): boolean {
  const lines = reportError(said)
    .message.split("\n")
    .map((line) => line.trim());
  const isAbout = (line: string) =>
    /^(kex_exchange_identification: |Connection (closed|reset) by |Connection to UNKNOWN)/.test(line);
  return lines.some((line) => line.startsWith("kex_")) && lines.filter(Boolean).every(isAbout);
}

function keyLine(text: string): string {
  const line = text
    .split("\n")
    .find((one) => /IDENTIFICATION HAS CHANGED|No .* host key is known|REVOKED/.test(one));
  return (line ?? "Host key verification failed")
    .replaceAll(/[@\r]/g, "")
    .trim()
    .replace(/[.!]+$/, "");
}
