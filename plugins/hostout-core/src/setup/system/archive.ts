/** An archive with a program, and its hash. */
export interface Archive {
  readonly url: string;
  /** SHA-256, hexadecimal, lower case. */
  readonly sum: string;
}

/** Reads `URL#sha256=SUM`. Undefined where the hash is missing. */
export function parseArchive(text: string): Archive | undefined {
  const [, url = "", sum = ""] = /^(https?:\/\/[^\s#]+)#sha256=([0-9a-f]{64})$/i.exec(text.trim()) ?? [];
  return url === "" ? undefined : { url, sum: sum.toLowerCase() };
}
