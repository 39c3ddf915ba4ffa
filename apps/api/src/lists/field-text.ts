import type { KubeObject } from "@percale/resources";

/** Where an object has a text: `spec.ingress[0].source.nets[1]`, and what stands there. */
export interface FieldText {
  readonly field: string;
  readonly text: string;
}

/** Under so many characters everything has everything. */
const LEAST = 3;
/** As much of a long text as a row shows. */
const SHOWN = 80;
/** Holds the whole object once more. */
const REPEATED = "kubectl.kubernetes.io/last-applied-configuration";

/** The first field that has the text, in whatever case: of the spec, then of labels and annotations. */
export function fieldWith(object: KubeObject, typed: string): FieldText | undefined {
  const wanted = typed.toLowerCase();
  if (wanted.length < LEAST || !hasFieldWith(object, wanted)) return undefined;
  const { labels, annotations } = object.metadata;
  return (
    found(object.spec, "spec", wanted) ??
    foundIn(labels, "metadata.labels", wanted) ??
    foundIn(annotations, "metadata.annotations", wanted)
  );
}

/** Whether any of them has it, in small letters. */
export function hasFieldWith(object: KubeObject, wanted: string): boolean {
  return textOf(object).includes(escaped(wanted));
}

const texts = new WeakMap<KubeObject, string>();

/** All that is looked through, in small letters: most objects do not have what is wanted. */
function textOf(object: KubeObject): string {
  let text = texts.get(object);
  if (text === undefined) {
    const { labels = {}, annotations = {} } = object.metadata;
    const all = [object.spec ?? {}, ...terms(labels), ...terms(annotations)];
    texts.set(object, (text = JSON.stringify(all).toLowerCase()));
  }
  return text;
}

/** As it stands in JSON. */
function escaped(wanted: string): string {
  return JSON.stringify(wanted).slice(1, -1);
}

function terms(map: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(map).flatMap(([key, value]) => (key === REPEATED ? [] : [`${key}=${value}`]));
}

/** Labels and annotations as people write them: `key=value`. */
function foundIn(
  map: Readonly<Record<string, string>> | undefined,
  field: string,
  wanted: string,
): FieldText | undefined {
  const term = terms(map ?? {}).find((one) => one.toLowerCase().includes(wanted));
  return term === undefined ? undefined : { field, text: around(term, wanted) };
}

function found(value: unknown, field: string, wanted: string): FieldText | undefined {
  if (typeof value !== "object" || value === null) {
    const text = String(value);
    return text.toLowerCase().includes(wanted) ? { field, text: around(text, wanted) } : undefined;
  }
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    const at = Array.isArray(value) ? `${field}[${key}]` : `${field}.${key}`;
    const one = found(item, at, wanted);
    if (one !== undefined) return one;
  }
  return undefined;
}

function around(text: string, wanted: string): string {
  if (text.length <= SHOWN) return text;
  const from = Math.max(0, Math.min(text.toLowerCase().indexOf(wanted) - SHOWN / 4, text.length - SHOWN));
  return `${from > 0 ? "…" : ""}${text.slice(from, from + SHOWN)}${from + SHOWN < text.length ? "…" : ""}`;
}
