import { fieldsOf, type Schema, schemaAt, typesOf, typeText, valuesOf } from "../words/schema.ts";

/** Where the cursor stands in block YAML: the map it is in, and the key if it stands in a value. */
export interface CursorPlace {
  readonly path: readonly (string | number)[];
  /** Set when the cursor is behind `key:`. */
  readonly key?: string;
  /** Text between the start of the word and the cursor, and where it starts. */
  readonly typed: string;
  readonly from: number;
}

export interface Suggestion {
  readonly label: string;
  readonly apply: string;
  readonly detail: string;
  readonly info: string;
}

const LINE = /^(?<indent> *(?:- +)*)(?:(?<key>[\w./-]+):(?<space>\s*)(?<value>.*)|(?<word>[\w./-]*))$/;

/** Reads only lines above the cursor, so it also works while the text does not parse. Undefined inside comments and block text. */
export function placeOf(text: string, offset: number): CursorPlace | undefined {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const head = text.slice(lineStart, offset);
  const match = LINE.exec(head);
  if (match?.groups === undefined) return undefined;
  const { indent = "", key, space = "", value = "", word = "" } = match.groups;
  const path = pathAbove(text.slice(0, lineStart), indent);
  if (key === undefined) return { path, typed: word, from: offset - word.length };
  if (space === "" && value === "") return undefined;
  const typed = value.trimStart();
  return { path, key, typed, from: offset - typed.length };
}

/** Keys of the lines above that contain the line with this indent. A dash counts as one list level. */
function pathAbove(above: string, indent: string): readonly (string | number)[] {
  const path: (string | number)[] = [];
  let keyBelow = indent.length;
  const dashes = (lead: string, limit: number): number => {
    let lowest = limit;
    for (let at = lead.length - 1; at >= 0; at -= 1) {
      if (lead[at] !== "-" || at >= limit) continue;
      path.unshift(0);
      lowest = at;
    }
    return lowest;
  };
  let dashBelow = dashes(indent, keyBelow);
  if (dashBelow < keyBelow) keyBelow = dashBelow + 1;
  for (const line of above.split("\n").toReversed()) {
    const match = /^(?<lead> *(?:- +)*)(?<key>[\w./-]+):/.exec(line);
    const lead = match?.groups?.["lead"];
    const key = match?.groups?.["key"];
    if (lead === undefined || key === undefined) continue;
    if (lead.length < keyBelow) {
      path.unshift(key);
      keyBelow = lead.length;
      dashBelow = Math.min(dashBelow, keyBelow);
    }
    const lowest = dashes(lead, Math.min(dashBelow, lead.length < keyBelow + 1 ? lead.length : keyBelow));
    if (lowest < dashBelow && lead.includes("-")) {
      dashBelow = lowest;
      keyBelow = Math.min(keyBelow, lowest + 1);
    }
    if (keyBelow === 0) break;
  }
  return path;
}

/** Live values for a field, from the cluster: tiers, namespaces, labels. */
export type ValueSource = (path: readonly (string | number)[]) => readonly string[];

export function suggest(place: CursorPlace, schema: Schema, values: ValueSource): readonly Suggestion[] {
  if (place.key !== undefined) {
    const path = [...place.path, place.key];
    const field = schemaAt(schema, path);
    return [...new Set([...valuesOf(field), ...values(path)])].map((value) => ({
      label: value,
      apply: quoted(value),
      detail: "",
      info: field?.description ?? "",
    }));
  }
  return fieldsOf(schemaAt(schema, place.path)).map(([name, field]) => ({
    label: name,
    apply: typesOf(field).some((type) => type === "object" || type === "array") ? `${name}:` : `${name}: `,
    detail: typeText(field),
    info: field.description ?? "",
  }));
}

/** Quotes only what YAML would read as something else. */
function quoted(value: string): string {
  return /[:#{}[\],&*!|>'"%@`]|^\s|\s$|^$/.test(value) && !/^(true|false|\d+)$/.test(value)
    ? JSON.stringify(value)
    : value;
}
