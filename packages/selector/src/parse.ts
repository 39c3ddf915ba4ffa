import { SelectorError } from "./selector.ts";
import type { Selector, SelectorErrorCode } from "./selector.ts";

/** Far above what 1024 characters can nest once wrapped with a namespace term, far below what a call stack holds. */
const MAX_DEPTH = 1000;
const MAX_LABEL_BYTES = 512;

/** Tried in this order right after a label; blanks between two words are free, the last word ends at a word boundary. */
const WORD_OPERATORS = [
  { op: "contains", pattern: /contains\b/y },
  { op: "starts with", pattern: /starts[ \t]*with\b/y },
  { op: "ends with", pattern: /ends[ \t]*with\b/y },
  { op: "not in", pattern: /not[ \t]*in\b/y },
  { op: "in", pattern: /in\b/y },
] as const;

/** Empty or blank text selects everything. Throws SelectorError. Linear in the text. */
export function parseSelector(text: string): Selector {
  const parser = new Parser(text);
  parser.skipBlanks();
  if (parser.at === text.length) return { op: "all" };
  const selector = parser.or();
  if (parser.at < text.length)
    throw parser.error("TrailingContent", `&&, || or the end expected, got ${parser.shown()}`);
  return selector;
}

/** Every method leaves `at` on the next token, blanks skipped. */
class Parser {
  at = 0;
  #depth = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  or(): Selector {
    if (++this.#depth > MAX_DEPTH) throw this.error("TooDeep", `parentheses may nest ${MAX_DEPTH} deep`);
    const selector = this.#joined("or", "|", () => this.#joined("and", "&", () => this.#unary()));
    this.#depth--;
    return selector;
  }

  skipBlanks(): void {
    const text = this.#text;
    for (let code = text.charCodeAt(this.at); code === 32 || code === 9; code = text.charCodeAt(++this.at));
  }

  error(code: SelectorErrorCode, message: string, at = this.at): SelectorError {
    return new SelectorError(code, message, new TextEncoder().encode(this.#text.slice(0, at)).length);
  }

  /** What stands here, for a message. */
  shown(): string {
    const rest = this.#text.slice(this.at);
    return rest === "" ? "the end" : JSON.stringify(rest.length > 24 ? `${rest.slice(0, 24)}…` : rest);
  }

  #joined(op: "and" | "or", sign: "&" | "|", term: () => Selector): Selector {
    const first = term();
    if (this.#text[this.at] !== sign) return first;
    const args = [first];
    while (this.#text[this.at] === sign) {
      if (this.#text[this.at + 1] !== sign)
        throw this.error("StrayOperator", `${sign}${sign} expected, got a single ${sign}`);
      this.#skip(2);
      args.push(term());
    }
    return { op, args };
  }

  #unary(): Selector {
    let negated = false;
    for (; this.#text[this.at] === "!"; this.#skip(1)) negated = !negated;
    const selector = this.#primary();
    return negated ? { op: "not", arg: selector } : selector;
  }

  #primary(): Selector {
    if (this.#text[this.at] !== "(") return this.#callOrComparison();
    this.#skip(1);
    const selector = this.or();
    if (this.#text[this.at] !== ")") throw this.error("ParenthesisExpected", `) expected, got ${this.shown()}`);
    this.#skip(1);
    return selector;
  }

  #callOrComparison(): Selector {
    const label = this.#label();
    if (this.#text[this.at] === "(" && (label === "has" || label === "all" || label === "global")) {
      this.#skip(1);
      const key = label === "has" ? this.#label() : "";
      this.skipBlanks();
      if (this.#text[this.at] !== ")")
        throw this.error("CallNotClosed", `) expected after ${label}(${key}, got ${this.shown()}`);
      this.#skip(1);
      return label === "has" ? { op: "has", key } : { op: label };
    }
    this.skipBlanks();
    return this.#comparison(label);
  }

  #comparison(key: string): Selector {
    const two = this.#text.slice(this.at, this.at + 2);
    if (two === "==" || two === "!=") {
      this.#skip(2);
      return { op: two, key, value: this.#string() };
    }
    if (two.startsWith("=")) throw this.error("StrayOperator", "== expected, got a single =");
    for (const { op, pattern } of WORD_OPERATORS) {
      pattern.lastIndex = this.at;
      if (!pattern.test(this.#text)) continue;
      this.at = pattern.lastIndex;
      this.skipBlanks();
      return op === "in" || op === "not in" ? { op, key, values: this.#set() } : { op, key, value: this.#string() };
    }
    throw this.error(
      "OperatorExpected",
      `operator expected after label "${key}" (==, !=, in, not in, contains, starts with, ends with), got ${this.shown()}`,
    );
  }

  #label(): string {
    const text = this.#text;
    const start = this.at;
    while (isLabelCode(text.charCodeAt(this.at))) this.at++;
    if (this.at === start) throw this.#notALabel();
    if (this.at - start > MAX_LABEL_BYTES)
      throw this.error("LabelTooLong", `a label may have ${MAX_LABEL_BYTES} bytes, got ${this.at - start}`, start);
    return text.slice(start, this.at);
  }

  #notALabel(): SelectorError {
    const here = this.#text[this.at];
    if (here === undefined || here === ")" || here === "}" || here === "{" || here === "," || here === "!")
      return this.error("UnexpectedToken", `label, has(), all() or ( expected, got ${this.shown()}`);
    if (here === "'" || here === '"') {
      this.#string(); // an open string is the better thing to report
      return this.error("UnexpectedToken", "label expected on the left, got a string");
    }
    if (here === "&" || here === "|" || here === "=") {
      const doubled = this.#text[this.at + 1] === here;
      return doubled
        ? this.error("UnexpectedToken", `label, has(), all() or ( expected, got ${here}${here}`)
        : this.error("StrayOperator", `${here}${here} expected, got a single ${here}`);
    }
    return this.error("IdentifierExpected", `label expected (letters, digits, _ . / -), got ${this.shown()}`);
  }

  #string(): string {
    const quote = this.#text[this.at];
    if (quote !== "'" && quote !== '"')
      throw this.error("StringExpected", `string in quotes expected, got ${this.shown()}`);
    const end = this.#text.indexOf(quote, this.at + 1);
    if (end < 0) throw this.error("UnterminatedString", `string is not closed: ${quote} is missing`);
    const value = this.#text.slice(this.at + 1, end);
    this.#skip(end + 1 - this.at);
    return value;
  }

  #set(): ReadonlySet<string> {
    if (this.#text[this.at] !== "{")
      throw this.error("SetExpected", `set such as {"a", "b"} expected, got ${this.shown()}`);
    this.#skip(1);
    const values: string[] = [];
    while (this.#text[this.at] !== "}") {
      values.push(this.#string());
      if (this.#text[this.at] === ",") this.#skip(1);
      else if (this.#text[this.at] !== "}")
        throw this.error("SetNotClosed", `, or } expected in a set, got ${this.shown()}`);
    }
    this.#skip(1);
    return new Set(values.sort(compareBytes));
  }

  #skip(length: number): void {
    this.at += length;
    this.skipBlanks();
  }
}

function isLabelCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || // a-z
    (code >= 45 && code <= 57) || // - . / 0-9
    (code >= 65 && code <= 90) ||
    code === 95
  );
}

/** Order of the UTF-8 bytes, which is code point order; JavaScript's own differs where surrogates meet U+E000 and up. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
  const [xHigh, yHigh] = [isSurrogate(x), isSurrogate(y)];
  return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
