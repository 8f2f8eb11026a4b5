import { pathBytes, pathText } from "@hostout/kit";

/** A path whose characters are its bytes: what is compared here, and sent to the tools of a machine. */
export function byteString(text: string): string {
  return Buffer.from(pathBytes(text)).toString("latin1");
}

/** The path as callers have it. */
export function textOfBytes(bytes: string): string {
  return pathText(Buffer.from(bytes, "latin1"));
}
