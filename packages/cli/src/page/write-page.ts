import { writeFile } from "node:fs/promises";
import { HostoutError } from "@hostout/kit";
import type { RunRecord } from "../journal/read-journal.ts";
import { pageOf } from "./page.ts";

/**
 * Writes a run as one page that needs no other file. Only its owner can read it, because it contains output of
 * the hosts.
 */
export async function writePage(file: string, run: RunRecord): Promise<void> {
  const page = pageOf(run);
  try {
    await writeFile(file, page, { mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new HostoutError({
      code: "usage",
      message: `${file} cannot be written (${code})`,
      hint: "Name a file in an existing folder that you may write to.",
      cause: error,
    });
  }
}
