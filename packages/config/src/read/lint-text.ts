import type { Origin } from "../section/value.ts";
import { linesOf } from "../text/sources.ts";
import { beginsBlank, strip } from "../text/white-space.ts";
import { readHeader } from "./read-header.ts";

/** A line that is legal, but probably a mistake. */
export interface TextFinding {
  readonly message: string;
  readonly origin: Origin;
  readonly hint: string;
}

/** Finds mistakes in a file that its lines alone show. */
export function lintText(file: string, text: string): readonly TextFinding[] {
  const findings: TextFinding[] = [];
  const indents = new Set<string>();
  let option: string | undefined;
  let isBlock = false;
  for (const [index, line] of linesOf(text).entries()) {
    const at = (message: string, hint: string) =>
      findings.push({ message, hint, origin: { file, line: index + 1 } });
    if (strip(line) === "" || /^[#;]/.test(line)) continue;
    if (beginsBlank(line)) {
      const indent = /^\s*/.exec(line)![0];
      if (indent.includes("\t") && indent.includes(" "))
        at("tabs and blanks are mixed before this line", "Indent with blanks.");
      else if (indents.size === 1 && !indents.has(indent[0]!))
        at("this file indents with tabs and with blanks", "Indent with blanks.");
      indents.add(indent[0]!);
      // Below a name alone, the line is probably part of a template.
      if (option !== undefined && !isBlock && readHeader(strip(line)))
        at(
          `this is text of the value of '${option}', and no section`,
          "A header begins in the first column.",
        );
      continue;
    }
    isBlock = strip(line).endsWith("=");
    if (/=.*\S\s+#/.test(line)) {
      const message = `the text after # belongs to the value of '${/^[^=]*?(?=\s*[-+]?=)/.exec(line)?.[0]}'`;
      at(message, "A comment stands on a line of its own, in the first column.");
    }
    option = /^([^\s{}[\]=:]+)\s*[-+]?=/.exec(line)?.[1];
    if (/^[^\s{}[\]=:]*[^\s{}[\]=:+-][-+]=/.test(line))
      at(
        `zc.buildout reads '${/^[^=]*=/.exec(line)![0]}' as another option, where it is new`,
        "Leave a blank before the operator: name += value",
      );
  }
  return findings;
}
