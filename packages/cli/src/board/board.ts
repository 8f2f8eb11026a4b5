import type { Emit, Event } from "@hostout/kit";
import { Listr, ListrTaskEventType, type ListrTaskObject } from "listr2";
import type { Reporter } from "../show/reporter.ts";
import type { Style } from "../show/style.ts";
import { visibleEvent } from "../show/visible-event.ts";
import { colouredText } from "../show/visible-text.ts";
import { type BoardPlace, makeBoardPlaces } from "./board-places.ts";
import { boardRows } from "./board-rows.ts";
import { type HostTasks, makeHostTasks } from "./host-tasks.ts";
import { makeLiveArea } from "./live-area.ts";

const redrawMs = 100;

/** A task of listr2, whatever its renderer. */
type Task = Pick<
  ListrTaskObject<unknown, never, never>,
  "title" | "output" | "isCompleted" | "hasFailed" | "on"
>;

interface BoardOptions {
  /** Receives each task of listr2 at first, and at each change. */
  readonly changed: (task: Task) => void;
  /** Called ten times a second. */
  readonly draw: () => void;
}

/**
 * The renderer of listr2: draws its tasks as the rows of the board. listr2's own renderer wraps its whole frame again at
 * each update, which stalls with a hundred hosts.
 */
class HostBoard {
  static nonTTY = false;
  static rendererOptions: BoardOptions;
  static rendererTaskOptions: never;
  readonly #tasks: readonly Task[];
  readonly #options: BoardOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(tasks: readonly Task[], options: BoardOptions) {
    this.#tasks = tasks;
    this.#options = options;
  }

  render(): void {
    const { changed, draw } = this.#options;
    followTasks(this.#tasks, changed);
    this.#timer = setInterval(draw, redrawMs);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#options.draw();
  }
}

/** Calls `changed` with each task now, and whenever its state or its output changes. */
export function followTasks(tasks: readonly Task[], changed: (task: Task) => void): void {
  for (const task of tasks) {
    const change = () => changed(task);
    change();
    task.on(ListrTaskEventType.STATE, change);
    task.on(ListrTaskEventType.OUTPUT, change);
  }
}

/** Returns the place of a task, as its state and its output in listr2 say. */
export function boardPlace(
  task: Task,
  { sinceMs, isHost }: Pick<HostTasks, "sinceMs" | "isHost">,
): BoardPlace {
  const { title = "", output = "" } = task;
  const state = task.hasFailed() ? "failed" : task.isCompleted() ? "done" : "open";
  return {
    label: title,
    doing: output === "" ? undefined : { text: output, sinceMs: sinceMs(title) },
    state: isHost(title) ? state : undefined,
  };
}

/** Opens the board: lines that scroll, and below them the present step of each host. */
export function openBoard(
  stdout: NodeJS.WriteStream,
  style: Style,
  lines: (write: (text: string) => void) => Emit,
): Reporter {
  let hosts: HostTasks | undefined;
  let run: Promise<unknown> = Promise.resolve();
  const places = makeBoardPlaces();
  let isOver = false;
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const area = makeLiveArea(
    (text) => stdout.write(Buffer.from(text)),
    () => (isOver ? [] : boardRows(places, Date.now(), size()).map(style.dim)),
    (text) => colouredText(text, style.hasColours),
  );
  const tell = lines(area.write);
  const begin = (event: Extract<Event, { type: "run.start" }>) => {
    const started = makeHostTasks(event);
    hosts = started;
    const changed = (task: Task) => places.update(boardPlace(task, started));
    const options = { concurrent: true, exitOnError: false, registerSignalListeners: false } as const;
    run = new Listr([...started.tasks], {
      ...options,
      renderer: HostBoard as never,
      rendererOptions: { changed, draw: area.redraw } as never,
    }).run();
  };
  return {
    emit: (told) => {
      const event = visibleEvent(told, style.hasColours);
      if (event.type === "run.start") begin(event);
      if (event.type === "run.end") isOver = true;
      hosts?.follow(event);
      tell(event);
    },
    pause: area.pause,
    close: async () => {
      isOver = true;
      hosts?.close();
      await run;
    },
  };
}
