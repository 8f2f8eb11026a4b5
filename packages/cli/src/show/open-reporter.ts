import type { GlobalFlags } from "../line/global-flags.ts";
import { jsonText } from "./json-text.ts";
import { type LineSettings, reportLines } from "./report-lines.ts";
import type { Reporter } from "./reporter.ts";
import { isTerminal, makeStyle } from "./style.ts";

/** NDJSON with --json, a board under the lines in a terminal, lines alone elsewhere. */
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
  // What is written to stderr meanwhile would stand in the board, so both must be the terminal's, or neither matters.
  if (!isTerminal(stdout, environment)) return { ...idle, emit: lines(write) };
  const { openBoard } = await import("../board/board.ts");
  return openBoard(stdout, style, lines);
}

const flushCharacters = 65_536;

/** Writes what comes in one turn of the event loop at once: each write is a call of the system. */
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
