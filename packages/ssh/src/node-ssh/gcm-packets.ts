import { type CipherGCMTypes, createCipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { randomPadding } from "./random-padding.ts";

/** The cipher of ssh2 for packets to the host, if Node's crypto does AES-GCM. */
interface GcmCipher {
  _encSSLName: CipherGCMTypes;
  _encKey: Buffer | KeyObject;
  _encIV: Buffer;
  _dead: boolean;
  outSeqno: number;
  _onWrite: (bytes: Uint8Array) => void;
  allocPacket: (payloadBytes: number) => Buffer;
  encrypt: (packet: Buffer) => void;
}

/** The cipher of ssh2 for packets from the host, if Node's crypto does AES-GCM. */
interface GcmDecipher {
  _decipherSSLName: CipherGCMTypes;
  _decipherKey: Buffer | KeyObject;
}

/** The protocol of a session of ssh2. A renewal of keys replaces both ciphers. */
export interface Protocol {
  _cipher: GcmCipher | object;
  _decipher: GcmDecipher | object;
}

/** Sizes of packets that share memory, in bytes. In a transfer, a packet has 32 KiB. */
const shared = { least: 4096, most: 64 * 1024 } as const;
/** The block size of AES. Padding completes the last block, with 4 bytes at least (RFC 4253, 6). */
const blockBytes = 16;
const leastPadding = 4;

/**
 * Lets a session send and receive AES-GCM packets with less work, also after a renewal of its keys. The format of the
 * packets stays the same. See docs/decisions/0026-transfers-stay-in-the-session.md.
 *
 * Nothing changes if ssh2 has its native module, or if the session has another cipher.
 */
export function quickenGcm(protocol: Protocol, socket: Duplex): void {
  onEach(protocol, "_cipher", (cipher) => quickenCipher(cipher, socket));
  onEach(protocol, "_decipher", quickenDecipher);
}

/** Calls `act` with the property's value, and with each later one. */
function onEach<Key extends keyof Protocol>(
  protocol: Protocol,
  key: Key,
  act: (value: Protocol[Key]) => void,
): void {
  let value = protocol[key];
  act(value);
  Object.defineProperty(protocol, key, {
    get: () => value,
    set: (next: Protocol[Key]) => {
      act(next);
      value = next;
    },
  });
}

const isGcm = (name: string) => /^aes-\d+-gcm$/.test(name);

/** Node throws and catches two errors at each use of a key that is a Buffer, and none with a KeyObject. */
function quickenDecipher(decipher: GcmDecipher | object): void {
  if (!("_decipherKey" in decipher && isGcm(decipher._decipherSSLName))) return;
  if (Buffer.isBuffer(decipher._decipherKey)) decipher._decipherKey = createSecretKey(decipher._decipherKey);
}

function quickenCipher(cipher: GcmCipher | object, socket: Duplex): void {
  if (!("_encKey" in cipher && isGcm(cipher._encSSLName) && Buffer.isBuffer(cipher._encKey))) return;
  const key = createSecretKey(cipher._encKey);
  const { allocPacket, _encSSLName: name } = cipher;
  let memory: Buffer | undefined;
  cipher._encKey = key;
  cipher.allocPacket = (payloadBytes) => {
    if (payloadBytes < shared.least || payloadBytes > shared.most)
      return allocPacket.call(cipher, payloadBytes);
    // ssh2 encrypts each packet before it asks for the next one.
    memory ??= Buffer.allocUnsafeSlow(shared.most + 4 * blockBytes);
    return frame(memory, payloadBytes);
  };
  cipher.encrypt = (packet) => {
    if (cipher._dead) return;
    const encryption = createCipheriv(name, key, cipher._encIV);
    // The socket may send the length only after the next packet has taken the memory.
    const length = Buffer.from(packet.subarray(0, 4));
    encryption.setAAD(length);
    cipher._onWrite(length);
    const encrypted = encryption.update(packet.subarray(4));
    if (socket instanceof Socket && encrypted.length >= shared.least) writeAndFree(socket, encrypted);
    else cipher._onWrite(encrypted);
    encryption.final();
    cipher._onWrite(encryption.getAuthTag());
    countUp(cipher._encIV);
    cipher.outSeqno = (cipher.outSeqno + 1) >>> 0;
  };
}

/** Returns a packet for a payload, with its length and its padding. The payload begins at byte 5. */
function frame(memory: Buffer, payloadBytes: number): Buffer {
  const filled = 1 + payloadBytes;
  const toBlock = blockBytes - (filled % blockBytes);
  const padding = toBlock < leastPadding ? toBlock + blockBytes : toBlock;
  const packet = memory.subarray(0, 4 + filled + padding);
  packet.writeUInt32BE(filled + padding, 0);
  packet[4] = padding;
  packet.set(randomPadding(padding), 4 + filled);
  return packet;
}

/**
 * Writes bytes that nobody else uses, and frees their memory as soon as they are sent. Otherwise V8 would mark the
 * whole heap after each 12 MB of them.
 */
function writeAndFree(socket: Socket, bytes: Buffer): void {
  if (!socket.writable) return;
  socket.write(bytes, (error) => {
    const buffer = bytes.buffer as ArrayBuffer;
    if (!error && buffer.byteLength === bytes.byteLength) buffer.transfer(0);
  });
}

/** Adds 1 to the counter in the last 8 bytes of an initialization vector (RFC 5647, 7.1). */
function countUp(vector: Buffer): void {
  for (let at = 11; at >= 4; at--) {
    vector[at] = (vector[at]! + 1) & 0xff;
    if (vector[at] !== 0) return;
  }
}
