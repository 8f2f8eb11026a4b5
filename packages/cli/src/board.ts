import type { Emit, Event } from "@hostout/kit";
import { Listr, type ListrTask } from "listr2";
import { type BoardPlace, boardRows, bytesText } from "./board-rows.ts";
import { type LiveArea, makeLiveArea } from "./live-area.ts";
import { type Label, makeLabels } from "./report-lines.ts";
import type { Reporter } from "./reporter.ts";
import type { Style } from "./style.ts";

const redrawMs = 100;

interface Place {
  readonly label: string;
  readonly tasks: Map<number, NonNullable<BoardPlace["doing"]>>;
  failed: boolean;
}

interface BoardOptions {
  readonly area?: LiveArea;
}

/**
 * Draws the board ten times a second for listr2, whose own renderer re-wraps its whole frame at each update and stands
 * still with a hundred hosts.
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

/** Lines that scroll by, and below them what each host does now. */
export function openBoard(
  stdout: NodeJS.WriteStream,
  style: Style,
  lines: (write: (text: string) => void) => Emit,
): Reporter {
  const places = new Map<string, Place>();
  let labels = makeLabels([]);
  let total = 0;
  let run: Promise<unknown> = Promise.resolve();
  const ended = Promise.withResolvers<void>();
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const area = makeLiveArea(
    (text) => stdout.write(text),
    () => boardRows([...places.values()].map(shown), Date.now(), size(), total).map(style.dim),
  );
  const tell = lines(area.write);
  const begin = (event: Extract<Event, { type: "run.start" }>) => {
    labels = makeLabels(event.targets);
    total = event.targets.length;
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
    emit: (event) => {
      if (event.type === "run.start") begin(event);
      follow(places, labels, event);
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

function shown({ label, tasks, failed }: Place): BoardPlace {
  return { label, failed, doing: [...tasks.values()].at(-1) };
}

/** What an event changes on the board. A task may stand within another of its place: the inner one is shown. */
function follow(places: Map<string, Place>, labels: Label, event: Event): void {
  if (event.type === "run.end") places.clear();
  if (event.type === "run.start" || event.type === "run.end") return;
  const label = labels(event);
  const place = places.get(label) ?? { label, tasks: new Map(), failed: false };
  places.set(label, place);
  const task = place.tasks.get(event.task);
  if (event.type === "task.start")
    place.tasks.set(event.task, { command: event.path.join(" "), sinceMs: Date.parse(event.at) });
  else if (event.type === "progress" && task)
    place.tasks.set(event.task, { ...task, bytes: bytesText(event.doneBytes, event.totalBytes) });
  else if (event.type === "task.end") {
    place.tasks.delete(event.task);
    place.failed ||= event.status === "failed";
  }
}
