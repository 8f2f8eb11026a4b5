import { type Expression, ExpressionError } from "./python-expression.ts";

/** A value of an expression: the Python values that conditions use. */
export type PythonValue =
  | string
  | bigint
  | boolean
  | null
  | PythonSequence
  | PythonFunction
  | PythonNamespace
  | ReadonlyMap<string, string>;

export interface PythonSequence {
  readonly kind: "list" | "tuple";
  readonly items: readonly PythonValue[];
  /** Names of the items, for `sys.version_info.major`. */
  readonly names?: readonly string[];
}

export type PythonFunction = (...args: readonly PythonValue[]) => PythonValue;

/** A module. */
export interface PythonNamespace {
  readonly kind: "namespace";
  readonly name: string;
  readonly members: Readonly<Record<string, PythonValue>>;
}

/** Whether a value is true in Python. */
export function isTrue(value: PythonValue): boolean {
  if (value === null || value === "" || value === false || value === 0n) return false;
  if (value instanceof Map) return value.size > 0;
  return typeof value === "object" && "items" in value ? value.items.length > 0 : true;
}

/** Evaluates an expression. Looks only at the parts that its truth depends on. @throws ExpressionError */
export function evaluate(expression: Expression, names: Readonly<Record<string, PythonValue>>): PythonValue {
  const of = (one: Expression) => evaluate(one, names);
  switch (expression.type) {
    case "literal":
      return expression.value;
    case "name":
      return nameIn(names, expression.name, `the name '${expression.name}' is not known`);
    case "list":
    case "tuple":
      return { kind: expression.type, items: expression.items.map(of) };
    case "attribute":
      return attributeOf(of(expression.of), expression.name);
    case "call":
      return call(of(expression.of), expression.args.map(of));
    case "item":
      return itemOf(of(expression.of), of(expression.index));
    case "slice":
      return sliceOf(
        of(expression.of),
        expression.from && of(expression.from),
        expression.to && of(expression.to),
      );
    case "not":
      return !isTrue(of(expression.of));
    case "negative":
      return -integer(of(expression.of));
    case "and": {
      const left = of(expression.left);
      return isTrue(left) ? of(expression.right) : left;
    }
    case "or": {
      const left = of(expression.left);
      return isTrue(left) ? left : of(expression.right);
    }
    case "+":
      return add(of(expression.left), of(expression.right));
    case "-":
      return integer(of(expression.left)) - integer(of(expression.right));
    case "compare":
      return compareAll(expression, of);
  }
}

function nameIn(names: Readonly<Record<string, PythonValue>>, name: string, message: string): PythonValue {
  if (!Object.hasOwn(names, name)) throw new ExpressionError(message, name);
  return names[name]!;
}

function attributeOf(value: PythonValue, name: string): PythonValue {
  const unknown = `the attribute '${name}' is not known`;
  if (typeof value === "string") {
    const method = stringMethods[name];
    if (!method || !Object.hasOwn(stringMethods, name)) throw new ExpressionError(unknown, name);
    return (...args) => method(value, ...args);
  }
  if (value instanceof Map && name === "get") {
    return (key = null, otherwise = null) => value.get(String(key)) ?? otherwise;
  }
  if (isNamespace(value)) return nameIn(value.members, name, `'${value.name}.${name}' is not known`);
  const index = isSequence(value) ? (value.names?.indexOf(name) ?? -1) : -1;
  if (index < 0) throw new ExpressionError(unknown, name);
  return (value as PythonSequence).items[index]!;
}

function call(value: PythonValue, args: readonly PythonValue[]): PythonValue {
  if (typeof value !== "function") throw new ExpressionError("only functions can be called");
  return value(...args);
}

function itemOf(value: PythonValue, index: PythonValue): PythonValue {
  if (value instanceof Map) {
    const found = value.get(String(index));
    if (found === undefined) throw new ExpressionError(`there is no '${String(index)}'`, String(index));
    return found;
  }
  const at = Number(integer(index));
  const found =
    typeof value === "string" ? [...value].at(at) : isSequence(value) ? value.items.at(at) : undefined;
  if (found === undefined) throw new ExpressionError(`there is no item ${at}`, String(at));
  return found;
}

function sliceOf(
  value: PythonValue,
  from: PythonValue | undefined,
  to: PythonValue | undefined,
): PythonValue {
  const range = [from, to].map((one) =>
    one === undefined || one === null ? undefined : Number(integer(one)),
  );
  if (typeof value === "string") return [...value].slice(...range).join("");
  if (isSequence(value)) return { kind: value.kind, items: value.items.slice(...range) };
  throw new ExpressionError("only texts and lists can be sliced");
}

function add(left: PythonValue, right: PythonValue): PythonValue {
  if (typeof left === "string" && typeof right === "string") return left + right;
  if (isSequence(left) && isSequence(right) && left.kind === right.kind)
    return { kind: left.kind, items: [...left.items, ...right.items] };
  return integer(left) + integer(right);
}

/** Converts to an integer. Booleans are 0 and 1. @throws ExpressionError */
export function integer(value: PythonValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return BigInt(value);
  throw new ExpressionError("a number is expected");
}

/** Returns a string. @throws ExpressionError */
export function text(value: PythonValue | undefined): string {
  if (typeof value !== "string") throw new ExpressionError("a string is expected");
  return value;
}

export function isSequence(value: PythonValue): value is PythonSequence {
  return typeof value === "object" && value !== null && "items" in value;
}

function isNamespace(value: PythonValue): value is PythonNamespace {
  return typeof value === "object" && value !== null && "members" in value;
}

function compareAll(
  { first, rest }: Extract<Expression, { type: "compare" }>,
  of: (one: Expression) => PythonValue,
): boolean {
  let left = of(first);
  for (const { operator, operand } of rest) {
    const right = of(operand);
    if (!compare(left, operator, right)) return false;
    left = right;
  }
  return true;
}

function compare(left: PythonValue, operator: string, right: PythonValue): boolean {
  switch (operator) {
    case "==":
    case "is":
      return isEqual(left, right);
    case "!=":
    case "is not":
      return !isEqual(left, right);
    case "in":
      return contains(right, left);
    case "not in":
      return !contains(right, left);
  }
  const order = orderOf(left, right);
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

export function isEqual(left: PythonValue, right: PythonValue): boolean {
  if (isSequence(left) && isSequence(right)) {
    return (
      left.kind === right.kind &&
      left.items.length === right.items.length &&
      left.items.every((item, index) => isEqual(item, right.items[index]!))
    );
  }
  const number = (value: PythonValue) => (typeof value === "boolean" ? BigInt(value) : value);
  return number(left) === number(right);
}

function contains(where: PythonValue, what: PythonValue): boolean {
  if (typeof where === "string") return where.includes(text(what));
  if (where instanceof Map) return where.has(String(what));
  if (isSequence(where)) return where.items.some((item) => isEqual(item, what));
  throw new ExpressionError("nothing can be in that");
}

/**
 * Compares two values as for `sort`: less than 0, 0 or more.
 *
 * @throws ExpressionError for values without an order
 */
export function orderOf(left: PythonValue, right: PythonValue): number {
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  if (isSequence(left) && isSequence(right)) {
    const at = left.items.findIndex(
      (item, index) => index >= right.items.length || !isEqual(item, right.items[index]!),
    );
    if (at >= 0 && at < right.items.length) return orderOf(left.items[at]!, right.items[at]!);
    return left.items.length - right.items.length;
  }
  const difference = integer(left) - integer(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The methods of a string. `split` without an argument separates at white space. */
const stringMethods: Readonly<Record<string, (of: string, ...args: readonly PythonValue[]) => PythonValue>> =
  {
    startswith: (of, what = null) => affixes(what).some((one) => of.startsWith(one)),
    endswith: (of, what = null) => affixes(what).some((one) => of.endsWith(one)),
    lower: (of) => of.toLowerCase(),
    upper: (of) => of.toUpperCase(),
    strip: (of) => of.trim(),
    isdigit: (of) => /^\d+$/.test(of),
    find: (of, what) => BigInt(of.indexOf(text(what))),
    count: (of, what) => BigInt(of.split(text(what)).length - 1),
    split: (of, by) => {
      if (by === "") throw new ExpressionError("an empty string separates nothing");
      const items = by === undefined ? of.split(/\s+/).filter(Boolean) : of.split(text(by));
      return { kind: "list", items };
    },
  };

function affixes(what: PythonValue): readonly string[] {
  return isSequence(what) ? what.items.map(text) : [text(what)];
}
