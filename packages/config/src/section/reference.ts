import { ConfigError } from "../config-error.ts";

/** `${section:option}`. An empty section means the section that uses it. */
export interface Reference {
  /** With its braces. */
  readonly written: string;
  readonly section: string;
  readonly option: string;
}

/** A piece of a value: text, a reference, or a malformed reference with its error. */
export type Piece = string | Reference | { readonly written: string; readonly fault: ConfigError };

/** Whether a value may have references. Most values have none. */
export function hasReferences(text: string): boolean {
  return text.includes("${");
}

/**
 * Splits a value into text and references. `$$` stays text with both dollars, because a later reader halves
 * it. A reference extends from `${` to the next `}`, also over line ends. Without a `}`, the rest is text.
 */
export function piecesOf(text: string): readonly Piece[] {
  if (!hasReferences(text)) return [text];
  const pieces: Piece[] = [];
  for (const [index, part] of text.split("$$").entries()) {
    if (index > 0) pieces.push("$$");
    let at = 0;
    for (;;) {
      const start = part.indexOf("${", at);
      const end = start < 0 ? -1 : part.indexOf("}", start);
      if (end < 0) break;
      pieces.push(part.slice(at, start), readReference(part.slice(start, end + 1)));
      at = end + 1;
    }
    pieces.push(part.slice(at));
  }
  return pieces;
}

const nameForm = /^[-a-zA-Z0-9 ._]+$/;

function readReference(written: string): Piece {
  const parts = written.slice(2, -1).split(":");
  const [section = "", option = ""] = parts;
  const refuse = (
    kind: "no-colon" | "too-many-colons" | "bad-section-name" | "bad-option-name",
    what: string,
  ) => {
    const hint = `A reference is \${section:option}. To have it as text, write $${written}.`;
    return { written, fault: new ConfigError({ kind, message: `${written} ${what}`, hint }) };
  };
  if (parts.length < 2) return refuse("no-colon", "has no colon");
  if (parts.length > 2) return refuse("too-many-colons", "has too many colons");
  if (section !== "" && !nameForm.test(section))
    return refuse(
      "bad-section-name",
      `names the section '${section}', which has characters that no reference can have`,
    );
  if (!nameForm.test(option))
    return refuse(
      "bad-option-name",
      `names the option '${option}', which has characters that no reference can have`,
    );
  return { written, section, option };
}
