import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import { parseAllDocuments } from "yaml";
import { definitionOf } from "../words/kinds.ts";
import { formatCount } from "../words/number.ts";

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
  const read: PastedDocument[] = [];
  for (const doc of parseAllDocuments(text, PARSE)) {
    if (!("errors" in doc)) break; // a text without any
    const line = lineOf(text, doc.contents?.range?.[0]);
    const [error] = doc.errors;
    if (error !== undefined) {
      read.push({ line: lineOf(text, error.pos[0]), problem: error.message });
      continue;
    }
    const value = valueOf(doc);
    if (value === null) continue;
    const items: readonly unknown[] = isList(value) ? value.items : [value];
    read.push(...items.map((item) => documentOf(item, line)));
  }
  if (read.length <= MAX) return read;
  return [{ line: read[MAX]!.line, problem: `${read.length} objects are more than a draft of ${MAX}: apply the file` }];
}

function valueOf(doc: { readonly toJS: (options: typeof PARSE) => unknown }): unknown {
  try {
    return doc.toJS(PARSE);
  } catch (error) {
    return error instanceof Error ? error.message : String(error); // too many aliases: a text, and so no object
  }
}

function isList(value: unknown): value is { readonly items: readonly unknown[] } {
  const { kind, items } = value as { readonly kind?: unknown; readonly items?: unknown };
  return typeof kind === "string" && kind.endsWith("List") && Array.isArray(items);
}

function documentOf(value: unknown, line: number): PastedDocument {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { line, problem: "no object: it begins with apiVersion and kind" };
  const { kind, metadata } = value as { readonly kind?: unknown; readonly metadata?: unknown };
  if (typeof kind !== "string") return { line, problem: "kind: is missing" };
  const definition = definitionOf(kind);
  if (definition === undefined) return { line, problem: `kind: there is no ${kind}` };
  if (definition.internal || definition.readOnly)
    return { line, problem: `kind: ${kind} is written by agents and IPAM alone` };
  // `metadata:` with nothing behind it is null.
  const { name, namespace } = (metadata ?? {}) as { readonly name?: unknown; readonly namespace?: unknown };
  if (typeof name !== "string" || name === "") return { line, problem: `metadata.name: the ${kind} has none` };
  if (!definition.namespaced) return { line, ref: { kind, name }, object: value as KubeObject };
  if (typeof namespace !== "string" || namespace === "")
    return { line, problem: `metadata.namespace: ${kind} ${name} has none` };
  return { line, ref: { kind, name, namespace }, object: value as KubeObject };
}

function lineOf(text: string, at = 0): number {
  return text.slice(0, at).split("\n").length;
}
