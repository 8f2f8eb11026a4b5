import type { Event } from "@hostout/kit";

type Output = Extract<Event, { type: "output" }>;

/** Lines of one output in the journal. Their text is in a file of the host beside it. */
export interface StoredOutput extends Omit<Output, "line"> {
  /** The name of that file. */
  readonly log: string;
  /** The offset and the length of the text, in bytes. */
  readonly from: number;
  readonly bytes: number;
  /** Whether the text is one line that contains line ends. */
  readonly isWhole?: true;
}

const flushMs = 200;
const flushCharacters = 65_536;

/** Joins consecutive lines of one task and stream into one text. */
export interface OutputBlocks {
  readonly add: (event: Output) => void;
  /** Passes the gathered lines on. */
  readonly flush: () => void;
}

/**
 * Creates the gatherer.
 *
 * @param keep receives the first event of a block, and the text of all its lines
 */
export function gatherOutput(keep: (first: Output, text: string, isWhole: boolean) => void): OutputBlocks {
  let first: Output | undefined;
  let text = "";
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const event = first;
    first = undefined;
    if (event) keep(event, text, false);
  };
  return {
    flush,
    add: (event) => {
      if (event.line.includes("\n")) {
        flush();
        return keep(event, event.line, true);
      }
      if (first && !isSameOutput(first, event)) flush();
      text = first ? `${text}\n${event.line}` : event.line;
      first ??= event;
      if (text.length > flushCharacters) flush();
      else timer ??= setTimeout(flush, flushMs).unref();
    },
  };
}

function isSameOutput(one: Output, other: Output): boolean {
  return (
    one.task === other.task &&
    one.stream === other.stream &&
    one.machine === other.machine &&
    one.severity === other.severity
  );
}

/**
 * Returns the events of a stored output, one for each line. `read` returns a part of a file; the part is
 * shorter if the file was cut off.
 */
export function* storedLines(
  stored: StoredOutput,
  read: (log: string, from: number, bytes: number) => string,
): Generator<Event> {
  const { log, from, bytes, isWhole, ...event } = stored;
  const text = read(log, from, bytes);
  for (const line of isWhole ? [text] : text.split("\n")) yield { ...event, line };
}
