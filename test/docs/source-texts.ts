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

/** The texts that a TypeScript source writes for users: summaries and descriptions of help, messages, hints, warnings and notes. */
export function messagesAsPage(source: string): string {
  const texts =
    /(?<=\b(?:summary|description|message|hint|note|label):\s*|\b(?:warn|note|detail)\(\s*)(?:"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)/g;
  return pageOf(source, texts, (line) =>
    line
      .replace(/^["`]/, "- ")
      .replace(/["`]$/, "")
      .replaceAll(/\$\{[^}]*\}/g, "`code`"),
  );
}

/** A page of as many lines as the source, with the matches alone. */
function pageOf(source: string, pattern: RegExp, plain: (line: string) => string): string {
  const page = source.split("\n").map(() => "");
  for (const { 0: text, index } of source.matchAll(pattern)) {
    const first = source.slice(0, index).split("\n").length - 1;
    for (const [offset, line] of text.split("\n").entries()) page[first + offset] = plain(line);
  }
  return page.join("\n");
}
