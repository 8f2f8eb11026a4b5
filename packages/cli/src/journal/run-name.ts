import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";

/**
 * Returns the name of a new run: its start time and a random part. The name sorts after every other run in the
 * folder, even if the clock was set to an earlier time. So the alphabetical order is the order of the runs.
 */
export function nameOfRun(folder: string, nowMs: number): string {
  const name = `${stamp(nowMs)}-${randomBytes(3).toString("hex")}`;
  const last = lastRunName(folder);
  if (last === undefined || last < stamp(nowMs)) return name;
  return `${stamp(timeOf(last) + 1)}-${name.slice(-6)}`;
}

/**
 * Returns the name of the newest run. Undefined if there is none or the folder is unreadable: then `resume`
 * does not work, but the run does.
 */
function lastRunName(folder: string): string | undefined {
  try {
    const names = readdirSync(folder).filter((name) => /^\d{8}T\d{9}Z-[0-9a-f]{6}\.ndjson$/.test(name));
    return names.sort().at(-1);
  } catch {
    return undefined;
  }
}

const stamp = (ms: number) => new Date(ms).toISOString().replaceAll(/[-:.]/g, "");

function timeOf(name: string): number {
  return Date.parse(
    name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z.*$/, "$1-$2-$3T$4:$5:$6.$7Z"),
  );
}
