import { type Stats, statSync } from "node:fs";
import { HostoutError } from "@hostout/kit";

/**
 * Refuses a configuration to which others may write, as ssh does: such a file can name programs to run. @throws
 * HostoutError `bad-config`
 */
export function requireOwnConfig(file: string): void {
  let stats: Stats;
  try {
    stats = statSync(file);
  } catch {
    // A file that hostout cannot inspect is not read either.
    return;
  }
  if (process.getuid === undefined) return;
  const isOwn = stats.uid === 0 || stats.uid === process.getuid();
  if (isOwn && (stats.mode & 0o022) === 0) return;
  throw new HostoutError({
    code: "bad-config",
    message: `${file} ${isOwn ? "may be written to by others" : "belongs to another account"}, so ssh takes no configuration from there`,
    hint: isOwn ? `chmod go-w ${file}` : "The file must belong to you or to root.",
  });
}
