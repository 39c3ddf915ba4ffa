import { parseSync } from "vite";
import type { Mutant } from "./apply.ts";

interface Syntax {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const OPPOSITES: Readonly<Record<string, string>> = {
  "===": "!==",
  "!==": "===",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "+": "-",
  "-": "+",
  "*": "/",
  "&&": "||",
  "||": "&&",
  "??": "&&",
};
const CALLS: Readonly<Record<string, string>> = { some: "every", every: "some", min: "max", max: "min", filter: "map" };

/** Every mutant of a TypeScript text that changes what it does when it runs; types, imports and words for people are left alone. */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const { program } = parseSync(file, text);
  const found: Mutant[] = [];
  visit(program as unknown as Syntax, (node) => found.push(...mutate(node, text)));
  return found;
}

function mutate(node: Syntax, text: string): Mutant[] {
  const source = ({ start, end }: Syntax): string => text.slice(start, end);
  const instead = ({ start, end }: Pick<Syntax, "start" | "end">, what: string): Mutant => ({ start, end, text: what });
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression":
      return swapOperator(node, text);
    case "IfStatement":
    case "ConditionalExpression":
      return ["true", "false"].map((value) => instead(node["test"] as Syntax, value));
    case "UnaryExpression":
      return node["operator"] === "!" ? [instead(node, source(node["argument"] as Syntax))] : [];
    case "Literal":
      if (typeof node["value"] === "boolean") return [instead(node, String(!node["value"]))];
      return typeof node["value"] === "number" ? [instead(node, String(node["value"] + 1))] : [];
    case "CallExpression":
      return swapCall(node["callee"] as Syntax);
    case "ExpressionStatement":
      return isCall(node["expression"] as Syntax) ? [instead(node, ";")] : [];
    case "ReturnStatement":
      return isNothing(node["argument"]) ? [] : [instead(node, "return undefined as never;")];
    case "SpreadElement":
      return [instead(node, "...[]")];
    default:
      return [];
  }
}

function swapOperator({ left, right, operator }: Syntax, text: string): Mutant[] {
  const other = OPPOSITES[operator as string];
  if (other === undefined) return [];
  const between = text.slice((left as Syntax).end, (right as Syntax).start);
  const start = (left as Syntax).end + between.indexOf(operator as string);
  return [{ start, end: start + (operator as string).length, text: other }];
}

function swapCall(callee: Syntax): Mutant[] {
  if (callee.type !== "MemberExpression" || callee["computed"] === true) return [];
  const property = callee["property"] as Syntax;
  const other = CALLS[String(property["name"])];
  return other === undefined ? [] : [{ start: property.start, end: property.end, text: other }];
}

function isNothing(returned: unknown): boolean {
  return !isSyntax(returned) || (returned.type === "Identifier" && returned["name"] === "undefined");
}

function isCall(node: Syntax): boolean {
  return node.type === "CallExpression" || (node.type === "AwaitExpression" && isCall(node["argument"] as Syntax));
}

function visit(node: Syntax, see: (node: Syntax) => void): void {
  if (isLeftAlone(node)) return;
  see(node);
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value]) if (isSyntax(child)) visit(child, see);
}

/** Types mean nothing when they run; what a log or an error says is for people. */
function isLeftAlone(node: Syntax): boolean {
  if (node.type.startsWith("TS") && !VALUES.has(node.type)) return true;
  if (node.type === "ImportDeclaration" || node.type === "TemplateLiteral") return true;
  const call = node.type === "ExpressionStatement" ? (node["expression"] as Syntax) : node;
  return call.type === "CallExpression" && isLogCall(call["callee"] as Syntax);
}

/** TypeScript's own syntax with a value inside. */
const VALUES: ReadonlySet<string> = new Set(["TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression"]);

function isLogCall(callee: Syntax): boolean {
  if (callee.type !== "MemberExpression") return false;
  const name = (node: unknown): string =>
    isSyntax(node) ? String(node["name"] ?? (isSyntax(node["property"]) ? node["property"]["name"] : "")) : "";
  return name(callee["object"]) === "log" && ["debug", "info", "warn", "error"].includes(name(callee["property"]));
}

function isSyntax(value: unknown): value is Syntax {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
