import { type KubeObject, servedForm } from "@percale/resources/catalog";
import { isCollection, isMap, isScalar, isSeq, type Node, parseDocument, stringify } from "yaml";

/**
 * One YAML text that both the form and the code editor work on. The form never re-writes the text: a scalar is replaced in its
 * own range, so comments, key order and quoting stay. Only adding or removing a field prints the tree again (comments kept).
 */
export type Path = readonly (string | number)[];

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Problem extends Range {
  readonly message: string;
  readonly severity: "error" | "warning";
  /** `spec.order`, where known. */
  readonly field?: string;
}

export interface YamlText {
  readonly text: string;
  /** The plain value; undefined while the text does not parse or is not a map. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
  readonly problems: readonly Problem[];
}

// An alias bomb must not stop the page; ten is more than any manifest needs.
const PARSE = { maxAliasCount: 10, prettyErrors: false, version: "1.2" } as const;

export function readYaml(text: string): YamlText {
  const doc = parseDocument(text, PARSE);
  const problems: Problem[] = doc.errors.map((error) => ({
    from: error.pos[0],
    to: Math.max(error.pos[1], error.pos[0] + 1),
    message: error.message,
    severity: "error",
  }));
  if (problems.length > 0) return { text, value: undefined, problems };
  try {
    const value: unknown = doc.toJS(PARSE);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { text, value: value as Record<string, unknown>, problems };
    }
    const message = "A manifest is a map that starts with apiVersion and kind.";
    return { text, value: undefined, problems: [{ from: 0, to: text.length, message, severity: "error" }] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { text, value: undefined, problems: [{ from: 0, to: text.length, message, severity: "error" }] };
  }
}

/** Where a field stands; for an absent one the nearest parent that exists. */
export function rangeOf(text: string, path: Path): Range {
  const doc = parseDocument(text, PARSE);
  let node: unknown = doc.contents;
  let range: Range = { from: 0, to: Math.min(text.length, firstLineEnd(text)) };
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(key));
      if (pair === undefined) break;
      range = nodeRange(pair.key as Node) ?? range;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (node === undefined) break;
      range = firstLine(text, nodeRange(node as Node) ?? range);
    } else break;
  }
  if (isScalar(node)) return nodeRange(node) ?? range;
  return range;
}

/** Sets one field. `undefined` removes it, and with it maps that become empty on the way up (but never `spec`). */
export function setField(text: string, path: Path, value: unknown): string {
  const doc = parseDocument(text, PARSE);
  if (doc.errors.length > 0) return text;
  if (value === undefined) {
    let at = path;
    doc.deleteIn(at);
    for (at = path.slice(0, -1); at.length > 1; at = at.slice(0, -1)) {
      const parent = doc.getIn(at);
      if (!isCollection(parent) || parent.items.length > 0) break;
      doc.deleteIn(at);
    }
    return print(doc, text);
  }
  const node: unknown = doc.getIn(path, true);
  if (isScalar(node) && node.range && !isObject(value)) {
    const [from, to] = node.range;
    return text.slice(0, from) + renderScalar(value, node.type) + text.slice(to);
  }
  doc.setIn(path, doc.createNode(value));
  return print(doc, text);
}

/** A stored object as the text a person edits: server fields left out, in the order people write them. */
export function manifestOf(object: KubeObject): string {
  const metadata = Object.fromEntries(
    (["name", "namespace", "labels", "annotations", "finalizers"] as const).flatMap((key) =>
      object.metadata[key] === undefined ? [] : [[key, object.metadata[key]]],
    ),
  );
  const { apiVersion, kind, metadata: _, status: _status, ...fields } = servedForm(object);
  return stringify({ apiVersion, kind, metadata, ...fields }, { lineWidth: 0, indentSeq: false });
}

/** `spec.ingress[0].action` ⇄ path; also takes `spec.ingress.0.action`. */
export function parsePath(text: string): Path {
  return text
    .replaceAll(/\[(\d+)\]/g, ".$1")
    .split(".")
    .filter((part) => part !== "")
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function renderScalar(value: unknown, type: string | undefined): string {
  if (typeof value === "string") {
    if (type === "QUOTE_DOUBLE") return JSON.stringify(value);
    if (type === "QUOTE_SINGLE") return `'${value.replaceAll("'", "''")}'`;
  }
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

function print(doc: ReturnType<typeof parseDocument>, before: string): string {
  return doc.toString({
    lineWidth: 0,
    // Keep the habits of the text: dashes under their key or indented, brackets tight or padded.
    indentSeq:
      /:[^\S\n]*\n( *)[^\n]*/.test(before) &&
      !/^( *)[^\s#-][^\n]*:[^\S\n]*\n\1- /m.test(before) &&
      /^ +- /m.test(before),
    flowCollectionPadding: !/[[{]\S/.test(before),
  });
}

function nodeRange(node: Node): Range | undefined {
  return node.range ? { from: node.range[0], to: Math.max(node.range[1], node.range[0]) } : undefined;
}

function firstLine(text: string, { from, to }: Range): Range {
  const end = text.indexOf("\n", from);
  return { from, to: end < 0 ? to : Math.min(to, end) };
}

function firstLineEnd(text: string): number {
  const end = text.indexOf("\n");
  return end < 0 ? text.length : end;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
