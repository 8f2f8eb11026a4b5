/** Rows at the foot of a terminal that are drawn again and again, with lines that scroll by above them. */
export interface LiveArea {
  /** Whole lines, above the rows. */
  readonly write: (text: string) => void;
  readonly redraw: () => void;
  /** Takes the rows away until `resume`. */
  readonly pause: () => () => void;
}

/**
 * `rows` are asked for at each drawing; each must fit into the terminal's width. `shown` takes their power over the terminal from texts:
 * `write` gets that of the area itself too.
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
