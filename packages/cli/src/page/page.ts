import type { RunRecord } from "../journal/read-journal.ts";
export function pageOf(run: RunRecord): string {
  return JSON.stringify(run.request);
}
