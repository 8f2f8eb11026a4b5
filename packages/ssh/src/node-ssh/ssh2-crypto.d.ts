declare module "ssh2/lib/protocol/crypto.js" {
  /** Makes a cipher of ssh2. `outbound` has its key and the receiver of its bytes. */
  const crypto: {
    readonly CIPHER_INFO: Readonly<Record<string, object>>;
    readonly createCipher: (settings: { readonly outbound: object }) => object;
    readonly createDecipher: (settings: { readonly inbound: object }) => object;
  };
  export default crypto;
}
