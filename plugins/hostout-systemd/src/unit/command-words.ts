/** Characters that only a shell understands. */
const ofShell = /[;&|<>()`$]/;

/**
 * Splits a command line into its words, as a shell does: by white space, with `'…'`, `"…"` and `\`. No shell runs the
 * words, so variables, pipes and redirections are refused.
 *
 * @throws Error with the fault
 */
export function commandWords(line: string): readonly [string, ...string[]] {
  const words: string[] = [];
  let word: string | undefined;
  let rest = line;
  while (rest !== "") {
    const [piece = ""] = /^(?:\s+|'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\]+)/s.exec(rest) ?? [];
    if (piece === "") throw new Error(`'${line}' has a quote or a backslash without an end`);
    rest = rest.slice(piece.length);
    if (/^\s/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + textOf(piece, line);
  }
  if (word !== undefined) words.push(word);
  const [first, ...others] = words;
  if (!first) throw new Error(`'${line}' names no program`);
  if (/^[A-Za-z_]\w*=/.test(first))
    throw new Error(`'${line}' begins with a variable: set it in service-environment`);
  return [first, ...others];
}

function textOf(piece: string, line: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith("\\")) return piece.slice(1);
  const isQuoted = piece.startsWith('"');
  const sign = (isQuoted ? /(?<!\\)[`$]/ : ofShell).exec(piece)?.[0];
  if (sign !== undefined)
    throw new Error(`'${line}' has a ${sign} for a shell, and no shell reads the line: write sh -c '…'`);
  return isQuoted ? piece.slice(1, -1).replace(/\\(["\\`$])/g, "$1") : piece;
}
