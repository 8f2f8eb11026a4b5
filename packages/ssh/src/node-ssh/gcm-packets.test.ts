/// <reference path="./ssh2-crypto.d.ts" />
import { KeyObject, randomBytes } from "node:crypto";
import net from "node:net";
import { Duplex } from "node:stream";
import crypto from "ssh2/lib/protocol/crypto.js";
import { type Protocol, quickenGcm } from "./gcm-packets.ts";

interface Sealing {
  readonly allocPacket: (payloadBytes: number) => Buffer;
  readonly encrypt: (packet: Buffer) => void;
}

interface Opening {
  readonly decrypt: (bytes: Buffer, from: number, end: number) => unknown;
}

/** ssh2 refuses larger packets than 35,000 bytes. */
const sizes = [1, 7, 8, 16, 4095, 4096, 4097, 32_770, 32_777, 32_778, 34_900];
const ciphers = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"];

/** Both ends of a session, with keys of their own. */
function makeEnds(
  cipher: string,
  onWrite: (bytes: Uint8Array) => void,
  onPayload: (payload: Buffer) => void,
) {
  const info = crypto.CIPHER_INFO[cipher] as { readonly keyLen: number; readonly ivLen: number };
  const [key, iv] = [randomBytes(info.keyLen), randomBytes(info.ivLen)];
  // The counter passes a byte's border in the middle of the packets.
  iv.fill(0xff, 5, 11);
  iv[11] = 0xfa;
  const outbound = {
    seqno: 0,
    onWrite,
    cipherInfo: info,
    cipherKey: Buffer.from(key),
    cipherIV: Buffer.from(iv),
  };
  const inbound = { seqno: 0, onPayload, decipherInfo: info, decipherKey: key, decipherIV: iv };
  return {
    _cipher: crypto.createCipher({ outbound: { ...outbound, forceNative: true } }),
    _decipher: crypto.createDecipher({ inbound: { ...inbound, forceNative: true } }),
  };
}

function seal({ _cipher }: Protocol, payload: Buffer): void {
  const cipher = _cipher as Sealing;
  const packet = cipher.allocPacket(payload.length);
  packet.set(payload, 5);
  cipher.encrypt(packet);
}

const openAll = ({ _decipher }: Protocol, bytes: Buffer) =>
  (_decipher as Opening).decrypt(bytes, 0, bytes.length);

describe.each(ciphers)("packets of %s", (cipher) => {
  test.each(["sealed", "opened"])(
    "%s here are read by ssh2's own, whatever their size, also after new keys",
    (side) => {
      const sent: Uint8Array[] = [];
      const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
      const come: Buffer[] = [];
      const ends = () =>
        makeEnds(
          cipher,
          (bytes) => void sent.push(bytes),
          (payload) => void come.push(Buffer.from(payload)),
        );
      const first = ends();
      // The side that is not tested keeps what ssh2 made.
      const quick: Protocol = side === "sealed" ? { ...first, _decipher: {} } : { ...first, _cipher: {} };
      quickenGcm(quick, socket);
      for (const { _cipher, _decipher } of [first, ends()]) {
        if (side === "sealed") quick._cipher = _cipher;
        else quick._decipher = _decipher;
        const payloads = sizes.map((size) => randomBytes(size));
        for (const payload of payloads) seal({ _cipher, _decipher }, payload);
        come.length = 0;
        const bytes = Buffer.concat(sent.splice(0));
        for (let at = 0; at < bytes.length; at += 10_000)
          openAll({ _cipher, _decipher }, bytes.subarray(at, at + 10_000));
        expect(come.map((payload) => payload.toString("hex"))).toEqual(
          payloads.map((one) => one.toString("hex")),
        );
      }
    },
  );
});

test("ssh2's ciphers have the fields that are changed", () => {
  const ends = makeEnds(
    ciphers[0]!,
    () => {},
    () => {},
  ) as Protocol;
  quickenGcm(ends, new Duplex());
  expect(ends).toMatchObject({
    _cipher: { _encKey: expect.any(KeyObject), _encIV: expect.any(Buffer), _dead: false, outSeqno: 0 },
    _decipher: { _decipherKey: expect.any(KeyObject) },
  });
});

test("a socket that is slow gets every byte, though memory is freed once its bytes are sent", async () => {
  const payloads = Array.from({ length: 400 }, () => randomBytes(32_768));
  const come: Buffer[] = [];
  const whole = Promise.withResolvers<void>();
  const server = net.createServer((far) => {
    const read = () => {
      const chunk: Buffer | null = far.read();
      if (chunk) openAll(ends, chunk);
      if (come.length === payloads.length) whole.resolve();
      else setTimeout(read, 1);
    };
    read();
  });
  await new Promise<void>((open) => server.listen(0, "127.0.0.1", open));
  const socket = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
  const ends = makeEnds(
    ciphers[0]!,
    (bytes) => void socket.write(bytes),
    (payload) => void come.push(Buffer.from(payload)),
  );
  quickenGcm(ends, socket);
  for (const payload of payloads) seal(ends, payload);
  await whole.promise;
  expect(Buffer.concat(come).equals(Buffer.concat(payloads))).toBe(true);
  socket.destroy();
  server.close();
});
