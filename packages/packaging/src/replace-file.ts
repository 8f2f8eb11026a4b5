import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a file whole or not at all, and only if it differs: under another name, then with a rename.
 *
 * @returns whether the file differed
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

/** Reads the text of a file. Undefined if the file does not exist. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
