/**
 * The doc comments of a TypeScript source as a page. Each line stays on its line, and each comment is a paragraph of its own.
 */
export function commentsAsPage(source: string): string {
  return pageOf(source, /\/\*\*[\s\S]*?\*\//g, (line) =>
    line
      .replace(/^\s*\/?\*+(?!\/) ?/, "")
      .replace(/\s*\*\/$/, "")
      .replaceAll(/\{@link ([^}]*)\}/g, "`$1`")
      // A tag begins a paragraph, as an item of a list does.
      .replace(/^@(?:param \S+|throws(?: [A-Z]\w+)?|\w+)\s*/, "- "),
  );
}

/**
 * The texts that a TypeScript source writes for users: all literals of a line that have three words in a row. Scripts for a shell
 * are no texts.
 */
export function messagesAsPage(source: string): string {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, (comment) =>
    comment.replace(/[^\n]/g, " "),
  );
  const literals = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
  return pageOf(code, literals, (line, whole) =>
    /[a-z]+ [a-z]+ [a-z]+/i.test(line) && !whole.includes("\n") && !/\$\(|&& |\|\| |>&2/.test(line)
      ? line
          .replace(/^["`](?:\\n)*/, "- ")
          .replace(/["`]$/, "")
          .replaceAll(/\$\{[^}]*\}/g, "`code`")
      : "",
  );
}

/** A page of as many lines as the source, with the matches alone. */
function pageOf(source: string, pattern: RegExp, plain: (line: string, whole: string) => string): string {
  const page = source.split("\n").map(() => "");
  for (const { 0: text, index } of source.matchAll(pattern)) {
    const first = source.slice(0, index).split("\n").length - 1;
    for (const [offset, line] of text.split("\n").entries()) {
      // Several texts of one line are sentences.
      const texts = [page[first + offset]!, plain(line, text)].filter((one) => one !== "");
      page[first + offset] = texts
        .map((one, index) => (index === 0 ? one : one.replace(/^- /, "")))
        .join(". ");
    }
  }
  return page.join("\n");
}
