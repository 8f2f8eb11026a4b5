import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { HostoutError, quote } from "@hostout/kit";
import type { SshSettings } from "../config/ssh-settings.ts";
import type { Credentials } from "../login/login-try.ts";
import type { Once } from "../process/once.ts";
import { signatureTypes } from "./host-key-types.ts";
import {
  fingerprint,
  hashName,
  indexKnownHosts,
  type KnownKey,
  keyType,
  knownHostsName,
  parseKnownHosts,
} from "./known-hosts.ts";

/** Decides whether the key of a server is the host's. */
export interface HostKeyCheck {
  /**
   * Key types to request first: the known ones, because the server might show another one otherwise. Undefined: no key
   * is known.
   */
  readonly types: readonly string[] | undefined;
  /** @throws HostoutError `host-key` if the key is not to be trusted */
  readonly verify: (key: Buffer) => Promise<Verdict>;
}

/** The decision about a key that is not refused. */
export interface Verdict {
  /** The warning about a key that nobody checked, because ssh's configuration demands no check. */
  readonly warning?: string;
  /** The key differs from the known one, or is revoked: hostout sends no password. */
  readonly isChanged?: true;
}

/** Makes a check against the known_hosts files, with hashed entries too. For an unknown key, shows it and asks, or refuses. */
export async function makeHostKeyCheck(
  label: string,
  settings: SshSettings,
  credentials: Pick<Credentials, "ask" | "once">,
): Promise<HostKeyCheck> {
  const name = nameIn(settings);
  const { own, withoutPort } = await entriesOf(settings, credentials.once);
  const isTrusted = ({ kind }: KnownKey) => kind === "host";
  const trusted = own.filter(isTrusted);
  const types = (trusted.length > 0 ? trusted : withoutPort.filter(isTrusted)).map(({ type }) => type);
  return {
    types: types.length === 0 ? undefined : [...new Set(types.flatMap(signatureTypes))],
    verify: async (key) => {
      const blob = key.toString("base64");
      await refuseRevoked(label, blob, settings.revokedHostKeys, credentials.once);
      const same = [...own, ...withoutPort].filter((entry) => entry.key === blob);
      const revoked = same.find(({ kind }) => kind === "revoked");
      if (revoked && settings.strictHostKeyChecking === "no")
        return {
          warning: uncheckedWarning(`its key is marked as revoked in ${revoked.place}`),
          isChanged: true,
        };
      if (revoked) throw revocation(label, revoked.place);
      if (same.some(isTrusted)) return {};
      const old = trusted.find(({ type }) => type === keyType(key));
      const about = { label, name, key, settings, others: trusted };
      return old ? acceptChanged(about, old) : acceptUnknown(about, credentials);
    },
  };
}

/** Returns the keys of a host in the known_hosts files. */
export async function knownKeys(settings: SshSettings, once: Once): Promise<readonly KnownKey[]> {
  const { own, withoutPort } = await entriesOf(settings, once);
  return [...own, ...withoutPort].filter(({ kind }) => kind !== "authority");
}

/** Returns the keys of authorities that sign host keys. Only ssh itself checks them. */
export async function authoritiesOf(settings: SshSettings, once: Once): Promise<readonly KnownKey[]> {
  const { own } = await entriesOf(settings, once);
  return own.filter(({ kind }) => kind === "authority");
}

/**
 * Returns the lines of a host. Lines with the name alone count for another port too, as in ssh: they trust the same key
 * there, and do not hide another.
 */
async function entriesOf(
  settings: SshSettings,
  once: Once,
): Promise<{ readonly own: readonly KnownKey[]; readonly withoutPort: readonly KnownKey[] }> {
  const read = async (file: string) =>
    indexKnownHosts(parseKnownHosts(file, await readFile(file, "utf8").catch(() => "")));
  const files = settings.knownHostsFiles.map((file) => once.get(nameOf(file), () => read(file)));
  const known = await Promise.all(files);
  const keysOf = (name: string) => known.flatMap((find) => find(name));
  const { hostKeyAlias, port, hostname } = settings;
  const isElsewhere = hostKeyAlias === undefined && port !== 22;
  return {
    own: keysOf(nameIn(settings)),
    withoutPort: isElsewhere ? keysOf(hostname.toLowerCase()) : [],
  };
}

/** Returns the name of a host in the known_hosts files. */
export const nameIn = ({ hostKeyAlias, hostname, port }: SshSettings) =>
  hostKeyAlias ?? knownHostsName(hostname, port);

const nameOf = (file: string) => `known_hosts ${file}`;

/** @param file of ssh_config(5), RevokedHostKeys: public keys, or a list (KRL) that only ssh itself reads */
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
      "Let ssh itself read it: transport = auto",
    );
  if (text.split(/\s+/).includes(key)) throw revocation(label, file);
}

/** Shown over either transport. */
export const revokedHint = "Do not connect before you know why.";

function revocation(label: string, place: string): HostoutError {
  return refusal(label, `its key is marked as revoked in ${place}`, revokedHint);
}

/** Decides about a key that differs from the known one. With StrictHostKeyChecking `no`, ssh continues but sends no password. */
function acceptChanged({ label, name, key, settings }: UnknownKey, known: KnownKey): Verdict {
  const why = `its key is not the one in ${known.place}: now ${fingerprint(key)} (${keyType(key)}), known ${fingerprint(Buffer.from(known.key, "base64"))} (${known.type})`;
  if (settings.strictHostKeyChecking === "no") return { warning: uncheckedWarning(why), isChanged: true };
  throw refusal(
    label,
    why,
    `Somebody may be in between. If the host was set up anew, remove the old key: ${removal(name, known)}`,
  );
}

/** Shown over either transport. */
export function uncheckedWarning(why: string): string {
  return `${why}. Somebody may be in between. hostout goes on without a password, as StrictHostKeyChecking is 'no' in ssh's configuration`;
}

/** Returns the way to remove a key. ssh-keygen does not find a line that names its hosts by a pattern. */
function removal(name: string, { names, place }: KnownKey): string {
  const [, file = "", line] = /^(.*):(\d+)$/.exec(place) ?? [];
  return /[*?]/.test(names) ? `sed -i ${line}d ${quote(file)}` : keygenRemoval(name, file);
}

/** Returns the command that removes a host's keys from a file, as ssh itself prints it. */
export function keygenRemoval(name: string, file: string): string {
  return `ssh-keygen -f ${quote(file)} -R ${quote(name)}`;
}

interface UnknownKey {
  readonly label: string;
  readonly name: string;
  readonly key: Buffer;
  readonly settings: SshSettings;
  /** Known keys of the host, of other types. */
  readonly others: readonly KnownKey[];
}

async function acceptUnknown(
  { label, name, key, settings, others }: UnknownKey,
  { ask, once }: Pick<Credentials, "ask" | "once">,
): Promise<Verdict> {
  const shown = `${fingerprint(key)} (${keyType(key)})`;
  const types = [...new Set(others.map(({ type }) => type))].join(", ");
  const known = others.length === 0 ? "" : `; ${others[0]!.place} knows it by another type (${types})`;
  const { strictHostKeyChecking: strict, rememberedIn: file } = settings;
  // As in ssh, a key of another type than the known one is a new key.
  const mayAccept = strict !== "yes" && strict !== "ask";
  if (!mayAccept && (strict === "yes" || !ask)) throw unknownKey(label, settings, `${shown}${known}`);
  if (!mayAccept) {
    const question = `The key of ${label} (${name}) is not known${known}.\n  ${shown}\nIs it the host's?`;
    if (!(await ask?.confirm(question)))
      throw refusal(
        label,
        `its key was not accepted: ${shown}`,
        "Compare it with what the host's console shows.",
      );
  }
  if (file !== undefined) {
    await remember(file, settings.hashKnownHosts ? hashName(name) : name, key);
    once.forget(nameOf(file));
  }
  return mayAccept ? { warning: acceptedWarning(`${shown}${known}`, strict, file) } : {};
}

/** Shown over either transport. */
export function acceptedWarning(shown: string, strict: string, file: string | undefined): string {
  const kept = file === undefined ? "kept in no file" : `added to ${file}`;
  return `its key was not known and is ${kept}, as StrictHostKeyChecking is '${strict}' in ssh's configuration: ${shown}`;
}

/** The error for a key that a person has to check first. */
export function unknownKey(label: string, settings: SshSettings, shown: string): HostoutError {
  const look = `Compare it with the host's, then connect once with: ${sshLine(settings, "-o", "StrictHostKeyChecking=ask")}`;
  const hint =
    settings.rememberedIn === undefined
      ? "ssh's configuration names no file to keep keys in: set UserKnownHostsFile there."
      : look;
  return refusal(label, `its key is not known: ${shown}`, hint);
}

/** Returns a command that connects as hostout does. */
function sshLine({ typed, user }: SshSettings, ...options: readonly string[]): string {
  const { options: own, host } = typed;
  return ["ssh", ...own, ...options, `${user}@${host}`].map(quote).join(" ");
}

async function remember(file: string, name: string, key: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const text = await readFile(file, "utf8").catch(() => "");
  // A hand-written file may lack its last line end.
  const end = text === "" || text.endsWith("\n") ? "" : "\n";
  await appendFile(file, `${end}${name} ${keyType(key)} ${key.toString("base64")}\n`, { mode: 0o600 });
}

function refusal(host: string, why: string, hint: string): HostoutError {
  return new HostoutError({ code: "host-key", message: `${host} is not trusted: ${why}`, hint, host });
}
