import { blankClass, strip } from "../text/white-space.ts";

/** `[name]` or `[name: condition]`. */
export interface Header {
  readonly name: string;
  /** Undefined without a condition. `[name:]` has none. */
  readonly condition: string | undefined;
}

const opening = new RegExp(`^\\[[${blankClass}]*([^${blankClass}#[\\]:;{}]+)[${blankClass}]*([:\\]])`);

/**
 * Reads a header. Undefined when the line is not a header. Only a comment may follow the last `]`. A
 * condition has no `#` or `;` (written `\x23`, `\x3b`). A condition may contain brackets, because it ends at
 * the last `]` before a comment.
 */
export function readHeader(line: string): Header | undefined {
  if (line[0] !== "[") return undefined;
  const match = opening.exec(line);
  if (!match) return undefined;
  const [all, name = "", end] = match;
  const rest = line.slice(all.length);
  const comment = rest.search(/[#;]/);
  const before = strip(comment < 0 ? rest : rest.slice(0, comment));
  if (end === "]") return before === "" ? { name, condition: undefined } : undefined;
  if (!before.endsWith("]")) return undefined;
  const raw = rest.slice(0, rest.lastIndexOf("]", comment < 0 ? rest.length : comment));
  return { name, condition: raw === "" ? undefined : raw };
}
