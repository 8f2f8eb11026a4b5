import { StringDecoder } from "node:string_decoder";

/** The longest line that hostout reports whole, in characters. */
const longestLine = 65_536;

/** Cuts bytes into whole lines. `end` reports the text after the last line end. */
export interface LineReader {
  readonly write: (chunk: Uint8Array) => void;
  readonly end: () => void;
}

export function readLines(tell: (line: string) => void): LineReader {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const take = (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) tell(clean(line));
    if (rest.length > longestLine) {
      tell(clean(rest));
      rest = "";
    }
  };
  return {
    write: (chunk) => take(decoder.write(Buffer.from(chunk))),
    end: () => {
      take(decoder.end());
      if (rest !== "") tell(clean(rest));
      rest = "";
    },
  };
}

/** Removes overwritten text: a progress bar writes over itself with `\r`, and the last text counts. */
function clean(line: string): string {
  const whole = line.endsWith("\r") ? line.slice(0, -1) : line;
  return whole.slice(whole.lastIndexOf("\r") + 1);
}
