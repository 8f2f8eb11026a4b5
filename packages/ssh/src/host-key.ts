import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { HostoutError, quote } from "@hostout/kit";
import {
  fingerprint,
  type KnownKey,
  keysOf,
  keyType,
  knownHostsName,
  parseKnownHosts,
} from "./known-hosts.ts";
import type { Credentials } from "./login.ts";
import type { Once } from "./once.ts";
import type { SshSettings } from "./ssh-settings.ts";

/** Decides whether the key that a server shows is the host's. */
export interface HostKeyCheck {
  /** Key types to ask the server for first: those that are known, or it might show another one. Undefined: nothing is known. */
  readonly types: readonly string[] | undefined;
  /** @throws HostoutError `host-key` when it is not to be trusted */
  readonly verify: (key: Buffer) => Promise<void>;
}

/** What hostout's own ssh can check, by its preference. */
const keyTypes: readonly string[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** The key types to ask a server for: those that are known, then the others, as ssh does. */
export function keyTypesFrom(known: readonly string[]): readonly string[] {
  const can = new Set([...keyTypes, "ssh-rsa"]);
  return [...new Set([...known.filter((type) => can.has(type)), ...keyTypes])];
}

/** Checks against the known_hosts files, hashed entries too. An unknown key is shown and asked about, or refused. */
export async function makeHostKeyCheck(
  label: string,
  settings: SshSettings,
  credentials: Pick<Credentials, "ask" | "once">,
): Promise<HostKeyCheck> {
  const name = nameIn(settings);
  const known = await knownKeys(settings, credentials.once);
  const trusted = known.filter(({ revoked }) => !revoked);
  return {
    types:
      trusted.length === 0 ? undefined : [...new Set(trusted.flatMap(({ type }) => signatureTypes(type)))],
    verify: async (key) => {
      const blob = key.toString("base64");
      await refuseRevoked(label, blob, settings.revokedHostKeys, credentials.once);
      const same = known.filter((entry) => entry.key === blob);
      const revoked = same.find((entry) => entry.revoked);
      if (revoked) throw revocation(label, revoked.place);
      if (same.length > 0) return;
      const old = trusted.find(({ type }) => type === keyType(key));
      if (old) throw changed(label, name, key, old);
      await acceptUnknown({ label, name, key, settings, others: trusted }, credentials);
    },
  };
}

/** The keys that the known_hosts files have of a host. */
export async function knownKeys(settings: SshSettings, once: Once): Promise<readonly KnownKey[]> {
  const read = async (file: string) => parseKnownHosts(file, await readFile(file, "utf8").catch(() => ""));
  const known = settings.knownHostsFiles.map((file) => once.get(nameOf(file), () => read(file)));
  return keysOf((await Promise.all(known)).flat(), nameIn(settings));
}

/** The name that the known_hosts files have a host under. */
export const nameIn = ({ hostKeyAlias, hostname, port }: SshSettings) =>
  hostKeyAlias ?? knownHostsName(hostname, port);

const nameOf = (file: string) => `known_hosts ${file}`;

/** An RSA key signs in several ways (RFC 8332). */
function signatureTypes(type: string): readonly string[] {
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type];
}

/** @param file of ssh_config(5), RevokedHostKeys: public keys, or a list (KRL), which only ssh itself reads */
async function refuseRevoked(
  label: string,
  key: string,
  file: string | undefined,
  once: Once,
): Promise<void> {
  if (file === undefined) return;
  const text = await once.get(`revoked ${file}`, () => readFile(file, "latin1").catch(() => undefined));
  if (text === undefined)
    throw refusal(
      label,
      `${file}, which has keys that are revoked, cannot be read`,
      "See RevokedHostKeys in ssh's configuration.",
    );
  if (text.startsWith("SSHKRL"))
    throw refusal(
      label,
      `${file}, which has keys that are revoked, is a list (KRL) that is not read here`,
      "Let ssh itself read it: transport = openssh",
    );
  if (text.split(/\s+/).includes(key)) throw revocation(label, file);
}

function revocation(label: string, place: string): HostoutError {
  return refusal(label, `its key is marked as revoked in ${place}`, "Do not connect before you know why.");
}

function changed(label: string, name: string, key: Buffer, known: KnownKey): HostoutError {
  return refusal(
    label,
    `its key is not the one in ${known.place}: now ${fingerprint(key)} (${keyType(key)}), known ${fingerprint(Buffer.from(known.key, "base64"))} (${known.type})`,
    `Somebody may be in between. If the host was set up anew, remove the old key: ${removal(name, known)}`,
  );
}

/** How a key is removed: ssh-keygen does not know a line that names its hosts by a pattern. */
function removal(name: string, { names, place }: KnownKey): string {
  if (/[*?]/.test(names)) return `its line is ${place}`;
  return keygenRemoval(name, place.replace(/:\d+$/, ""));
}

/** What removes a host's keys from a file, as ssh itself says it. */
export function keygenRemoval(name: string, file: string): string {
  return `ssh-keygen -f ${quote(file)} -R ${quote(name)}`;
}

interface UnknownKey {
  readonly label: string;
  readonly name: string;
  readonly key: Buffer;
  readonly settings: SshSettings;
  /** Keys of other types that are known of the host. */
  readonly others: readonly KnownKey[];
}

async function acceptUnknown(
  { label, name, key, settings, others }: UnknownKey,
  { ask, once }: Pick<Credentials, "ask" | "once">,
): Promise<void> {
  const shown = `${fingerprint(key)} (${keyType(key)})`;
  const types = [...new Set(others.map(({ type }) => type))].join(", ");
  const known = others.length === 0 ? "" : `; ${others[0]!.place} knows it by another type (${types})`;
  const { strictHostKeyChecking: strict } = settings;
  // A key of another type may be anybody's: nobody but a person accepts it.
  const mayAccept = others.length === 0 && strict !== "yes" && strict !== "ask";
  if (!mayAccept && (strict === "yes" || !ask)) {
    throw refusal(
      label,
      `its key is not known: ${shown}${known}`,
      `Compare it with the host's, then connect once with: ssh ${settings.hostname}${settings.port === 22 ? "" : ` -p ${settings.port}`}`,
    );
  }
  if (!mayAccept) {
    const question = `The key of ${label} (${name}) is not known${known}.\n  ${shown}\nIs it the host's?`;
    if (!(await ask?.confirm(question)))
      throw refusal(
        label,
        `its key was not accepted: ${shown}`,
        "Compare it with what the host's console shows.",
      );
  }
  const file = settings.rememberedIn;
  if (file === undefined) return;
  await remember(file, name, key);
  once.forget(nameOf(file));
}

async function remember(file: string, name: string, key: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const text = await readFile(file, "utf8").catch(() => "");
  // The last line of a file that was written by hand need not have an end.
  const end = text === "" || text.endsWith("\n") ? "" : "\n";
  await appendFile(file, `${end}${name} ${keyType(key)} ${key.toString("base64")}\n`, { mode: 0o600 });
}

function refusal(host: string, why: string, hint: string): HostoutError {
  return new HostoutError({ code: "host-key", message: `${host} is not trusted: ${why}`, hint, host });
}
