import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The tarballs of all packages. */
export interface Packed {
  readonly folder: string;
  /** Absolute. */
  readonly tarballs: readonly string[];
  readonly remove: () => void;
}

/** Packs every package as `npm run pack -- DIR` does. */
export function packAll(): Packed {
  const folder = mkdtempSync(join(tmpdir(), "hostout-packed-"));
  execFileSync("npm", ["run", "pack", "--", folder], {
    cwd: dirname(dirname(import.meta.dirname)),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const tarballs = readdirSync(folder).map((file) => join(folder, file));
  return { folder, tarballs, remove: () => rmSync(folder, { recursive: true }) };
}
