import { chmod, copyFile, lutimes, mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Entry } from "./entry.ts";

/** The date of every file of the copy, in seconds: tools that write times then write this one. */
export const copiedSeconds = 946_684_800;

/** Copies files and links to a new folder. */
export async function copyEntries(entries: readonly Entry[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, isExecutable, content } of entries) {
    const file = join(folder, path);
    await mkdir("folder" in content ? file : dirname(file), { recursive: true });
    if ("folder" in content) continue;
    if ("link" in content) {
      await symlink(content.link, file);
      await lutimes(file, copiedSeconds, copiedSeconds);
      continue;
    }
    if ("bytes" in content) await writeFile(file, content.bytes);
    else await copyFile(content.file, file);
    await chmod(file, isExecutable ? 0o755 : 0o644);
    await utimes(file, copiedSeconds, copiedSeconds);
  }
}
