import type { Event } from "@hostout/kit";

type Output = Extract<Event, { type: "output" }>;

/** Lines of one output, as the journal has them: their text is in a file of the host beside it. */
export interface StoredOutput extends Omit<Output, "line"> {
  /** Name of that file. */
  readonly log: string;
  /** Where the text begins in it, and its length, in bytes. */
  readonly from: number;
  readonly bytes: number;
  /** It is one line in which there are line ends. */
  readonly isWhole?: true;
}

const flushMs = 200;
const flushCharacters = 65_536;

/** Lines of one task and stream that came one after the other, put into one text. */
export interface OutputBlocks {
  readonly add: (event: Output) => void;
  /** Hands on what is gathered. */
  readonly flush: () => void;
}

/** @param keep takes the first event of a block, and the text of all its lines */
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

/** The events of what was stored, a line each. `read` gets a part of a file; less, where it was cut off. */
export function* storedLines(
  stored: StoredOutput,
  read: (log: string, from: number, bytes: number) => string,
): Generator<Event> {
  const { log, from, bytes, isWhole, ...event } = stored;
  const text = read(log, from, bytes);
  for (const line of isWhole ? [text] : text.split("\n")) yield { ...event, line };
}
