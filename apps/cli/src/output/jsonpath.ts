/**
 * kubectl's JSONPath: text with `{…}` in it, ranges and filters.
 *
 *     runJsonPath('{range .items[*]}{.metadata.name}{"\n"}{end}', list); // → a line of each name
 *
 * Source: kubernetes `staging/src/k8s.io/client-go/util/jsonpath`.
 */
import { ExitError } from "../exit-error.ts";

type Step =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "wildcard" }
  | { readonly kind: "descend"; readonly name: string | undefined }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "slice"; readonly from?: number; readonly to?: number; readonly step: number }
  | { readonly kind: "union"; readonly members: readonly Step[] }
  | { readonly kind: "filter"; readonly left: Operand; readonly operator: string; readonly right: Operand | undefined };

interface Path {
  readonly isFromRoot: boolean;
  readonly steps: readonly Step[];
}

type Operand = { readonly path: Path } | { readonly value: unknown };

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "range"; readonly path: Path; readonly body: readonly Part[] };

/** What the template makes of the value. What is not there is nothing. Throws ExitError for a template that is none. */
export function runJsonPath(template: string, value: unknown): string {
  return write(parseTemplate(relaxed(template)), value, value);
}

/** What a path such as `.metadata.name` finds, for columns. */
export function valuesAt(template: string, value: unknown): readonly unknown[] {
  return parseTemplate(relaxed(template)).flatMap((part) =>
    part.kind === "path" ? find(part.path, value, value) : [],
  );
}

/** As one reads a value: text as it is, what has parts as JSON. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Without braces it is one path, with or without its first dot. */
function relaxed(template: string): string {
  if (template.includes("{")) return template;
  return `{${/^[.$[]/.test(template) ? "" : "."}${template}}`;
}

function write(parts: readonly Part[], value: unknown, root: unknown): string {
  return parts
    .map((part) => {
      switch (part.kind) {
        case "text":
          return part.text;
        case "path":
          return find(part.path, value, root).map(textOf).join(" ");
        case "range":
          return find(part.path, value, root)
            .map((one) => write(part.body, one, root))
            .join("");
      }
    })
    .join("");
}

function find({ isFromRoot, steps }: Path, value: unknown, root: unknown): readonly unknown[] {
  return steps.reduce<readonly unknown[]>(
    (found, step) => found.flatMap((one) => take(step, one, root)),
    [isFromRoot ? root : value],
  );
}

function take(step: Step, value: unknown, root: unknown): readonly unknown[] {
  switch (step.kind) {
    case "field":
      return isRecord(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case "wildcard":
      return childrenOf(value);
    case "descend":
      return descendants(value).flatMap((one) => {
        if (step.name === undefined) return childrenOf(one);
        return isRecord(one) && Object.hasOwn(one, step.name) ? [one[step.name]] : [];
      });
    case "index": {
      if (!Array.isArray(value)) return [];
      const at = step.index < 0 ? value.length + step.index : step.index;
      return at in value ? [value[at] as unknown] : [];
    }
    case "slice":
      return Array.isArray(value) ? slice(value, step) : [];
    case "union":
      return step.members.flatMap((member) => take(member, value, root));
    case "filter":
      return childrenOf(value).filter((one) => holds(step, one, root));
  }
}

function slice(
  items: readonly unknown[],
  { from = 0, to = items.length, step }: Extract<Step, { kind: "slice" }>,
): readonly unknown[] {
  const bound = (at: number): number => (at < 0 ? items.length + at : at);
  return items.slice(Math.max(bound(from), 0), Math.max(bound(to), 0)).filter((_, i) => i % step === 0);
}

function holds({ left, operator, right }: Extract<Step, { kind: "filter" }>, value: unknown, root: unknown): boolean {
  const of = (operand: Operand): readonly unknown[] =>
    "path" in operand ? find(operand.path, value, root) : [operand.value];
  const [a] = of(left);
  if (right === undefined) return of(left).length > 0;
  const [b] = of(right);
  if (operator === "==") return isSame(a, b);
  if (operator === "!=") return !isSame(a, b);
  if (a === undefined || b === undefined || typeof a !== typeof b) return false;
  const [x, y] = [a as number, b as number]; // texts compare the same way
  return operator === "<" ? x < y : operator === "<=" ? x <= y : operator === ">" ? x > y : x >= y;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && a !== null && JSON.stringify(a) === JSON.stringify(b));
}

function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isRecord(value) ? Object.values(value) : [];
}

function descendants(value: unknown): readonly unknown[] {
  return [value, ...childrenOf(value).flatMap(descendants)];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseTemplate(template: string): readonly Part[] {
  const reader = new Reader(template);
  const parts = readParts(reader, false);
  return parts;
}

function readParts(reader: Reader, isInRange: boolean): readonly Part[] {
  const parts: Part[] = [];
  for (;;) {
    const text = reader.until(/\{/y);
    if (text !== "") parts.push({ kind: "text", text });
    if (reader.isDone) {
      if (isInRange) reader.fail("a {range …} without {end}");
      return parts;
    }
    reader.expect("{");
    reader.skipBlanks();
    if (reader.take(/end\s*\}/y) !== undefined) {
      if (!isInRange) reader.fail("an {end} without {range …}");
      return parts;
    }
    if (reader.take(/range\s+/y) !== undefined) {
      const path = readPath(reader);
      reader.expect("}");
      parts.push({ kind: "range", path, body: readParts(reader, true) });
      continue;
    }
    while (!reader.peek("}")) {
      const quoted = reader.quoted();
      parts.push(quoted === undefined ? { kind: "path", path: readPath(reader) } : { kind: "text", text: quoted });
      reader.skipBlanks();
    }
    reader.expect("}");
  }
}

function readPath(reader: Reader): Path {
  const start = reader.take(/[$@]/y);
  const steps: Step[] = [];
  if (start === undefined && reader.peekName()) steps.push({ kind: "field", name: reader.name() });
  for (;;) {
    if (reader.take(/\.\./y) !== undefined)
      steps.push(
        reader.peek("[") || reader.take(/\*/y) !== undefined
          ? { kind: "descend", name: undefined }
          : { kind: "descend", name: reader.name() },
      );
    else if (reader.peek(".")) {
      reader.expect(".");
      if (reader.take(/\*/y) !== undefined) steps.push({ kind: "wildcard" });
      else if (reader.peekName()) steps.push({ kind: "field", name: reader.name() }); // a dot alone is the value itself
    } else if (reader.peek("[")) steps.push(readBrackets(reader));
    else break;
  }
  if (start === undefined && steps.length === 0 && !reader.hasJustRead("."))
    reader.fail("a path such as .metadata.name is missing");
  return { isFromRoot: start === "$", steps };
}

function readBrackets(reader: Reader): Step {
  reader.expect("[");
  reader.skipBlanks();
  if (reader.take(/\?\(/y) !== undefined) return readFilter(reader);
  const members: Step[] = [];
  do {
    reader.skipBlanks();
    const quoted = reader.quoted();
    if (quoted !== undefined) members.push({ kind: "field", name: quoted });
    else if (reader.take(/\*/y) !== undefined) members.push({ kind: "wildcard" });
    else members.push(readRange(reader));
    reader.skipBlanks();
  } while (reader.take(/,/y) !== undefined);
  reader.expect("]");
  return members.length === 1 ? members[0]! : { kind: "union", members };
}

function readRange(reader: Reader): Step {
  const text = reader.take(/-?\d*(:-?\d*){0,2}/y) ?? "";
  if (text === "") reader.fail("an index, a slice, a quoted key or * is missing");
  if (!text.includes(":")) return { kind: "index", index: Number(text) };
  const [from, to, step] = text.split(":").map((one) => (one === "" ? undefined : Number(one)));
  if (step !== undefined && step < 1) reader.fail("the step of a slice must be 1 or more");
  return { kind: "slice", step: step ?? 1, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function readFilter(reader: Reader): Step {
  const left = readOperand(reader);
  const operator = reader.take(/==|!=|<=|>=|<|>/y);
  const right = operator === undefined ? undefined : readOperand(reader);
  reader.expect(")");
  reader.skipBlanks();
  reader.expect("]");
  return { kind: "filter", left, operator: operator ?? "", right };
}

function readOperand(reader: Reader): Operand {
  reader.skipBlanks();
  const quoted = reader.quoted();
  const word = quoted === undefined ? reader.take(/-?\d+(\.\d+)?|true|false|null/y) : undefined;
  const operand: Operand =
    quoted !== undefined
      ? { value: quoted }
      : word !== undefined
        ? { value: JSON.parse(word) as unknown }
        : { path: readPath(reader) };
  reader.skipBlanks();
  return operand;
}

/** Reads a template from left to right; a fault says where it is. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isDone(): boolean {
    return this.#at >= this.#text.length;
  }

  /** A sticky pattern. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  until(pattern: RegExp): string {
    const from = this.#at;
    for (; !this.isDone; this.#at++) {
      pattern.lastIndex = this.#at;
      if (pattern.test(this.#text)) break;
    }
    return this.#text.slice(from, this.#at);
  }

  peek(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  hasJustRead(text: string): boolean {
    return this.#text.slice(0, this.#at).endsWith(text);
  }

  expect(text: string): void {
    if (!this.peek(text)) this.fail(`${text} is missing`);
    this.#at += text.length;
  }

  skipBlanks(): void {
    this.take(/\s*/y);
  }

  peekName(): boolean {
    return !this.isDone && !/[\s.[\]{}()|=!<>,'"@$*]/.test(this.#text[this.#at]!);
  }

  /** `\.` is a dot of the name. */
  name(): string {
    const found = this.take(/(\\.|[^\s.[\]{}()|=!<>,'"])+/y);
    if (found === undefined) this.fail("a name is missing");
    return found.replaceAll(/\\(.)/g, "$1");
  }

  quoted(): string | undefined {
    const found = this.take(/"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/y);
    if (found === undefined) return undefined;
    const inner = found
      .slice(1, -1)
      .replaceAll(/\\'/g, "'")
      .replaceAll(/(?<!\\)"/g, String.raw`\"`);
    try {
      return JSON.parse(`"${inner}"`) as string;
    } catch {
      return this.fail(`${found} is no text`);
    }
  }

  fail(why: string): never {
    throw new ExitError(`error parsing jsonpath ${this.#text}: at character ${this.#at + 1}: ${why}`);
  }
}
