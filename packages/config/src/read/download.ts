import { createHash, randomBytes } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../config-error.ts";
import { shownUrl } from "../text/include.ts";

/**
 * Settings for downloads of URLs in `extends`. Only the command line, the root file and the user's defaults
 * set them.
 */
export interface DownloadSettings {
  readonly offline: boolean;
  /** The place that set `offline`, for messages. */
  readonly offlineBy: string;
  /** Whether to fetch a URL even if the cache has a copy. */
  readonly newest: boolean;
  /** Folder of copies, which must exist. */
  readonly cache: string | undefined;
  /** The place that named the cache. */
  readonly cacheBy: string;
  readonly note: (message: string) => void;
}

/** Maximum size in bytes. A person writes no larger file. */
const mostBytes = 10 * 1024 * 1024;
const timeoutMs = 30_000;

/**
 * Reads the text of a URL. With `#sha256=HEX` at its end, refuses any other content, also from the cache.
 *
 * The cache has the form of zc.buildout's: `md5(url)` in hex is the name of the copy.
 *
 * @throws ConfigError `download-error`, `offline`, `missing-cache`, `hash-mismatch`, `decode-error`
 */
export async function download(address: string, settings: DownloadSettings): Promise<string> {
  const { url, pin } = readPin(address);
  const copy = await copyOf(url, settings);
  const cached = copy === undefined ? undefined : await readFile(copy).catch(() => undefined);
  // Pinned content never changes, so a copy that matches the pin replaces the original.
  const isKept =
    cached !== undefined &&
    (pin === undefined ? settings.offline || !settings.newest : isPinned(cached, pin));
  if (isKept) return decode(url, cached);
  if (settings.offline) throw isOffline(url, settings);
  const bytes = await fetchBytes(url, pin === undefined ? cached : undefined, settings.note);
  if (pin !== undefined && !isPinned(bytes, pin)) throw mismatch(url, bytes, pin);
  if (copy !== undefined) await keep(copy, bytes);
  return decode(url, bytes);
}

function readPin(address: string): { readonly url: string; readonly pin: string | undefined } {
  const [, url = address, pin] = /^(.*)#sha256=(.*)$/s.exec(address) ?? [];
  if (pin !== undefined && !/^[0-9a-f]{64}$/i.test(pin)) {
    throw new ConfigError({
      kind: "hash-mismatch",
      message: `'#sha256=${pin}' is not a hash`,
      hint: "A hash has 64 hexadecimal digits: sha256sum FILE",
    });
  }
  return { url, pin: pin?.toLowerCase() };
}

function isPinned(bytes: Uint8Array, pin: string): boolean {
  return createHash("sha256").update(bytes).digest("hex") === pin;
}

async function copyOf(url: string, { cache, cacheBy }: DownloadSettings): Promise<string | undefined> {
  if (cache === undefined) return undefined;
  const isFolder = await stat(cache).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new ConfigError({
      kind: "missing-cache",
      message: `the folder ${cache}, named by extends-cache (${cacheBy}), does not exist`,
      hint: `Make it: mkdir -p ${cache}`,
    });
  }
  return join(cache, createHash("md5").update(url).digest("hex"));
}

async function fetchBytes(
  url: string,
  cached: Uint8Array | undefined,
  note: (message: string) => void,
): Promise<Uint8Array> {
  try {
    return await request(url);
  } catch (cause) {
    if (cached) {
      note(`${shownUrl(url)} cannot be read (${reasonOf(cause)}); its copy in extends-cache is used`);
      return cached;
    }
    throw new ConfigError({
      kind: "download-error",
      message: `${shownUrl(url)} cannot be read: ${reasonOf(cause)}`,
      hint: `If the address is gone, put a copy of the file beside this one, and write: extends = ${fileNameOf(url)}`,
    });
  }
}

/** Returns the last name of a URL's path. */
function fileNameOf(url: string): string {
  return (
    url
      .replace(/[?#].*$/s, "")
      .split("/")
      .slice(3)
      .at(-1) || "base.cfg"
  );
}

async function request(url: string): Promise<Uint8Array> {
  const target = new URL(url);
  if (target.protocol !== "http:" && target.protocol !== "https:")
    throw new Error("only http, https and file are read");
  const headers: Record<string, string> = {};
  if (target.username !== "" || target.password !== "") {
    const login = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
    headers.authorization = `Basic ${Buffer.from(login).toString("base64")}`;
    target.username = "";
    target.password = "";
  }
  target.hash = "";
  const response = await fetch(target, { headers, signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > mostBytes) throw new Error(`larger than ${mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function reasonOf(cause: unknown): string {
  const { name, message, cause: deeper } = cause as Error;
  if (name === "TimeoutError") return `no answer in ${timeoutMs / 1000} s`;
  if (!(deeper instanceof Error)) return message;
  return deeper.message || (deeper as NodeJS.ErrnoException).code || message;
}

/** Writes a copy and renames it into place, so that another run never reads half a copy. */
async function keep(copy: string, bytes: Uint8Array): Promise<void> {
  const made = `${copy}.${randomBytes(8).toString("hex")}`;
  try {
    await writeFile(made, bytes, { mode: 0o644, flag: "wx" });
    await rename(made, copy);
  } catch (error) {
    await rm(made, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    // A system cache that others fill may be read-only.
    if (code !== "EACCES" && code !== "EROFS") throw error;
  }
}

function decode(url: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ConfigError({ kind: "decode-error", message: `${shownUrl(url)} is not UTF-8` });
  }
}

function isOffline(url: string, { offlineBy, cache }: DownloadSettings): ConfigError {
  const where = cache === undefined ? "there is no extends-cache" : "extends-cache has no copy that fits";
  return new ConfigError({
    kind: "offline",
    message: `${shownUrl(url)} cannot be read: offline = true (${offlineBy}), and ${where}`,
    hint: "Run it once with buildout:offline=false.",
  });
}

function mismatch(url: string, bytes: Uint8Array, pin: string): ConfigError {
  const found = createHash("sha256").update(bytes).digest("hex");
  return new ConfigError({
    kind: "hash-mismatch",
    message: `${shownUrl(url)} is not what is pinned: its sha256 is ${found}, not ${pin}`,
    hint: "If the change is meant, look at what changed and pin the new one.",
  });
}
