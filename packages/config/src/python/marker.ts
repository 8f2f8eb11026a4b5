import { ExpressionError } from "./python-expression.ts";
import { type PythonFacts, systemName, versionNumbers } from "./python-facts.ts";
import { compareVersions, isVersion } from "./python-version.ts";

/** A parsed marker of PEP 508. */
export type Marker = (python: PythonFacts) => boolean;

type Variable = (python: PythonFacts) => string;

const fullVersion: Variable = (python) => versionNumbers(python).join(".");
const implementation: Variable = () => "CPython";

/** The variables of PEP 508, with their old names. */
const variables: Readonly<Record<string, Variable>> = {
  python_version: (python) => versionNumbers(python).slice(0, 2).join("."),
  python_full_version: fullVersion,
  implementation_version: fullVersion,
  implementation_name: () => "cpython",
  platform_python_implementation: implementation,
  "platform.python_implementation": implementation,
  python_implementation: implementation,
  os_name: (python) => (python.platform === "win32" ? "nt" : "posix"),
  "os.name": (python) => (python.platform === "win32" ? "nt" : "posix"),
  sys_platform: ({ platform }) => platform,
  "sys.platform": ({ platform }) => platform,
  platform_system: systemName,
  platform_machine: ({ machine }) => machine,
  "platform.machine": ({ machine }) => machine,
  platform_release: ({ release }) => release,
  platform_version: ({ systemVersion }) => systemVersion,
  "platform.version": ({ systemVersion }) => systemVersion,
  extra: () => "",
};

interface Operand {
  readonly read: Variable;
  readonly isVariable: boolean;
}

const deepest = 90;

/** Reads a marker. Undefined when the text is not a marker, because it may be a Python expression. */
export function parseMarker(text: string): Marker | undefined {
  try {
    const reader = new MarkerReader(text);
    const marker = reader.or(0);
    return reader.isAtEnd ? marker : undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

class MarkerReader {
  readonly #words: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#words = markerWords(text);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#words.length;
  }

  or(depth: number): Marker {
    const terms = [this.#and(depth)];
    while (this.#take("or")) terms.push(this.#and(depth));
    return (python) => terms.some((term) => term(python));
  }

  #and(depth: number): Marker {
    const terms = [this.#term(depth)];
    while (this.#take("and")) terms.push(this.#term(depth));
    return (python) => terms.every((term) => term(python));
  }

  #term(depth: number): Marker {
    if (depth > deepest) throw new ExpressionError("the nesting is too deep");
    if (this.#take("(")) {
      const inner = this.or(depth + 1);
      if (!this.#take(")")) throw new ExpressionError("a bracket is not closed");
      return inner;
    }
    const left = this.#operand();
    const operator = this.#operator();
    const right = this.#operand();
    if (!left.isVariable && !right.isVariable) throw new ExpressionError("not a marker");
    return (python) => compareMarkers(left.read(python), operator, right.read(python));
  }

  #take(word: string): boolean {
    const found = this.#words[this.#at] === word;
    if (found) this.#at++;
    return found;
  }

  #operand(): Operand {
    const word = this.#words[this.#at++] ?? "";
    if (/^['"]/.test(word)) return { read: () => word.slice(1, -1), isVariable: false };
    const read = Object.hasOwn(variables, word) ? variables[word] : undefined;
    if (!read) throw new ExpressionError("not a marker");
    return { read, isVariable: true };
  }

  #operator(): string {
    const word = this.#words[this.#at++] ?? "";
    if (word === "not" && this.#take("in")) return "not in";
    if (!/^(?:in|===?|!=|~=|<=?|>=?)$/.test(word)) throw new ExpressionError("not a marker");
    return word;
  }
}

function markerWords(text: string): readonly string[] {
  const form = /\s*('[^']*'|"[^"]*"|[A-Za-z_][\w.]*|===|[=!~<>]=|[<>()])/y;
  const words: string[] = [];
  const trimmed = text.trim();
  while (form.lastIndex < trimmed.length) {
    const match = form.exec(trimmed);
    if (!match) throw new ExpressionError("not a marker");
    words.push(match[1]!);
  }
  return words;
}

function compareMarkers(left: string, operator: string, right: string): boolean {
  if (operator === "in") return right.includes(left);
  if (operator === "not in") return !right.includes(left);
  if (operator !== "===" && isVersion(left) && isVersion(right))
    return compareVersions(left, operator, right);
  switch (operator) {
    case "===":
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
  throw new ExpressionError(`'${operator}' compares versions only`);
}
