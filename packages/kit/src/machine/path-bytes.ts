/** Where the bytes 0x80 to 0xff stand that are no UTF-8, as lone surrogates: the form of Python (PEP 383, surrogateescape). */
const strayBase = 0xdc00;

/** The text of a path, whatever its bytes are: what is no UTF-8 becomes lone surrogates, that {@link pathBytes} turns back. */
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

/** The bytes of a path as the file system has them. */
export function pathBytes(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text);
  // With the flag u, a surrogate of a pair does not match.
  const pieces = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 0 ? Buffer.from(piece) : Buffer.of(piece.charCodeAt(0) - strayBase),
    ),
  );
}

/** Bytes of the character that begins there; 0 where none does. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const piece = bytes.subarray(at, at + length);
  return Buffer.from(piece.toString("utf8")).equals(piece) ? length : 0;
}
