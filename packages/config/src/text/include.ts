import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { RawOption } from "../read/parse-file.ts";
import { hideUrlSecrets } from "../url-secrets.ts";
import { wordsOf } from "./white-space.ts";

/** A file or URL, with its name as written and the option that names it. */
export interface Include {
  /** Absolute path, or a URL with its pin. */
  readonly file: string;
  readonly written: string;
  readonly by: RawOption | undefined;
}

const urlForm = /^[a-zA-Z0-9+.-]+:\/\//;

/** Whether a name points to a network address. */
export function isUrl(name: string): boolean {
  return urlForm.test(name) && !name.startsWith("file://");
}

/** Returns the URL for messages, without its pin and without a password. */
export function shownUrl(url: string): string {
  return hideUrlSecrets(url.replace(/#sha256=.*$/s, ""));
}

/** Returns the files that an option of `from` names. */
export function includesOf(option: RawOption | undefined, from: string): readonly Include[] {
  return wordsOf(option?.text ?? "").map((written) => ({
    file: resolveName(written, from),
    written,
    by: option,
  }));
}

/**
 * Resolves a name relative to the file that contains it. In a file from a URL, a relative name continues that
 * URL.
 */
export function resolveName(name: string, from: string): string {
  if (name.startsWith("file://")) return filePath(name);
  if (isUrl(name)) return name;
  const base = from.replace(/#sha256=.*$/s, "");
  if (isUrl(from) && !name.startsWith("/")) return base.slice(0, base.lastIndexOf("/") + 1) + name;
  return isUrl(from) ? name : resolve(dirname(from), name);
}

function filePath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url.slice("file://".length);
  }
}
