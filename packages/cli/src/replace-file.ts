import { randomBytes } from "node:crypto";
import { rename, rm, stat, writeFile } from "node:fs/promises";

/** Replaces an existing file by a rename and keeps its mode. So no reader sees a partial file. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const made = `${file}.${randomBytes(8).toString("hex")}`;
  try {
    await writeFile(made, text, { mode: (await stat(file)).mode & 0o777, flag: "wx" });
    await rename(made, file);
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
}
