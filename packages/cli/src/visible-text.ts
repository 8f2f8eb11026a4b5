// C0 without tab and line end, DEL, C1: https://en.wikipedia.org/wiki/C0_and_C1_control_codes
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const colour = /\u001b\[[\d;:]*m/g;

// Most lines have none of them.
const hasControl = new RegExp(control.source);

/** Text of a host or a file without power over the terminal: `\x1b` for an escape. Tabs and line ends stay. */
export function visibleText(text: string): string {
  if (!hasControl.test(text)) return text;
  return text.replaceAll(control, (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** A line that a command wrote: as {@link visibleText}, but its colours stay where there are colours, and go elsewhere. */
export function visibleLine(line: string, hasColours: boolean): string {
  if (!hasControl.test(line)) return line;
  const colours = line.match(colour);
  if (!colours || !hasColours) return visibleText(line.replaceAll(colour, ""));
  const parts = line.split(colour).map(visibleText);
  return `${parts.map((part, index) => part + (colours[index] ?? "")).join("")}\u001b[0m`;
}
