import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";

/**
 * The name of a new run: when it began, and a random part. In the folder of the runs before it comes after all of theirs, also
 * where the clock went back: names in the order of runs are in the order of the alphabet.
 */
export function nameOfRun(folder: string, nowMs: number): string {
  const name = `${stamp(nowMs)}-${randomBytes(3).toString("hex")}`;
  const last = lastRunName(folder);
  if (last === undefined || last < stamp(nowMs)) return name;
  return `${stamp(timeOf(last) + 1)}-${name.slice(-6)}`;
}

/** Undefined where there is none, or the folder cannot be read: then nothing can be resumed, and the run goes on all the same. */
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
