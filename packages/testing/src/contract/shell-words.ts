/**
 * A character of a word as a program receives it. If it is not literal, the shell may give it a special
 * meaning.
 */
export interface ShellChar {
  readonly char: string;
  readonly literal: boolean;
}

/**
 * Splits a POSIX shell line into words and removes quotes (XCU 2.2). Operators stay in the words, as
 * characters that are not literal.
 */
export function shellWords(line: string): readonly (readonly ShellChar[])[] {
  const words: ShellChar[][] = [];
  let word: ShellChar[] | undefined;
  const add = (char: string, literal: boolean) => {
    if (!word) {
      word = [];
      words.push(word);
    }
    word.push({ char, literal });
  };
  let quote = "";
  for (let index = 0; index < line.length; index++) {
    const char = line[index]!;
    const next = line[index + 1] ?? "";
    if (quote === "'") {
      if (char === "'") quote = "";
      else add(char, true);
    } else if (char === "\\" && (quote === "" || /[$`"\\]/.test(next))) {
      add(next, true);
      index++;
    } else if (quote === '"') {
      if (char === '"') quote = "";
      else add(char, char !== "$" && char !== "`");
    } else if (char === "'" || char === '"') {
      quote = char;
    } else if (/\s/.test(char)) word = undefined;
    else add(char, /[\w@%+=:,./-]/.test(char));
  }
  return words;
}

const textOf = (word: readonly ShellChar[]) => word.map(({ char }) => char).join("");

/**
 * Whether `value` reaches programs unchanged, wherever its `mark` appears in a line. `mark` is a part of
 * `value` without special characters.
 */
export function isQuoted(line: string, value: string, mark: string): boolean {
  const words = shellWords(line);
  return words.every((word, index) => {
    const text = textOf(word);
    if (!text.includes(mark)) return true;
    if (isScript(words.slice(0, index).map(textOf))) return isQuoted(text, value, mark);
    const start = text.indexOf(value);
    const whole = start >= 0 && word.slice(start, start + value.length).every(({ literal }) => literal);
    return whole && !text.replaceAll(value, "").includes(mark);
  });
}

/** Whether the word after these words is itself a shell line: `sh -c`, `bash -lc`, `su -c`. */
function isScript(before: readonly string[]): boolean {
  if (!/^-\w*c$/.test(before.at(-1) ?? "")) return false;
  const program = before.slice(0, -1).findLast((word) => !word.startsWith("-")) ?? "";
  return /(^|\/)(sh|bash|dash|ash|ksh|zsh|su)$/.test(program);
}
