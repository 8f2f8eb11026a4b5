import type { Algorithms } from "../config/ssh-settings.ts";

/** The algorithms in ssh's configuration that hostout's own ssh supports. */
export interface Ssh2Algorithms {
  readonly algorithms: Algorithms;
  /** The first keyword of which hostout's own ssh supports no algorithm. */
  readonly missing: string | undefined;
}

export async function ssh2Algorithms(wanted: Algorithms): Promise<Ssh2Algorithms> {
  const { kex, serverHostKey, cipher, hmac } = wanted;
  if (!(kex ?? serverHostKey ?? cipher ?? hmac)) return { algorithms: wanted, missing: undefined };
  const { default: can } = await import("ssh2/lib/protocol/constants.js");
  const only = (names: readonly string[] | undefined, supported: readonly string[]) =>
    names?.filter((name) => supported.includes(name));
  const algorithms = {
    kex: only(kex, can.SUPPORTED_KEX),
    serverHostKey: only(serverHostKey, can.SUPPORTED_SERVER_HOST_KEY),
    cipher: only(cipher, can.SUPPORTED_CIPHER),
    hmac: only(hmac, can.SUPPORTED_MAC),
  };
  const keywords = {
    kex: "KexAlgorithms",
    serverHostKey: "HostKeyAlgorithms",
    cipher: "Ciphers",
    hmac: "MACs",
  };
  const [missing] =
    Object.entries(keywords).find(([key]) => algorithms[key as keyof Algorithms]?.length === 0) ?? [];
  return { algorithms, missing: missing && keywords[missing as keyof Algorithms] };
}
