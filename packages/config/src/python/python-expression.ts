/** An error in an expression: wrong syntax or an unknown name. `needle` is the faulty part of its text. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly needle: string | undefined;

  constructor(message: string, needle?: string) {
    super(message);
    this.needle = needle;
  }
}

/** The syntax tree of an expression: the part of Python's grammar that conditions of real files use. */
export type Expression =
  | { readonly type: "literal"; readonly value: string | bigint }
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "list" | "tuple"; readonly items: readonly Expression[] }
  | { readonly type: "attribute"; readonly of: Expression; readonly name: string }
  | { readonly type: "call"; readonly of: Expression; readonly args: readonly Expression[] }
  | { readonly type: "item"; readonly of: Expression; readonly index: Expression }
  | {
      readonly type: "slice";
      readonly of: Expression;
      readonly from: Expression | undefined;
      readonly to: Expression | undefined;
    }
  | { readonly type: "not" | "negative"; readonly of: Expression }
  | { readonly type: "and" | "or" | "+" | "-"; readonly left: Expression; readonly right: Expression }
  | {
      readonly type: "compare";
      readonly first: Expression;
      readonly rest: readonly { readonly operator: string; readonly operand: Expression }[];
    };

interface Token {
  readonly kind: "name" | "number" | "string" | "sign" | "end";
  readonly text: string;
}

const tokenForm =
  /\s*(?:([A-Za-z_]\w*)|(\d+)(?![\w.])|[bruBRU]?'([^'\\]*)'|"([^"\\]*)"|(==|!=|<=|>=|[-+<>()[\],.:])|(\S))/y;

/** Python itself reads no deeper nesting. */
const deepest = 90;

/** Reads an expression. @throws ExpressionError */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokenize(text));
  const expression = parser.tupleOrExpression();
  parser.expectEnd();
  return expression;
}

export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  tokenForm.lastIndex = 0;
  const trimmed = text.trim();
  while (tokenForm.lastIndex < trimmed.length) {
    const [, name, number, single, double, sign, other] = tokenForm.exec(trimmed) ?? [];
    if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (single !== undefined || double !== undefined)
      tokens.push({ kind: "string", text: single ?? double ?? "" });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else throw new ExpressionError(`'${other}' is not understood`, other);
  }
  return [...tokens, { kind: "end", text: "the end" }];
}

const comparisons: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "in", "not", "is"]);
const words: ReadonlySet<string> = new Set(["and", "or", "not", "in", "is", "if", "else", "for", "lambda"]);

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Reads an expression or a tuple. `a, b` without brackets is a tuple. */
  tupleOrExpression(): Expression {
    const first = this.#or();
    if (!this.#isSign(",")) return first;
    const items = [first];
    while (this.#take(",")) if (this.#next.kind !== "end") items.push(this.#or());
    return { type: "tuple", items };
  }

  expectEnd(): void {
    if (this.#next.kind !== "end") throw this.#unexpected();
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #isSign(text: string): boolean {
    return this.#next.kind === "sign" && this.#next.text === text;
  }

  #isWord(text: string): boolean {
    return this.#next.kind === "name" && this.#next.text === text;
  }

  /** Consumes a sign or a word, if it is next. */
  #take(text: string): boolean {
    const found = this.#isSign(text) || this.#isWord(text);
    if (found) this.#at++;
    return found;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected();
  }

  #unexpected(): ExpressionError {
    const { kind, text } = this.#next;
    return new ExpressionError(
      kind === "end" ? "the expression is not complete" : `'${text}' is not expected there`,
      kind === "end" ? undefined : text,
    );
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > deepest) throw new ExpressionError("the nesting is too deep");
    const result = read();
    this.#depth--;
    return result;
  }

  #or(): Expression {
    return this.#deeper(() => {
      let left = this.#and();
      while (this.#take("or")) left = { type: "or", left, right: this.#and() };
      return left;
    });
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#take("and")) left = { type: "and", left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    return this.#take("not") ? this.#deeper(() => ({ type: "not", of: this.#not() })) : this.#comparison();
  }

  #comparison(): Expression {
    const first = this.#sum();
    const rest: { operator: string; operand: Expression }[] = [];
    while (comparisons.has(this.#next.text) && this.#next.kind !== "string") {
      let operator = this.#next.text;
      this.#at++;
      if (operator === "not") {
        this.#expect("in");
        operator = "not in";
      } else if (operator === "is" && this.#take("not")) operator = "is not";
      rest.push({ operator, operand: this.#sum() });
    }
    return rest.length === 0 ? first : { type: "compare", first, rest };
  }

  #sum(): Expression {
    let left = this.#unary();
    while (this.#isSign("+") || this.#isSign("-")) {
      const type = this.#next.text as "+" | "-";
      this.#at++;
      left = { type, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): Expression {
    return this.#take("-")
      ? this.#deeper(() => ({ type: "negative", of: this.#unary() }))
      : this.#trailers(this.#atom());
  }

  #trailers(atom: Expression): Expression {
    let of = atom;
    for (;;) {
      if (this.#take(".")) of = { type: "attribute", of, name: this.#name() };
      else if (this.#take("(")) of = { type: "call", of, args: this.#items(")") };
      else if (this.#take("[")) of = this.#subscript(of);
      else return of;
    }
  }

  #name(): string {
    const { kind, text } = this.#next;
    if (kind !== "name" || words.has(text)) throw this.#unexpected();
    this.#at++;
    return text;
  }

  #subscript(of: Expression): Expression {
    const from = this.#isSign(":") ? undefined : this.#or();
    if (this.#take(":")) {
      const to = this.#isSign("]") ? undefined : this.#or();
      this.#expect("]");
      return { type: "slice", of, from, to };
    }
    this.#expect("]");
    return { type: "item", of, index: from! };
  }

  #items(end: string): readonly Expression[] {
    const items: Expression[] = [];
    while (!this.#take(end)) {
      items.push(this.#or());
      if (!this.#isSign(end)) this.#expect(",");
    }
    return items;
  }

  #atom(): Expression {
    const { kind, text } = this.#next;
    if (kind === "name") return { type: "name", name: this.#name() };
    this.#at++;
    if (kind === "number") return { type: "literal", value: BigInt(text) };
    if (kind === "string") return this.#strings(text);
    if (kind === "sign" && text === "[") return { type: "list", items: this.#items("]") };
    if (kind === "sign" && text === "(") return this.#brackets();
    this.#at--;
    throw this.#unexpected();
  }

  /** Joins adjacent strings to one. */
  #strings(first: string): Expression {
    let value = first;
    while (this.#next.kind === "string") {
      value += this.#next.text;
      this.#at++;
    }
    return { type: "literal", value };
  }

  #brackets(): Expression {
    if (this.#take(")")) return { type: "tuple", items: [] };
    const first = this.#or();
    if (this.#take(")")) return first;
    this.#expect(",");
    return { type: "tuple", items: [first, ...this.#items(")")] };
  }
}
