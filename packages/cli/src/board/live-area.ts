/** The rows at the foot of a terminal that are redrawn, below lines that scroll. */
export interface LiveArea {
  /** Writes whole lines above the rows. */
  readonly write: (text: string) => void;
  readonly redraw: () => void;
  /** Removes the rows until `resume`. */
  readonly pause: () => () => void;
}

/**
 * Creates a live area. The area calls `rows` for each drawing. Each row must fit into the terminal's width.
 * `shown` removes control characters from texts. `write` also gets the control characters of the area itself.
 */
export function makeLiveArea(
  write: (text: string) => void,
  rows: () => readonly string[],
  shown: (text: string) => string,
): LiveArea {
  let drawn = 0;
  let paused = 0;
  const clear = () => {
    const text = drawn === 0 ? "" : `\u001b[${drawn}F\u001b[J`;
    drawn = 0;
    return text;
  };
  const draw = () => {
    const lines = paused > 0 ? [] : rows();
    drawn = lines.length;
    return lines.map((line) => `${shown(line)}\n`).join("");
  };
  const show = (text: string) => {
    if (text !== "") write(text);
  };
  return {
    write: (text) => show(clear() + shown(text) + draw()),
    redraw: () => show(clear() + draw()),
    pause: () => {
      show(clear());
      paused++;
      return () => {
        paused--;
      };
    },
  };
}
