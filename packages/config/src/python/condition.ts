import { ConfigError } from "../config-error.ts";
import { placeIn } from "../text/sources.ts";
import { parseMarker } from "./marker.ts";
import { evaluate, isTrue } from "./python-evaluate.ts";
import { ExpressionError, parseExpression } from "./python-expression.ts";
import type { PythonFacts } from "./python-facts.ts";
import { pythonNames } from "./python-names.ts";

/** Maximum length in characters, so that no file takes long to read. */
const longest = 4000;

/** The line of a header. */
export interface HeaderLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/**
 * Whether the condition of a section `[name: condition]` holds. The condition is a marker of PEP 508, else a
 * Python expression. Small evaluators read both. They know a fixed list of names and calls, change nothing
 * and run nothing.
 *
 * @throws ConfigError `condition-error` for unknown names and syntax, which never count as false
 */
export function isConditionTrue(text: string, header: HeaderLine, python: PythonFacts): boolean {
  const expression = text.replaceAll("\\x23", "#").replaceAll("\\x3b", ";").trim();
  try {
    if (expression.length > longest) throw new ExpressionError(`longer than ${longest} characters`);
    const marker = parseMarker(expression);
    if (marker) return marker(python);
    return isTrue(evaluate(parseExpression(expression), pythonNames(python)));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { needle } = error;
    const start = header.text.indexOf(":") + 1;
    const at = needle === undefined ? -1 : header.text.indexOf(needle, start);
    const column = at < 0 ? header.text.indexOf(text.trim(), start) + 1 || 1 : at + 1;
    const length = at < 0 ? expression.length : needle!.length;
    throw new ConfigError({
      kind: "condition-error",
      message: `the condition '${expression.slice(0, 200)}' cannot be evaluated: ${error.message}`,
      place: placeIn(header.file, header.line, header.text, column, length),
      hint: "Known are python3, python311, linux, bits64 and the like, sys.version_info, sys.platform, os.environ, platform.machine() and its kind, and markers such as python_version >= '3.9'.",
    });
  }
}
