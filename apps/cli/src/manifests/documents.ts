/** Manifests as they stand in a file: objects, and where in the file each of their fields is. */
import type { KubeObject } from "@percale/resources";
import type { Document, LineCounter as Lines, Node, Pair } from "yaml";
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { ExitError } from "../exit-error.ts";
import { parseField } from "./field.ts";

/** An object of a file. */
export interface Manifest {
  readonly object: KubeObject;
  /** The file, `stdin` where there is none. */
  readonly source: string;
  /** `file:line:column` of a field such as `spec.ingress[0].action`, or of what is nearest above it. */
  readonly locate: (field: string) => string;
}

/** calicoctl's; a document is read whole. */
const MAX_BYTES = 10 * 1024 * 1024;

/** Each document is one object, a List or an array of objects. Throws ExitError at the first that cannot be read. */
export function parseManifests(text: string, source: string): Manifest[] {
  return split(text).flatMap(({ text: part, line }) => {
    if (Buffer.byteLength(part) > MAX_BYTES)
      throw new ExitError(`${source}:${line}: a document of more than 10 MB; put its objects into several`);
    const lines = new LineCounter();
    const document = parseDocument(part, { lineCounter: lines, prettyErrors: false });
    const at = (offset: number): string => placeOf(lines, offset, { source, line });
    const [error] = document.errors;
    if (error !== undefined) throw new ExitError(`${at(error.pos[0])}: ${error.message}`);
    return flatten(valueOf(document, at), [], { source, document, at });
  });
}

/** Throws ExitError for aliases of nothing, and for those that unfold into more than anybody means. */
function valueOf(document: Document, at: (offset: number) => string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new ExitError(`${at(0)}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A line that begins with `---` after another line ends a document. Source: projectcalico/calico `libcalico-go/lib/backend/.../yaml/decoder.go`. */
function split(text: string): { readonly text: string; readonly line: number }[] {
  const parts: { text: string; line: number }[] = [];
  let from = 0;
  let line = 1;
  for (const { index } of text.matchAll(/\n---/g)) {
    const part = text.slice(from, index + 1);
    parts.push({ text: part, line });
    line += part.split("\n").length - 1;
    from = index + 1;
  }
  parts.push({ text: text.slice(from), line });
  return parts;
}

interface Place {
  readonly source: string;
  readonly document: Document;
  readonly at: (offset: number) => string;
}

type Path = readonly (string | number)[];

function flatten(value: unknown, path: Path, place: Place): Manifest[] {
  if (value === null || value === undefined) return [];
  const here = (field = ""): string => place.at(offsetOf(place.document, [...path, ...parseField(field)]));
  if (Array.isArray(value)) return value.flatMap((item, index) => flatten(item, [...path, index], place));
  if (typeof value !== "object") throw new ExitError(`${here()}: must be an object, got ${JSON.stringify(value)}`);
  const object = value as Partial<KubeObject> & { readonly items?: unknown };
  if (typeof object.kind !== "string") throw new ExitError(`${here()}: an object without kind`);
  if (object.kind.endsWith("List") && Array.isArray(object.items))
    return object.items.flatMap((item, index) => flatten(item, [...path, "items", index], place));
  if (typeof object.metadata?.name !== "string" && object.metadata?.generateName === undefined)
    throw new ExitError(`${here("metadata")}: insufficient identifiers, missing 'name'`);
  return [{ object: object as KubeObject, source: place.source, locate: here }]; // kind and name were just seen; others check the rest
}

/** Of a key for what stands under it, of an item for itself; of the nearest thing above where the path leads nowhere. */
function offsetOf(document: Document, path: Path): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) break;
      offset = (pair.key as Node).range?.[0] ?? offset; // a scalar, as was just seen
      node = pair.value as Node | null; // a document that was parsed holds nodes
    } else if (isSeq(node) && typeof step === "number") {
      const item = node.items[step] as Node | undefined;
      if (item === undefined) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else break;
  }
  return offset;
}

function placeOf(lines: Lines, offset: number, { source, line: first }: { source: string; line: number }): string {
  const { line, col } = lines.linePos(offset);
  return `${source}:${line + first - 1}:${col}`;
}
