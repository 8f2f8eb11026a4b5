import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Listener } from "@hostout/kit";
import { openBufferedFile } from "./buffered-file.ts";
import { makeHostLogs } from "./host-logs.ts";
import { gatherOutput, type StoredOutput } from "./output-blocks.ts";
import { linesOf } from "./read-lines.ts";
import type { RequestRecord } from "./request-record.ts";

const keptRuns = 200;

/** The number of runs above the kept ones before any is removed. To choose, hostout reads the start of each run. */
const lot = 20;

/** The number of read-only runs to keep. */
const keptLooking = 20;

/** The record of a run on this machine. */
export interface Journal extends Listener {
  readonly close: () => Promise<void>;
}

/**
 * Opens the journal of a run, and removes old runs. The journal writes each event to `RUN.ndjson` before the
 * next happens. Output follows a little later, because nothing depends on it. The text of an output is only in
 * a file of its host in `RUN/`; the event names the place. `unwritten` is called when writing fails.
 *
 * @throws the error of the file system, before the run starts
 */
export function openJournal(
  folder: string,
  request: RequestRecord,
  unwritten: (why: string) => void,
): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeOld(folder);
  const file = openBufferedFile(join(folder, `${request.run}.ndjson`));
  file.write(`${JSON.stringify(request)}\n`);
  const logs = makeHostLogs(join(folder, request.run));
  let isBroken = false;
  const unlessBroken = (write: () => void) => {
    if (isBroken) return;
    try {
      write();
    } catch {
      // A full disk here must not end the run on the hosts. The journal only misses the events after this.
      isBroken = true;
      unwritten(`the journal of this run cannot be written any more (${folder})`);
    }
  };
  const outputs = gatherOutput((first, text, isWhole) =>
    unlessBroken(() => {
      const { line, ...event } = first;
      const stored: StoredOutput = { ...event, ...logs.keep(first, text), ...(isWhole && { isWhole }) };
      file.add(`${JSON.stringify(stored)}\n`);
    }),
  );
  return {
    event: (event) => {
      if (event.type === "output") return outputs.add(event);
      outputs.flush();
      unlessBroken(() => {
        const line = `${JSON.stringify(event)}\n`;
        if (event.type === "progress") file.add(line);
        else file.write(line);
        logs.emit(event);
      });
    },
    close: async () => {
      outputs.flush();
      for (const one of [file, logs]) {
        try {
          one.close();
        } catch {
          // As above.
        }
      }
    },
  };
}

/**
 * Removes old runs in lots, read-only ones first, whatever their age. The newest are kept, because they may still be
 * running.
 */
function removeOld(folder: string): void {
  const runs = readdirSync(folder)
    .filter((name) => name.endsWith(".ndjson"))
    .sort();
  const over = runs.length - keptRuns;
  if (over <= lot) return;
  const looking = runs.slice(0, -keptLooking).filter((name) => isReadOnly(join(folder, name)));
  const gone = new Set(looking.slice(0, over));
  for (const name of runs) if (gone.size < over) gone.add(name);
  for (const name of gone) {
    rmSync(join(folder, name), { force: true });
    rmSync(join(folder, name.replace(/\.ndjson$/, "")), { recursive: true, force: true });
  }
}

/** Checks the first line of a journal. An unreadable journal counts as one with changes. */
function isReadOnly(file: string): boolean {
  try {
    const [first] = linesOf(file);
    return (JSON.parse(first ?? "") as Partial<RequestRecord> | null)?.isReadOnly === true;
  } catch {
    return false;
  }
}
