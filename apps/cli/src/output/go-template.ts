/**
 * Go's text templates, as much of them as people write for calicoctl and kubectl: fields, variables, `if`, `with`, `range`, `else`,
 * pipelines, and the functions below. Both tools' names are understood: `.ObjectMeta.Name` is `.metadata.name`.
 *
 *     runGoTemplate('{{range .}}{{.ObjectMeta.Name}} {{end}}', [object]); // → "web "
 *
 * Source: Go `text/template`; projectcalico/calico `calicoctl/calicoctl/commands/get.go` for `join`, `joinAndTruncate` and `config`.
 */
import { ExitError } from "../exit-error.ts";
import { joinAndTruncate } from "./tables.ts";

type Expression =
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "dot" }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "field"; readonly of: Expression; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] };

type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly value: Expression }
  | { readonly kind: "assign"; readonly name: string; readonly value: Expression }
  | {
      readonly kind: "if" | "with" | "range";
      /** Of `range $i, $x := …`. */
      readonly names: readonly string[];
      readonly value: Expression;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

export interface TemplateContext {
  /** What `config "asnumber"` says. */
  readonly asNumber?: number | undefined;
}

/** Throws ExitError for a template that is none, or asks for what there is not. */
export function runGoTemplate(template: string, data: unknown, context: TemplateContext = {}): string {
  const nodes = new Parser(template).parse();
  return write(nodes, { dot: data, variables: new Map([["$", data]]), context });
}

interface Frame {
  readonly dot: unknown;
  readonly variables: Map<string, unknown>;
  readonly context: TemplateContext;
}

function write(nodes: readonly Node[], frame: Frame): string {
  return nodes.map((node) => writeOne(node, frame)).join("");
}

function writeOne(node: Node, frame: Frame): string {
  switch (node.kind) {
    case "text":
      return node.text;
    case "print":
      return printed(evaluate(node.value, frame));
    case "assign":
      frame.variables.set(node.name, evaluate(node.value, frame));
      return "";
    case "if":
    case "with": {
      const value = evaluate(node.value, frame);
      const [name] = node.names;
      const inner = within(frame, node.kind === "with" ? value : frame.dot, name === undefined ? [] : [[name, value]]);
      return isTrue(value) ? write(node.body, inner) : write(node.otherwise, within(frame, frame.dot, []));
    }
    case "range": {
      const entries = entriesOf(evaluate(node.value, frame));
      if (entries.length === 0) return write(node.otherwise, within(frame, frame.dot, []));
      const { names } = node;
      return entries
        .map(([key, value]) => {
          const set: [string, unknown][] =
            names.length === 2
              ? [
                  [names[0]!, key],
                  [names[1]!, value],
                ]
              : names.length === 1
                ? [[names[0]!, value]]
                : [];
          return write(node.body, within(frame, value, set));
        })
        .join("");
    }
  }
}

function within(frame: Frame, dot: unknown, set: readonly (readonly [string, unknown])[]): Frame {
  return { ...frame, dot, variables: new Map([...frame.variables, ...set]) };
}

function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item as unknown]);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)); // as Go goes through a map
}

function evaluate(expression: Expression, frame: Frame): unknown {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "dot":
      return frame.dot;
    case "variable":
      if (!frame.variables.has(expression.name))
        throw new ExitError(`template: there is no variable ${expression.name}`);
      return frame.variables.get(expression.name);
    case "field":
      return fieldOf(evaluate(expression.of, frame), expression.name);
    case "call": {
      const run = FUNCTIONS[expression.name];
      if (run === undefined)
        throw new ExitError(
          `template: function "${expression.name}" not defined; there are ${Object.keys(FUNCTIONS).join(", ")}`,
        );
      return run(
        expression.args.map((one) => evaluate(one, frame)),
        frame.context,
      );
    }
  }
}

/** What Go's types call fields that have another name in JSON. */
const GO_NAMES: Readonly<Record<string, string>> = { ObjectMeta: "metadata", ListMeta: "metadata", TypeMeta: "" };

function fieldOf(value: unknown, name: string): unknown {
  // calicoctl hands over a list of results; of one alone a field is that one's, as kubectl has it.
  const of = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
  if (typeof of !== "object" || of === null) return undefined;
  if (Object.hasOwn(of, name)) return (of as Readonly<Record<string, unknown>>)[name];
  const goName = GO_NAMES[name];
  if (goName === "") return of;
  const wanted = (goName ?? name).toLowerCase();
  return Object.entries(of).find(([key]) => key.toLowerCase() === wanted)?.[1] as unknown;
}

function printed(value: unknown): string {
  if (value === undefined) return "<no value>";
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(printed).join(" ")}]`;
  if (typeof value === "object")
    return `map[${entriesOf(value)
      .map(([key, held]) => `${String(key)}:${printed(held)}`)
      .join(" ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

type Run = (args: readonly unknown[], context: TemplateContext) => unknown;

const compare =
  (test: (a: never, b: never) => boolean): Run =>
  ([a, b]) =>
    test(a as never, b as never);

const FUNCTIONS: Readonly<Record<string, Run>> = {
  and: (args) => args.find((one) => !isTrue(one)) ?? args.at(-1),
  or: (args) => args.find(isTrue) ?? args.at(-1),
  not: ([value]) => !isTrue(value),
  len: ([value]) => (typeof value === "string" ? Buffer.byteLength(value) : entriesOf(value).length),
  index: ([value, ...keys]) =>
    keys.reduce((held: unknown, key) => (held as Readonly<Record<string, unknown>> | undefined)?.[String(key)], value),
  slice: ([value, from, to]) => (value as string | unknown[]).slice(from as number, to as number | undefined),
  eq: ([value, ...others]) => others.some((other) => other === value),
  ne: ([a, b]) => a !== b,
  lt: compare((a, b) => a < b),
  le: compare((a, b) => a <= b),
  gt: compare((a, b) => a > b),
  ge: compare((a, b) => a >= b),
  print: (args) => args.map(printed).join(""),
  println: (args) => `${args.map(printed).join(" ")}\n`,
  printf: ([format, ...args]) => formatted(String(format), args),
  join: ([items, separator]) => ((items ?? []) as readonly unknown[]).map(String).join(String(separator)),
  joinAndTruncate: ([items, separator, max]) =>
    joinAndTruncate((items ?? []) as readonly unknown[], String(separator), Number(max) || Infinity),
  config: ([what], { asNumber }) => {
    if (what !== "asnumber")
      throw new ExitError(`template: config knows "asnumber" alone, got ${JSON.stringify(what)}`);
    return asNumber ?? 64_512;
  },
  // kubectl's
  exists: ([value, ...keys]) => FUNCTIONS["index"]!([value, ...keys], {}) !== undefined,
  base64decode: ([text]) => Buffer.from(String(text), "base64").toString(),
};

function formatted(format: string, args: readonly unknown[]): string {
  let next = 0;
  return format.replaceAll(/%(-?)(\d*)([vsdqt%])/g, (_, left: string, width: string, verb: string) => {
    if (verb === "%") return "%";
    const text = verb === "q" ? JSON.stringify(args[next]) : printed(args[next]);
    next++;
    return left === "" ? text.padStart(Number(width)) : text.padEnd(Number(width));
  });
}

/** Fields stand close to what they are of: `.a.b` is one operand, `.a .b` two. */
const TOKEN =
  /\s+|"(?:\\.|[^"\\])*"|`[^`]*`|-?\d+(?:\.\d+)?|\$\w*(?:\.\w+)*|:=|=|[|(,]|\)(?:\.\w+)*|(?:\.\w+)+|\.|\w+/y;

class Parser {
  readonly #template: string;
  readonly #pieces: readonly { readonly isAction: boolean; readonly text: string }[];
  #at = 0;
  #tokens: string[] = [];

  constructor(template: string) {
    this.#template = template;
    this.#pieces = piecesOf(template);
  }

  parse(): readonly Node[] {
    const { nodes, end } = this.#block();
    if (end !== undefined) this.#fail(`unexpected {{${end}}}`);
    return nodes;
  }

  /** Up to what ends it: end, else, or the end of the template. */
  #block(): { readonly nodes: readonly Node[]; readonly end: string | undefined } {
    const nodes: Node[] = [];
    while (this.#at < this.#pieces.length) {
      const { isAction, text } = this.#pieces[this.#at++]!;
      if (!isAction) {
        nodes.push({ kind: "text", text });
        continue;
      }
      this.#tokens = this.#tokenize(text);
      const [word] = this.#tokens;
      if (word === "end" || word === "else") return { nodes, end: word };
      if (word === "if" || word === "with" || word === "range") nodes.push(this.#control(word));
      else if (word !== undefined) nodes.push(this.#action());
    }
    return { nodes, end: undefined };
  }

  #control(kind: "if" | "with" | "range"): Node {
    this.#tokens.shift();
    const names: string[] = [];
    if (this.#tokens[0]?.startsWith("$") === true && /^(:=|=|,)$/.test(this.#tokens[1] ?? "")) {
      names.push(this.#tokens.shift()!);
      if (this.#tokens[0] === ",") {
        this.#tokens.shift();
        names.push(this.#tokens.shift() ?? this.#fail("a second variable is missing"));
      }
      this.#tokens.shift();
    }
    const value = this.#pipeline();
    this.#refuseRest();
    const { nodes: body, end } = this.#block();
    return { kind, names, value, body, otherwise: this.#otherwise(kind, end) };
  }

  #otherwise(kind: string, end: string | undefined): readonly Node[] {
    if (end === undefined) this.#fail(`a {{${kind}}} without {{end}}`);
    if (end === "end") return [];
    this.#tokens.shift(); // else
    const [word] = this.#tokens;
    if (word === "if" || word === "with") return [this.#control(word)];
    const { nodes, end: last } = this.#block();
    if (last !== "end") this.#fail(`a {{${kind}}} without {{end}}`);
    return nodes;
  }

  #action(): Node {
    const [name, operator] = this.#tokens;
    if (name!.startsWith("$") && (operator === ":=" || operator === "=")) {
      this.#tokens.splice(0, 2);
      const value = this.#pipeline();
      this.#refuseRest();
      return { kind: "assign", name: name!, value };
    }
    const value = this.#pipeline();
    this.#refuseRest();
    return { kind: "print", value };
  }

  #pipeline(): Expression {
    let value = this.#command(undefined);
    while (this.#tokens[0] === "|") {
      this.#tokens.shift();
      value = this.#command(value);
    }
    return value;
  }

  /** `last`: what the command before it hands on, as the last argument. */
  #command(last: Expression | undefined): Expression {
    const [word] = this.#tokens;
    if (word === undefined) this.#fail("a value is missing");
    if (/^[a-z]\w*$/i.test(word) && !/^(true|false|nil)$/.test(word)) {
      this.#tokens.shift();
      const args: Expression[] = [];
      while (this.#tokens.length > 0 && !/^[|)]/.test(this.#tokens[0]!)) args.push(this.#operand());
      return { kind: "call", name: word, args: last === undefined ? args : [...args, last] };
    }
    if (last !== undefined) this.#fail(`a function must stand behind |, got ${word}`);
    return this.#operand();
  }

  #operand(): Expression {
    const token = this.#tokens.shift() ?? this.#fail("a value is missing");
    if (token === ".") return { kind: "dot" };
    if (token.startsWith(".")) return fieldsOf({ kind: "dot" }, token);
    if (token.startsWith("$")) {
      const [name] = token.split(".");
      return fieldsOf({ kind: "variable", name: name! }, token.slice(name!.length));
    }
    if (token !== "(") return this.#literal(token);
    const value = this.#pipeline();
    const close = this.#tokens.shift();
    if (close?.startsWith(")") !== true) this.#fail(") is missing");
    return fieldsOf(value, close.slice(1));
  }

  #literal(token: string): Expression {
    if (token.startsWith('"')) return { kind: "literal", value: JSON.parse(token) as unknown };
    if (token.startsWith("`")) return { kind: "literal", value: token.slice(1, -1) };
    if (/^-?\d/.test(token)) return { kind: "literal", value: Number(token) };
    if (token === "true" || token === "false") return { kind: "literal", value: token === "true" };
    if (token === "nil") return { kind: "literal", value: null };
    if (/^[a-z]\w*$/i.test(token)) return { kind: "call", name: token, args: [] };
    return this.#fail(`unexpected ${token}`);
  }

  #refuseRest(): void {
    if (this.#tokens.length > 0) this.#fail(`unexpected ${this.#tokens[0]}`);
  }

  #tokenize(text: string): string[] {
    const tokens: string[] = [];
    for (let at = 0; at < text.length;) {
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(text)?.[0];
      if (token === undefined) return this.#fail(`unexpected ${text[at]} in {{${text}}}`);
      at += token.length;
      if (token.trim() !== "") tokens.push(token);
    }
    return tokens;
  }

  #fail(why: string): never {
    throw new ExitError(`error parsing template: ${why}; the template is ${this.#template}`);
  }
}

/** `.a.b` of a value. */
function fieldsOf(value: Expression, names: string): Expression {
  return names
    .split(".")
    .slice(1)
    .reduce<Expression>((of, name) => ({ kind: "field", of, name }), value);
}

/** Text and actions by turns; `{{-` and `-}}` take the blanks beside them away. */
function piecesOf(template: string): { isAction: boolean; text: string }[] {
  const pieces: { isAction: boolean; text: string }[] = [];
  let from = 0;
  let trim = false;
  for (const { 0: whole, 1: before, 2: inner, 3: after, index } of template.matchAll(
    /\{\{(- )?\s*(\/\*[^]*?\*\/|[^]*?)\s*( -)?\}\}/g,
  )) {
    const text = template.slice(from, index);
    const left = trim ? text.trimStart() : text;
    pieces.push({ isAction: false, text: before === undefined ? left : left.trimEnd() });
    if (inner?.startsWith("/*") !== true) pieces.push({ isAction: true, text: inner ?? "" });
    trim = after !== undefined;
    from = index + whole.length;
  }
  const rest = template.slice(from);
  if (rest.includes("{{")) throw new ExitError(`error parsing template: a {{ without }}; the template is ${template}`);
  pieces.push({ isAction: false, text: trim ? rest.trimStart() : rest });
  return pieces.filter(({ isAction, text }) => isAction || text !== "");
}
