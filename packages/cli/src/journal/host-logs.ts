import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "@hostout/kit";
import { type BufferedFile, openBufferedFile } from "./buffered-file.ts";

/** The place of a text in the files of a run. */
export interface LogPlace {
  /** The name of the file. */
  readonly log: string;
  /** The offset in bytes. */
  readonly from: number;
  readonly bytes: number;
}

type Output = Extract<Event, { type: "output" }>;

/**
 * Writes one file for each host of a run, such as `web1.log`, with the tasks on it and their output. A time and
 * a command stand before each group of lines.
 */
export function makeHostLogs(folder: string): {
  readonly emit: (event: Event) => void;
  /** Stores lines of one output, the first of which is `event`. */
  readonly keep: (event: Output, text: string) => LogPlace;
  readonly close: () => void;
} {
  const files = new Map<string, BufferedFile>();
  const commands = new Map<number, string>();
  // The name becomes part of a path, so every unusual character is replaced.
  const nameOf = (host: string | undefined) => `${(host ?? "localhost").replaceAll(/[^\w.:-]/g, "_")}.log`;
  const fileOf = (host: string | undefined) => {
    const name = nameOf(host);
    const known = files.get(name);
    if (known) return known;
    if (files.size === 0) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = openBufferedFile(join(folder, name), false);
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
