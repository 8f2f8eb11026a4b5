import type { KeyObject } from "node:crypto";
import type { ParsedKey } from "ssh2";

/** A private key, or "locked" if the key needs a passphrase, or the reason why the key is unreadable. */
export type ReadKey = ParsedKey | "locked" | Error;

/** OpenSSL's forms of a private key: the older ones of RSA and EC keys, and PKCS#8. */
const pem = /^-----BEGIN (?:(?:RSA|EC|ENCRYPTED) )?PRIVATE KEY-----/m;

/**
 * Reads a key in one of the forms that ssh reads, OpenSSH's own and OpenSSL's, or in PuTTY's.
 *
 * Node reads OpenSSL's forms, because ssh2 supports only some of them.
 *
 * @param passphrase undefined: none is known. A wrong one gives an Error.
 */
export async function readKey(bytes: Buffer, passphrase?: string): Promise<ReadKey> {
  const { default: ssh2 } = await import("ssh2");
  const text = bytes.toString("latin1");
  // The head of OpenSSL's forms names the encryption: `Proc-Type: 4,ENCRYPTED`, or in PKCS#8
  // `BEGIN ENCRYPTED PRIVATE KEY`.
  if (pem.test(text) && text.includes("ENCRYPTED") && passphrase === undefined) return "locked";
  if (pem.test(text)) return readPem(bytes, passphrase, ssh2.utils.parseKey);
  const key = ssh2.utils.parseKey(bytes, passphrase);
  if (!("message" in key)) return key;
  const isLocked = passphrase === undefined && /encrypted/i.test(String(key.message));
  return isLocked ? "locked" : new Error(String(key.message));
}

async function readPem(
  bytes: Buffer,
  passphrase: string | undefined,
  parse: (key: Buffer | string) => ParsedKey | Error,
): Promise<ReadKey> {
  const { createPrivateKey } = await import("node:crypto");
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: bytes, ...(passphrase !== undefined && { passphrase }) });
  } catch (error) {
    return error as Error;
  }
  switch (key.asymmetricKeyType) {
    case "rsa":
      return parse(key.export({ type: "pkcs1", format: "pem" }));
    case "ec":
      return parse(key.export({ type: "sec1", format: "pem" }));
    case "ed25519":
      return parse(opensshForm(key));
    default:
      return new Error(`its key type is ${key.asymmetricKeyType ?? "unknown"}`);
  }
}

/** Formats an Ed25519 key in OpenSSH's form, the only one that ssh2 reads (PROTOCOL.key of OpenSSH). */
function opensshForm(key: KeyObject): string {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  const [open, secret] = [Buffer.from(x, "base64url"), Buffer.from(d, "base64url")];
  const text = (value: Uint8Array | string) => {
    const bytes = Buffer.from(value as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const type = text("ssh-ed25519");
  const check = Buffer.alloc(8);
  const inner = Buffer.concat([check, type, text(open), text(Buffer.concat([secret, open])), text("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, index) => index + 1));
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...[text("none"), text("none"), text(""), Buffer.from([0, 0, 0, 1])],
    text(Buffer.concat([type, text(open)])),
    text(Buffer.concat([inner, padding])),
  ]).toString("base64");
  const lines = body.match(/.{1,70}/g)!.join("\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
