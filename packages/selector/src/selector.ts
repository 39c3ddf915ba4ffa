/** A parsed selector. `op` is the operator as written, because the canonical text (and so a set's identity) keeps `a == "x"` apart from `a in {"x"}`. */
export type Selector =
  | { readonly op: "all" }
  /** Like `all`, until `substitute` gives it the meaning it has in a rule's `namespaceSelector`. */
  | { readonly op: "global" }
  | { readonly op: "has"; readonly key: string }
  | {
      readonly op: "==" | "!=" | "contains" | "starts with" | "ends with";
      readonly key: string;
      readonly value: string;
    }
  /** Values in byte order, as printed. */
  | { readonly op: "in" | "not in"; readonly key: string; readonly values: ReadonlySet<string> }
  | { readonly op: "not"; readonly arg: Selector }
  /** Two or more terms. */
  | { readonly op: "and" | "or"; readonly args: readonly Selector[] };

/** What a selector looks at; a Map fits. Inherited labels are the caller's business: `get` answers with the first that has the key. */
export interface Labels {
  get(key: string): string | undefined;
}

/** What is wrong with a selector. Messages tell people; `code` tells programs. */
export type SelectorErrorCode =
  | "UnterminatedString"
  | "StrayOperator"
  | "CallNotClosed"
  | "LabelTooLong"
  | "IdentifierExpected"
  | "OperatorExpected"
  | "StringExpected"
  | "SetExpected"
  | "SetNotClosed"
  | "ParenthesisExpected"
  | "TrailingContent"
  | "UnexpectedToken"
  | "TooDeep";

export class SelectorError extends Error {
  override readonly name = "SelectorError";
  readonly code: SelectorErrorCode;
  /** Bytes (UTF-8) before the fault. */
  readonly offset: number;
  constructor(code: SelectorErrorCode, message: string, offset: number) {
    super(`${message} at offset ${offset}`);
    this.code = code;
    this.offset = offset;
  }
}

/** True if an object with these labels is selected. An absent label equals nothing, so `a != "b"` selects objects without `a`. */
export function matches(s: Selector, labels: Labels): boolean {
  switch (s.op) {
    case "all":
    case "global":
      return true;
    case "has":
      return labels.get(s.key) !== undefined;
    case "==":
      return labels.get(s.key) === s.value;
    case "!=":
      return labels.get(s.key) !== s.value;
    case "in": {
      const value = labels.get(s.key);
      return value !== undefined && s.values.has(value);
    }
    case "not in": {
      const value = labels.get(s.key);
      return value === undefined || !s.values.has(value);
    }
    case "contains":
      return labels.get(s.key)?.includes(s.value) ?? false;
    case "starts with":
      return labels.get(s.key)?.startsWith(s.value) ?? false;
    case "ends with":
      return labels.get(s.key)?.endsWith(s.value) ?? false;
    case "not":
      return !matches(s.arg, labels);
    case "and":
      return s.args.every((arg) => matches(arg, labels));
    case "or":
      return s.args.some((arg) => matches(arg, labels));
  }
}
