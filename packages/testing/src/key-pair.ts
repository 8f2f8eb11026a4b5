import { writeFile } from "node:fs/promises";
import ssh2 from "ssh2";

/**
 * Writes an Ed25519 key pair in OpenSSH's form: `file` (0600) and `file.pub`. Resolves to the public line.
 */
export async function writeKeyPair(file: string, comment: string): Promise<string> {
  const { private: key, public: line } = readablePair(comment);
  await writeFile(file, key, { mode: 0o600 });
  await writeFile(`${file}.pub`, `${line}\n`);
  return line.trim();
}

/**
 * Makes pairs until ssh2 can read one. Sometimes ssh2 makes a pair that it cannot read itself (a key that
 * begins with a zero byte).
 */
function readablePair(comment: string): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment });
    if (!("message" in ssh2.utils.parseKey(pair.private))) return pair;
  }
}
