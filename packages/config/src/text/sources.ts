import type { Excerpt, Place } from "../config-error.ts";
import type { Origin } from "../section/value.ts";
import { hideSecret } from "./secret-name.ts";

const lineEnd = /\r\n|\r|\n/;

/**
 * Returns the lines of a text. Text after the last line end counts as a line only if it is not empty. Drops a
 * leading U+FEFF.
 */
export function linesOf(text: string): readonly string[] {
  const lines = (text.startsWith("\uFEFF") ? text.slice(1) : text).split(lineEnd);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** The texts of all files, kept to show the lines of errors. */
export class Sources {
  readonly #texts = new Map<string, string>();
  readonly #lines = new Map<string, readonly string[]>();

  add(file: string, text: string): void {
    this.#texts.set(file, text);
  }

  /**
   * Finds `needle` in the setting that begins at `origin`: on its own line, or on one of its continuation
   * lines. If the search fails, returns the setting's first line.
   */
  find(origin: Origin, needle: string): Place {
    const lines = this.#linesOf(origin.file);
    for (let index = origin.line - 1; index >= 0 && index < lines.length; index++) {
      const line = lines[index]!;
      if (index >= origin.line && line !== "" && !/^[\s#;]/.test(line)) break;
      const isComment = /^[#;]/.test(line);
      const at = isComment ? -1 : line.indexOf(needle, index === origin.line - 1 ? line.indexOf("=") + 1 : 0);
      if (at >= 0) return placeIn(origin.file, index + 1, line, at + 1, needle.length);
    }
    return this.line(origin);
  }

  /** Returns the place of a whole line. */
  line(origin: Origin): Place {
    const line = this.#linesOf(origin.file)[origin.line - 1];
    return line === undefined ? origin : placeIn(origin.file, origin.line, line, origin.column ?? 1);
  }

  #linesOf(file: string): readonly string[] {
    const known = this.#lines.get(file) ?? linesOf(this.#texts.get(file) ?? "");
    this.#lines.set(file, known);
    return known;
  }
}

/** Makes a place with its line. Marks `length` characters, or all to the end. */
export function placeIn(file: string, line: number, text: string, column: number, length?: number): Place {
  const shown = hideSecret(text);
  const end = Math.max(column, shown.trimEnd().length + 1);
  const excerpt: Excerpt = { text: shown, length: Math.min(length ?? end, end - column || 1) };
  return { file, line, column, excerpt };
}
