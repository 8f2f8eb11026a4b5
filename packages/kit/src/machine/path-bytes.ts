/**
 * First of the lone surrogates for the bytes 0x80 to 0xff that are not valid UTF-8. Python uses the same form
 * (PEP 383, surrogateescape).
 */
const strayBase = 0xdc00;

/**
 * Decodes the bytes of a path to text. Bytes that are not valid UTF-8 become lone surrogates, which
 * {@link pathBytes} reverses.
 */
export function pathText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = buffer.toString("utf8");
  if (!whole.includes("\ufffd") || Buffer.from(whole).equals(buffer)) return whole;
  let text = "";
  for (let at = 0; at < buffer.length; ) {
    const length = characterLength(buffer, at);
    text +=
      length === 0 ? String.fromCharCode(strayBase + buffer[at]!) : buffer.toString("utf8", at, at + length);
    at += Math.max(length, 1);
  }
  return text;
}

/** Encodes the text of a path as the bytes that the file system uses. */
export function pathBytes(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text);
  // With the flag u, this pattern does not match a surrogate that is part of a pair.
  const pieces = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 0 ? Buffer.from(piece) : Buffer.of(piece.charCodeAt(0) - strayBase),
    ),
  );
}

/** Length in bytes of the character that starts at `at`. 0 where no character starts. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const piece = bytes.subarray(at, at + length);
  return Buffer.from(piece.toString("utf8")).equals(piece) ? length : 0;
}
