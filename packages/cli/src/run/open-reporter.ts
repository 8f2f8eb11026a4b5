import type { GlobalFlags } from "../line/global-flags.ts";
import { jsonText } from "../show/json-text.ts";
import { type LineSettings, reportLines } from "../show/report-lines.ts";
import type { Reporter } from "../show/reporter.ts";
import { isTerminal, makeStyle } from "../show/style.ts";

/** Opens the reporter of a run: NDJSON with --json, lines with a board in a terminal, or only lines. */
export async function openReporter(
  flags: GlobalFlags,
  stdout: NodeJS.WriteStream,
  environment: Readonly<Record<string, string | undefined>>,
  about: Pick<LineSettings, "canBeResumed" | "warned">,
): Promise<Reporter> {
  const { write, flush } = gatherWrites(stdout);
  const pause = () => {
    flush();
    return () => undefined;
  };
  const idle = { pause, close: async () => flush() };
  if (flags.json) return { ...idle, emit: (event) => write(`${jsonText(event)}\n`) };
  const style = makeStyle(stdout, environment);
  const lines = (write: (text: string) => void) =>
    reportLines({
      write,
      style,
      quiet: flags.quiet ?? false,
      verbose: flags.verbose ?? false,
      folder: process.cwd(),
      width: () => (stdout.isTTY ? stdout.columns : undefined),
      ...about,
    });
  // Text on stderr would disturb the board. So the board needs both streams in the terminal.
  if (!isTerminal(stdout, environment)) return { ...idle, emit: lines(write) };
  const { openBoard } = await import("../board/board.ts");
  return openBoard(stdout, style, lines);
}

const flushCharacters = 65_536;

/** Joins the writes of one turn of the event loop, because each write is a system call. */
function gatherWrites(stdout: NodeJS.WriteStream): {
  readonly write: (text: string) => void;
  readonly flush: () => void;
} {
  let held = "";
  const flush = () => {
    const text = held;
    held = "";
    if (text !== "") stdout.write(text);
  };
  process.once("exit", flush);
  return {
    flush,
    write: (text) => {
      if (held === "") process.nextTick(flush);
      held += text;
      if (held.length > flushCharacters) flush();
    },
  };
}
