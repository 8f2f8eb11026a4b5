import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a file whole or not at all, and only where it differs: under another name, then renamed.
 *
 * @returns whether it differed
 */
export async function replaceFile(file: string, text: string, mode: number): Promise<boolean> {
  if ((await readText(file)) === text) return false;
  const made = `${file}.${randomBytes(8).toString("hex")}.part`;
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  try {
    await writeFile(made, text, { mode, flag: "wx" });
    await rename(made, file);
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
  return true;
}

/** The text of a file; undefined when it is not there. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
