/** A sentence of a page, without marks of Markdown. An inline code span is one word, `code`, whatever it holds. */
export interface Sentence {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly text: string;
  readonly place: "heading" | "cell" | "text";
}

/** A heading, a cell, a paragraph or an item of a list: its lines, one string, each with its number. */
interface Block {
  readonly place: Sentence["place"];
  readonly lines: { readonly line: number; readonly text: string }[];
}

/** The sentences of a Markdown page. Fences, indented code and rows that only rule a table are left out. */
export function sentencesOf(markdown: string): readonly Sentence[] {
  return blocksOf(markdown).flatMap(sentencesOfBlock);
}

function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  let fence = false;
  let code = false;
  let blankBefore = true;
  for (const [index, raw] of markdown.split("\n").entries()) {
    const line = index + 1;
    const text = raw.trim();
    if (text.startsWith("```")) {
      fence = !fence;
      open = undefined;
      continue;
    }
    if (fence) continue;
    code = /^ {4}/.test(raw) ? code || blankBefore : code && text === "";
    blankBefore = text === "";
    if (code || text === "") {
      open = undefined;
      continue;
    }
    if (text.startsWith("#")) {
      blocks.push({ place: "heading", lines: [{ line, text: text.replace(/^#+ /, "") }] });
      open = undefined;
    } else if (text.startsWith("|")) {
      if (/^[|\s:-]+$/.test(text)) continue;
      for (const cell of cellsOf(text)) blocks.push({ place: "cell", lines: [{ line, text: cell }] });
      open = undefined;
    } else {
      const item = /^(?:[-*]|\d+\.) (.*)$/.exec(text);
      if (open === undefined || item !== null) {
        open = { place: "text", lines: [] };
        blocks.push(open);
      }
      open.lines.push({ line, text: item?.[1] ?? text });
    }
  }
  return blocks;
}

function cellsOf(row: string): readonly string[] {
  return row
    .replaceAll(/`[^`]*`/g, "`code`")
    .split("|")
    .map((cell) => cell.trim())
    .filter((cell) => cell !== "");
}

function sentencesOfBlock({ place, lines }: Block): readonly Sentence[] {
  // The ends of lines stay, so that a sentence finds its line again.
  const joined = plain(lines.map(({ text }) => text).join("\n"));
  const sentences: Sentence[] = [];
  let start = 0;
  for (const part of joined.split(/(?<=[.!?]["')]?)[ \n]+/)) {
    const at = joined.indexOf(part, start);
    start = at + part.length;
    const above = joined.slice(0, at).split("\n").length - 1;
    sentences.push({ line: lines[above]!.line, text: part.replaceAll("\n", " "), place });
  }
  return sentences;
}

/** Without code, links and emphasis. */
function plain(text: string): string {
  return text
    .replaceAll(/`[^`]*`/g, (span) => `\`code\`${"\n".repeat(span.split("\n").length - 1)}`)
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/\*\*|(?<=\s|^)\*(?=\S)|(?<=\S)\*(?=\s|[.,:;]|$)/g, "");
}
