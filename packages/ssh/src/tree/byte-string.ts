import { pathBytes, pathText } from "@hostout/kit";

/**
 * Converts a path to a string whose characters are its bytes. hostout compares such strings, and sends them to the
 * tools of a machine.
 */
export function byteString(text: string): string {
  return Buffer.from(pathBytes(text)).toString("latin1");
}

/** Converts such a path back to the text that callers use. */
export function textOfBytes(bytes: string): string {
  return pathText(Buffer.from(bytes, "latin1"));
}
