import { writeFile } from "node:fs/promises";
import type { RunRecord } from "../journal/read-journal.ts";
import { pageOf } from "./page.ts";

/** Writes a run as one page that needs nothing else. Only its owner can read it: it has the output of the hosts. */
export async function writePage(file: string, run: RunRecord): Promise<void> {
  await writeFile(file, pageOf(run), { mode: 0o600 });
}
