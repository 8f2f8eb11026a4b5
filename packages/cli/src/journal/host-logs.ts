import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "@hostout/kit";
import { type BufferedFile, openBufferedFile } from "./buffered-file.ts";

/** One file for each host of a run, `web1.log`, with all that was done there and what it wrote. */
export function makeHostLogs(folder: string): {
  readonly emit: (event: Event) => void;
  readonly close: () => void;
} {
  const files = new Map<string, BufferedFile>();
  const commands = new Map<number, string>();
  const fileOf = (host: string | undefined) => {
    // A name is part of a path here: what is no letter of a host's name is not taken.
    const name = (host ?? "localhost").replaceAll(/[^\w.:-]/g, "_");
    const known = files.get(name);
    if (known) return known;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = openBufferedFile(join(folder, `${name}.log`));
    files.set(name, file);
    return file;
  };
  const say = (event: Extract<Event, { task: number }>, text: string) =>
    fileOf(event.host).add(`${event.at} ${event.site} ${commands.get(event.task) ?? ""}: ${text}\n`);
  return {
    emit: (event) => {
      if (event.type === "task.start") {
        commands.set(event.task, event.path.join(" "));
        say(event, `begins (${event.plugin})`);
      } else if (event.type === "output")
        say(event, event.severity === "warning" ? `warning: ${event.line}` : event.line);
      else if (event.type === "task.end") {
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
