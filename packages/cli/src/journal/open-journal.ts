import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Emit, Event } from "@hostout/kit";
import { type BufferedFile, openBufferedFile } from "./buffered-file.ts";
import { makeHostLogs } from "./host-logs.ts";
import type { RequestRecord } from "./request-record.ts";

const keptRuns = 200;

/** Where a run is written down. */
export interface Journal {
  readonly emit: Emit;
  readonly close: () => void;
}

/**
 * Writes the events of a run to `RUN.ndjson`, each before the next happens (output a little later, as nothing depends on it), and the
 * output of each host to a file of its own in `RUN/`. Old runs are removed. `unwritten` is told when no more can be written.
 *
 * @throws what the file system says, before the run has begun
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
  return {
    emit: (event) => {
      if (isBroken) return;
      try {
        keep(file, event);
        logs.emit(event);
      } catch {
        // A full disk here must not end what goes on over there; what is missing is only what happened after.
        isBroken = true;
        unwritten(`the journal of this run cannot be written any more (${folder})`);
      }
    },
    close: () => {
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

function keep(file: BufferedFile, event: Event): void {
  const line = `${JSON.stringify(event)}\n`;
  if (event.type === "output" || event.type === "progress") file.add(line);
  else file.write(line);
}

function removeOld(folder: string): void {
  const runs = readdirSync(folder).filter((name) => name.endsWith(".ndjson"));
  for (const name of runs.sort().slice(0, Math.max(0, runs.length - keptRuns))) {
    rmSync(join(folder, name), { force: true });
    rmSync(join(folder, name.replace(/\.ndjson$/, "")), { recursive: true, force: true });
  }
}
