import { formatRef, type KubeObject, type ObjectRef, ownForm } from "@percale/resources/catalog";
import { LineCounter, parseAllDocuments } from "yaml";
import { definitionOf } from "../words/kinds.ts";
import { formatCount } from "../words/number.ts";
import { isMap } from "./diff.ts";

/** One of several objects in a text, or why it is none. */
export type PastedDocument = { readonly line: number } & (
  | { readonly ref: ObjectRef; readonly object: KubeObject; readonly problem?: never }
  | { readonly problem: string }
);

const PARSE = { maxAliasCount: 10, prettyErrors: false, version: "1.2" } as const;
/** Many at once are what the command line is for, and long texts: a page would hang over them, and no tab has room to keep them. */
const MAX = 50;
const MAX_CHARACTERS = 1_000_000;

/** The objects of a text, in their order: documents between `---`, and the items of lists. Empty documents are none. */
export function readPasted(text: string): readonly PastedDocument[] {
  if (text.length > MAX_CHARACTERS)
    return [{ line: 1, problem: `it is longer than ${formatCount(MAX_CHARACTERS)} characters: apply the file` }];
  const lines = new LineCounter();
  const lineAt = (at = 0): number => lines.linePos(at).line;
  const read: PastedDocument[] = [];
  for (const doc of parseAllDocuments(text, { ...PARSE, lineCounter: lines })) {
    if (!("errors" in doc)) break; // a text without any
    const line = lineAt(doc.contents?.range?.[0]);
    const [error] = doc.errors;
    if (error !== undefined) read.push({ line: lineAt(error.pos[0]), problem: error.message });
    else for (const one of objectsOf(doc, line)) read.push(one);
  }
  if (read.length <= MAX) return onceEach(read);
  return [{ line: read[MAX]!.line, problem: `${read.length} objects are more than a draft of ${MAX}: apply the file` }];
}

function objectsOf(
  doc: { readonly toJS: (options: typeof PARSE) => unknown },
  line: number,
): readonly PastedDocument[] {
  try {
    const value = doc.toJS(PARSE);
    if (value === null) return [];
    return (isList(value) ? value.items : [value]).map((item) => documentOf(item, line));
  } catch (error) {
    // Too many aliases.
    return [{ line, problem: `no object: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

function isList(value: unknown): value is { readonly items: readonly unknown[] } {
  return isMap(value) && String(value["kind"]).endsWith("List") && Array.isArray(value["items"]);
}

function documentOf(value: unknown, line: number): PastedDocument {
  if (!isMap(value)) return { line, problem: "no object: it begins with apiVersion and kind" };
  if (typeof value["kind"] !== "string") return { line, problem: "kind: is missing" };
  const object = ownForm(value as unknown as KubeObject);
  const { kind } = object;
  const { metadata } = value;
  const definition = definitionOf(kind);
  if (definition === undefined) return { line, problem: `kind: there is no ${kind}` };
  if (definition.internal || definition.readOnly)
    return { line, problem: `kind: ${kind} is written by agents and IPAM alone` };
  const { name, namespace } = isMap(metadata) ? metadata : {};
  if (!isName(name)) return { line, problem: `metadata.name: the ${kind} has none` };
  if (!definition.namespaced) return { line, ref: { kind, name }, object };
  if (!isName(namespace)) return { line, problem: `metadata.namespace: ${kind} ${name} has none` };
  return { line, ref: { kind, namespace, name }, object };
}

/** An object that is in it twice is refused where it comes again: one write holds it once. */
function onceEach(read: readonly PastedDocument[]): readonly PastedDocument[] {
  const firstLine = new Map<string, number>();
  return read.map((one) => {
    if (one.problem !== undefined) return one;
    const before = firstLine.get(formatRef(one.ref));
    if (before === undefined) firstLine.set(formatRef(one.ref), one.line);
    return before === undefined
      ? one
      : {
          line: one.line,
          problem: `metadata.name: ${one.ref.kind} ${one.ref.name} is in it twice, first at line ${before}`,
        };
  });
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
