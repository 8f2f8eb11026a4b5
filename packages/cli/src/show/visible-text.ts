/**
 * The characters that act on a terminal or reorder a text. They are C0 without tab and line end, DEL and C1
 * (https://en.wikipedia.org/wiki/C0_and_C1_control_codes). They also include the overrides and isolates of
 * writing direction (https://www.unicode.org/reports/tr9/).
 */
const sign = "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]";
const colour = "\\u001b\\[[\\d;:]*m";

// Most lines contain none of them.
const hasSign = new RegExp(sign);
const signs = new RegExp(sign, "g");
const coloursAndSigns = new RegExp(`${colour}|${sign}`, "g");

/**
 * Returns a text of a host or a file with its control characters made visible: `\x1b` for an escape. Tabs and
 * line ends stay.
 */
export function visibleText(text: string): string {
  return hasSign.test(text) ? text.replaceAll(signs, shown) : text;
}

/** Returns a text like {@link visibleText}. Colours stay if `hasColours`, else they are removed. */
export function colouredText(text: string, hasColours: boolean): string {
  if (!hasSign.test(text)) return text;
  return text.replaceAll(coloursAndSigns, (found) => {
    if (found.length === 1) return shown(found);
    return hasColours ? found : "";
  });
}

/** Returns a line of a command's output like {@link colouredText}. Its colours end with the line. */
export function visibleLine(line: string, hasColours: boolean): string {
  const text = colouredText(line, hasColours);
  return text.includes("\u001b") ? `${text}\u001b[0m` : text;
}

/** Returns data with each text like {@link visibleText}. */
export function visibleData<T>(data: T): T {
  return mapTexts(data) as T;
}

function mapTexts(value: unknown): unknown {
  if (typeof value === "string") return visibleText(value);
  if (Array.isArray(value)) return value.map(mapTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [visibleText(key), mapTexts(one)]));
}

function shown(found: string): string {
  const code = found.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, "0")}`;
}
