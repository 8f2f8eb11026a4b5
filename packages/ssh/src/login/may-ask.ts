import { readFile } from "node:fs/promises";
import type { Host } from "@hostout/kit";
import { expandHome } from "../config/expand-home.ts";
import { readSshSettings } from "../config/ssh-settings.ts";
import { knownKeys } from "../host-key/host-key.ts";
import type { Once } from "../process/once.ts";

/**
 * Returns whether a login to a host may ask a question: the host key is unknown, or every key of this machine needs a
 * passphrase.
 */
export async function mayAsk(
  { address, port, user }: Host,
  identityFile: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  once: Once,
): Promise<boolean> {
  const settings = await readSshSettings({ host: address, port, user, environment, once });
  if ((await knownKeys(settings, once)).length === 0) return true;
  const files = [
    ...(identityFile === undefined ? [] : [expandHome(identityFile, environment)]),
    ...settings.identityFiles,
  ];
  const keys = await Promise.all(
    files.map((file) => once.get(`text ${file}`, () => readFile(file, "utf8").catch(() => ""))),
  );
  return settings.agent === undefined && !keys.some(isOpen);
}

/**
 * Returns whether a private key needs no passphrase. RFC 7468 keys state that in their head, OpenSSH's keys by the name
 * of their cipher.
 */
function isOpen(text: string): boolean {
  if (!text.includes("PRIVATE KEY-----")) return false;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (body === undefined) return !/ENCRYPTED/.test(text);
  // "openssh-key-v1\0", then the length of the cipher's name and the name.
  return Buffer.from(body, "base64").subarray(15, 23).toString("latin1") === "\0\0\0\x04none";
}
