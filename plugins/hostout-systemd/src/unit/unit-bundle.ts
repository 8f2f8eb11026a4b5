import type { Unit } from "./unit.ts";

/** Joins units into one text: a line `unit NAME`, then the lines of its file, each after a space. */
export function bundleOf(units: readonly Unit[]): string {
  return units.map(({ name, text }) => `unit ${name}\n${indent(text)}`).join("");
}

/** Splits the text of {@link bundleOf}. */
export function unitsIn(bundle: string): readonly Unit[] {
  return blocksIn(bundle).flatMap(({ head: [kind, name = ""], text }) =>
    kind === "unit" ? [{ name, text }] : [],
  );
}

/** A block of an answer of a host: the words of its first line, and the text that followed. */
export interface Block {
  readonly head: readonly string[];
  readonly text: string;
}

/** Splits a text into blocks: each begins with a line of words, and its further lines begin with a space. */
export function blocksIn(text: string): readonly Block[] {
  return text
    .split(/\n(?! )/)
    .filter((block) => block !== "")
    .map((block) => {
      const [head = "", ...lines] = block.split("\n");
      return { head: head.split(" "), text: lines.map((line) => `${line.slice(1)}\n`).join("") };
    });
}

function indent(text: string): string {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => ` ${line}\n`)
    .join("");
}
