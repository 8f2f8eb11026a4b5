import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "@hostout/kit";
import { type BufferedFile, openBufferedFile } from "./buffered-file.ts";

/** Where a text is in the files of a run. */
export interface LogPlace {
  /** Name of the file. */
  readonly log: string;
  /** In bytes. */
  readonly from: number;
  readonly bytes: number;
}

type Output = Extract<Event, { type: "output" }>;

/**
 * One file for each host of a run, `web1.log`, with all that was done there and what it wrote. Lines that came one after the other have
 * the time and the command before the first of them.
 */
export function makeHostLogs(folder: string): {
  readonly emit: (event: Event) => void;
  /** Takes lines of an output, the first of which is `event`. */
  readonly keep: (event: Output, text: string) => LogPlace;
  readonly close: () => void;
} {
  const files = new Map<string, BufferedFile>();
  const commands = new Map<number, string>();
  // A name is part of a path here: what is no letter of a host's name is not taken.
  const nameOf = (host: string | undefined) => `${(host ?? "localhost").replaceAll(/[^\w.:-]/g, "_")}.log`;
  const fileOf = (host: string | undefined) => {
    const name = nameOf(host);
    const known = files.get(name);
    if (known) return known;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = openBufferedFile(join(folder, name));
    files.set(name, file);
    return file;
  };
  const headOf = (event: Extract<Event, { task: number }>) =>
    `${event.at} ${event.site} ${commands.get(event.task) ?? ""}: `;
  const say = (event: Extract<Event, { task: number }>, text: string) =>
    fileOf(event.host).add(`${headOf(event)}${text}\n`);
  return {
    keep: (event, text) => {
      const file = fileOf(event.host);
      file.add(`${headOf(event)}${event.severity === "warning" ? "warning: " : ""}`);
      const from = file.size();
      file.add(`${text}\n`);
      return { log: nameOf(event.host), from, bytes: file.size() - from - 1 };
    },
    emit: (event) => {
      if (event.type === "task.start") {
        commands.set(event.task, event.path.join(" "));
        say(event, `begins (${event.plugin})`);
      } else if (event.type === "task.end") {
        say(
          event,
          `${event.status}${event.note ? `, ${event.note}` : ""}${event.error ? `: ${event.error.message}` : ""}`,
        );
        commands.delete(event.task);
      }
    },
    close: () => {
      for (const file of files.values()) file.close();
    },
  };
}
