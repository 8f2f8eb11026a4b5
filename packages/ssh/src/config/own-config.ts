import { type Stats, statSync } from "node:fs";
import { HostoutError } from "@hostout/kit";

/** ssh takes no configuration that others may write to: it can name programs that are run. @throws HostoutError `bad-config` */
export function requireOwnConfig(file: string): void {
  let stats: Stats;
  try {
    stats = statSync(file);
  } catch {
    // What cannot be looked at is not read either.
    return;
  }
  if (process.getuid === undefined) return;
  const isOwn = stats.uid === 0 || stats.uid === process.getuid();
  if (isOwn && (stats.mode & 0o022) === 0) return;
  throw new HostoutError({
    code: "bad-config",
    message: `${file} ${isOwn ? "may be written to by others" : "belongs to another account"}, so ssh takes no configuration from there`,
    hint: isOwn ? `chmod go-w ${file}` : "It must belong to who runs hostout, or to root.",
  });
}
