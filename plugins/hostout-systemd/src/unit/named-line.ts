/** A line of an option with an optional name: `NAME = TEXT` or `TEXT`. */
export interface NamedLine {
  readonly name: string | undefined;
  readonly text: string;
}

/**
 * Reads a line. A name has white space before and after its `=`.
 *
 * @throws Error for a name whose white space is missing, because a program of that name is improbable
 */
export function namedLine(line: string): NamedLine {
  const [, name, text = ""] = /^(\S+)\s+=\s+(\S.*)$/.exec(line) ?? [];
  if (name !== undefined) return { name, text };
  if (/^[\w:.-]+=\S*[\s/]/.test(line)) throw new Error(`'${line}' has no white space before and after its =`);
  return { name: undefined, text: line };
}
