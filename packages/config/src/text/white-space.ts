/**
 * White space as in Python's `str.strip`: JavaScript's without U+FEFF, with U+001C to U+001F and U+0085. Uses
 * loops, because a regular expression takes quadratic time for a run of blanks that does not end the text.
 */

/** Blanks for a character class of a regular expression. */
export const blankClass =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const blank = new RegExp(`^[${blankClass}]$`);

/** Whether the character at `index` is blank. Most characters are ASCII, and need no regular expression. */
function isBlankAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code > 32 && code < 128) return false;
  return code === 32 || blank.test(text[index]!);
}

/** Whether a text begins with a blank. False for an empty text. */
export function beginsBlank(text: string): boolean {
  return text !== "" && isBlankAt(text, 0);
}

export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isBlankAt(text, end - 1)) end--;
  return text.slice(0, end);
}

export function stripStart(text: string): string {
  let start = 0;
  while (start < text.length && isBlankAt(text, start)) start++;
  return text.slice(start);
}

export function strip(text: string): string {
  return stripStart(stripEnd(text));
}

const blanks = new RegExp(`[${blankClass}]+`);

/** Returns the words of a text, separated by white space. */
export function wordsOf(text: string): readonly string[] {
  return text.split(blanks).filter((word) => word !== "");
}
