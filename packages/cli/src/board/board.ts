import type { Emit, Event } from "@hostout/kit";
import { Listr, type ListrTask } from "listr2";
import { makeLabels } from "../show/labels.ts";
import type { Reporter } from "../show/reporter.ts";
import type { Style } from "../show/style.ts";
import { visibleEvent } from "../show/visible-event.ts";
import { colouredText } from "../show/visible-text.ts";
import { makeBoardPlaces } from "./board-places.ts";
import { boardRows } from "./board-rows.ts";
import { type LiveArea, makeLiveArea } from "./live-area.ts";

const redrawMs = 100;

interface BoardOptions {
  readonly area?: LiveArea;
}

/**
 * Draws the board for listr2 ten times a second. listr2's own renderer wraps its whole frame again at each
 * update, which stalls with a hundred hosts.
 */
class HostBoard {
  static nonTTY = false;
  static rendererOptions: BoardOptions = {};
  static rendererTaskOptions: never;
  readonly #area: LiveArea | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(_tasks: readonly unknown[], options: BoardOptions) {
    this.#area = options.area;
  }

  render(): void {
    this.#timer = setInterval(() => this.#area?.redraw(), redrawMs);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#area?.redraw();
  }
}

/** Opens the board: lines that scroll, and below them the present task of each host. */
export function openBoard(
  stdout: NodeJS.WriteStream,
  style: Style,
  lines: (write: (text: string) => void) => Emit,
): Reporter {
  const places = makeBoardPlaces();
  let run: Promise<unknown> = Promise.resolve();
  const ended = Promise.withResolvers<void>();
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const area = makeLiveArea(
    (text) => stdout.write(Buffer.from(text)),
    () => boardRows(places.all(), Date.now(), size()).map(style.dim),
    (text) => colouredText(text, style.hasColours),
  );
  const tell = lines(area.write);
  const begin = (event: Extract<Event, { type: "run.start" }>) => {
    const labels = makeLabels(event.targets);
    const tasks = event.targets.map((target): ListrTask => {
      return { title: labels(target), task: () => ended.promise };
    });
    const options = { concurrent: true, exitOnError: false, registerSignalListeners: false } as const;
    run = new Listr(tasks, {
      ...options,
      renderer: HostBoard as never,
      rendererOptions: { area } as never,
    }).run();
  };
  return {
    emit: (told) => {
      const event = visibleEvent(told, style.hasColours);
      if (event.type === "run.start") begin(event);
      places.follow(event);
      if (event.type === "run.end") ended.resolve();
      tell(event);
    },
    pause: area.pause,
    close: async () => {
      ended.resolve();
      await run;
    },
  };
}
