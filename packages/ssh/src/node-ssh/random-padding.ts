import { randomFillSync } from "node:crypto";

const pool = Buffer.allocUnsafeSlow(4096);
let used = pool.length;

/**
 * Returns random bytes for the padding of a packet, each of them once. One call of Node's crypto makes the bytes of some
 * 300 packets.
 */
export function randomPadding(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.subarray(used - bytes, used);
}
