/**
 * Quotes a text as one word of a unit file (systemd.syntax(7)): `%` would begin a specifier, `\` an escape. For lists of
 * words such as `Environment` and `ReadWritePaths`.
 *
 * @throws Error for a control character: no line of a unit file can hold it
 */
export function unitWord(text: string): string {
  const inner = unitText(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return /^[\w@%+=:,./-]+$/.test(inner) ? inner : `"${inner}"`;
}

/** Quotes a word of a command line (systemd.service(5)): systemd expands `$NAME` there, too. */
export function commandWord(text: string): string {
  return unitWord(text.replaceAll("$", "$$$$"));
}

/**
 * Escapes the rest of a line that systemd does not split into words, such as `Description` and `WorkingDirectory`.
 *
 * @throws Error for a control character
 */
export function unitText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are refused
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new Error(`${JSON.stringify(text)} has a control character, which no unit may hold`);
  return text.replaceAll("%", "%%");
}
