import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { HostoutError, quote } from "@hostout/kit";
import type { SshSettings } from "../config/ssh-settings.ts";
import type { Credentials } from "../login/login-try.ts";
import type { Once } from "../transport/once.ts";
import { signatureTypes } from "./host-key-types.ts";
import {
  fingerprint,
  hashName,
  type KnownKey,
  keysOf,
  keyType,
  knownHostsName,
  parseKnownHosts,
} from "./known-hosts.ts";

/** Decides whether the key that a server shows is the host's. */
export interface HostKeyCheck {
  /** Key types to ask the server for first: those that are known, or it might show another one. Undefined: nothing is known. */
  readonly types: readonly string[] | undefined;
  /** @throws HostoutError `host-key` when it is not to be trusted */
  readonly verify: (key: Buffer) => Promise<Verdict>;
}

/** What came of a key that is not refused. */
export interface Verdict {
  /** Nobody looked at it, as ssh's configuration has it: what the user must know. */
  readonly warning?: string;
  /** It is not the known one, or is revoked: no password may be sent. */
  readonly isChanged?: true;
}

/** Checks against the known_hosts files, hashed entries too. An unknown key is shown and asked about, or refused. */
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

/** The keys that the known_hosts files have of a host. */
export async function knownKeys(settings: SshSettings, once: Once): Promise<readonly KnownKey[]> {
  const { own, withoutPort } = await entriesOf(settings, once);
  return [...own, ...withoutPort].filter(({ kind }) => kind !== "authority");
}

/** Keys that sign the host's, which only ssh itself checks. */
export async function authoritiesOf(settings: SshSettings, once: Once): Promise<readonly KnownKey[]> {
  const { own } = await entriesOf(settings, once);
  return own.filter(({ kind }) => kind === "authority");
}

/** Lines of a host. Those of its name alone count where it has another port, too: as ssh has it, the same key is trusted there, and no other is missed. */
async function entriesOf(
  settings: SshSettings,
  once: Once,
): Promise<{ readonly own: readonly KnownKey[]; readonly withoutPort: readonly KnownKey[] }> {
  const read = async (file: string) => parseKnownHosts(file, await readFile(file, "utf8").catch(() => ""));
  const files = settings.knownHostsFiles.map((file) => once.get(nameOf(file), () => read(file)));
  const known = (await Promise.all(files)).flat();
  const { hostKeyAlias, port, hostname } = settings;
  const isElsewhere = hostKeyAlias === undefined && port !== 22;
  return {
    own: keysOf(known, nameIn(settings)),
    withoutPort: isElsewhere ? keysOf(known, hostname.toLowerCase()) : [],
  };
}

/** The name that the known_hosts files have a host under. */
export const nameIn = ({ hostKeyAlias, hostname, port }: SshSettings) =>
  hostKeyAlias ?? knownHostsName(hostname, port);

const nameOf = (file: string) => `known_hosts ${file}`;

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
      "Let ssh itself read it: transport = auto",
    );
  if (text.split(/\s+/).includes(key)) throw revocation(label, file);
}

/** Shown over either transport. */
export const revokedHint = "Do not connect before you know why.";

function revocation(label: string, place: string): HostoutError {
  return refusal(label, `its key is marked as revoked in ${place}`, revokedHint);
}

/** ssh goes on with a key that is not the known one where StrictHostKeyChecking is `no`, but sends no password. */
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

/** How a key is removed: ssh-keygen does not know a line that names its hosts by a pattern. */
function removal(name: string, { names, place }: KnownKey): string {
  const [, file = "", line] = /^(.*):(\d+)$/.exec(place) ?? [];
  return /[*?]/.test(names) ? `sed -i ${line}d ${quote(file)}` : keygenRemoval(name, file);
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
): Promise<Verdict> {
  const shown = `${fingerprint(key)} (${keyType(key)})`;
  const types = [...new Set(others.map(({ type }) => type))].join(", ");
  const known = others.length === 0 ? "" : `; ${others[0]!.place} knows it by another type (${types})`;
  const { strictHostKeyChecking: strict, rememberedIn: file } = settings;
  // As ssh has it, a key of another type than the known one is a new one.
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

/** A key that somebody has to look at first. */
export function unknownKey(label: string, settings: SshSettings, shown: string): HostoutError {
  const look = `Compare it with the host's, then connect once with: ${sshLine(settings, "-o", "StrictHostKeyChecking=ask")}`;
  const hint =
    settings.rememberedIn === undefined
      ? "ssh's configuration names no file to keep keys in: set UserKnownHostsFile there."
      : look;
  return refusal(label, `its key is not known: ${shown}`, hint);
}

/** A command that connects as hostout does. */
function sshLine({ typed, user }: SshSettings, ...options: readonly string[]): string {
  const { options: own, host } = typed;
  return ["ssh", ...own, ...options, `${user}@${host}`].map(quote).join(" ");
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
