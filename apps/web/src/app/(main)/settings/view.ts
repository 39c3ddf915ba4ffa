import type { Change } from "@percale/protocol";
import type { Kind, KubeObject } from "@percale/resources/catalog";
import { counted } from "../../../words/number.ts";
import { plainText, type Schema, schemaAt, typesOf, valuesOf } from "../../../words/schema.ts";

/** The object that is for the whole cluster. */
export const CLUSTER = "default";

export type Control =
  | { readonly t: "switch" }
  | { readonly t: "choice"; readonly values: readonly string[] }
  | { readonly t: "number" }
  | { readonly t: "text" }
  /** Texts with commas between. */
  | { readonly t: "list" }
  /** Too much for a line. */
  | { readonly t: "yaml" };

export interface SettingRow {
  /** `FelixConfiguration.vxlanMTU` */
  readonly key: string;
  readonly kind: string;
  readonly group: string;
  readonly field: string;
  readonly title: string;
  readonly description: string;
  readonly control: Control;
  readonly unit: string | undefined;
  /** What a change does; undefined where no part of this version reads it. */
  readonly effect: string | undefined;
  /** What holds where no object says it; undefined where that depends on the node. */
  readonly fallback: unknown;
  /** What the object `default` says. */
  readonly stated: unknown;
  readonly differs: boolean;
  /** What narrower objects say that is another value. */
  readonly overrides: readonly { readonly name: string; readonly value: unknown }[];
}

/** Values not yet written, by key; undefined takes a field out, so that its default holds. */
export type Drafts = ReadonlyMap<string, unknown>;

type Spec = Readonly<Record<string, unknown>>;

/** The settings of a kind, group by group. */
export function settingRows(
  kind: Kind,
  schema: Schema | undefined,
  objects: readonly KubeObject[],
): readonly SettingRow[] {
  const specOf = (object: KubeObject | undefined): Spec => (object?.spec ?? {}) as Spec;
  const cluster = specOf(objects.find(({ metadata }) => metadata.name === CLUSTER));
  const narrower = objects.filter(({ metadata }) => metadata.name !== CLUSTER);
  return groupsOf(schema).flatMap(({ title: group, fields }) =>
    fields.flatMap((field) => {
      const about = schemaAt(schema, ["spec", field]);
      if (about === undefined) return [];
      const fallback = about["x-default"] ?? about.default;
      const stated = cluster[field];
      return {
        key: `${kind.kind}.${field}`,
        kind: kind.kind,
        group,
        field,
        title: about.title ?? field,
        description: about.description ?? "",
        control: controlOf(about),
        unit: about["x-unit"],
        effect: about["x-effect"],
        fallback,
        stated,
        differs: stated !== undefined && !isSame(stated, fallback),
        overrides: narrower.flatMap((object) => {
          const value = specOf(object)[field];
          return value === undefined || isSame(value, stated ?? fallback)
            ? []
            : [{ name: object.metadata.name, value }];
        }),
      };
    }),
  );
}

/** Which fields stand together, in this order. */
export function groupsOf(schema: Schema | undefined): NonNullable<Schema["x-groups"]> {
  return schemaAt(schema, ["spec"])?.["x-groups"] ?? [];
}

function controlOf(schema: Schema): Control {
  const types = typesOf(schema);
  const values = schema["x-choices"] ?? valuesOf(schema);
  if (types.includes("boolean")) return { t: "switch" };
  if (values.length > 0) return { t: "choice", values };
  if (types.includes("array")) return typesOf(schema.items ?? {}).join() === "string" ? { t: "list" } : { t: "yaml" };
  if (types.includes("object") || types.length === 0) return { t: "yaml" };
  return types.includes("string") ? { t: "text" } : { t: "number" };
}

/** What the row shows: the draft, else what is stated, else the default. */
export function shownValue(row: SettingRow, drafts: Drafts): unknown {
  return (drafts.has(row.key) ? drafts.get(row.key) : row.stated) ?? row.fallback;
}

/** The drafts after someone set a value; what equals the stored state is no draft. */
export function withDraft(drafts: Drafts, row: SettingRow, value: unknown): Drafts {
  const next = new Map(drafts);
  if (isSame(value, row.stated)) next.delete(row.key);
  else next.set(row.key, value);
  return next;
}

/** What was typed, as the field holds it. */
export function parseTyped(control: Control, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (control.t === "number") return Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed);
  if (control.t === "list") return trimmed.split(/[\s,]+/);
  return trimmed;
}

/** A value in a cell. */
export function valueWords(value: unknown): string {
  if (value === undefined || value === "") return "not set";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (!Array.isArray(value)) return plainText(value);
  if (value.length === 0) return "none";
  return value.every((item) => typeof item === "string") ? value.join(", ") : counted(value.length, "entry", "entries");
}

export type Only = "has" | "over" | "mine" | "live";

export function isOnly(text: string | null): text is Only {
  return text === "has" || text === "over" || text === "mine" || text === "live";
}

/** Rows of which this is true and that have every word of the text somewhere. */
export function findRows(
  rows: readonly SettingRow[],
  { text, only, drafts }: { readonly text: string; readonly only: Only | undefined; readonly drafts: Drafts },
): readonly SettingRow[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return rows.filter((row) => {
    if (only !== undefined && !holds(row, only, drafts)) return false;
    const all = `${row.title} ${row.field} ${row.description} ${row.group} ${plainText(row.stated ?? row.fallback)}`;
    return words.every((word) => all.toLowerCase().includes(word));
  });
}

export function holds(row: SettingRow, only: Only, drafts: Drafts): boolean {
  switch (only) {
    case "has":
      return row.differs;
    case "over":
      return row.overrides.length > 0;
    case "mine":
      return drafts.has(row.key);
    case "live":
      return row.effect !== undefined;
  }
}

/** The writes that make the drafts true: one object for each kind that has any. */
export function changesOf(drafts: Drafts, kinds: readonly Kind[], objects: readonly KubeObject[]): readonly Change[] {
  return kinds.flatMap((kind): readonly Change[] => {
    const own = [...drafts].filter(([key]) => key.startsWith(`${kind.kind}.`));
    if (own.length === 0) return [];
    const stored = objects.find((object) => object.kind === kind.kind && object.metadata.name === CLUSTER);
    const spec: Record<string, unknown> = { ...(stored?.spec as Spec | undefined) };
    for (const [key, value] of own) {
      const field = key.slice(kind.kind.length + 1);
      if (value === undefined) delete spec[field];
      else spec[field] = value;
    }
    if (stored !== undefined) return [{ op: "update", object: { ...stored, spec } }];
    const { apiVersion } = kind;
    return [{ op: "create", object: { apiVersion, kind: kind.kind, metadata: { name: CLUSTER }, spec } }];
  });
}

/** What applying them costs, in the words of the definitions; nothing for what takes hold where it stands. */
export function costsOf(rows: readonly SettingRow[], drafts: Drafts): readonly string[] {
  const costs = rows.flatMap(({ key, effect = "live" }) => (drafts.has(key) ? [effect] : []));
  return [...new Set(costs)].filter((effect) => effect !== "live");
}

/** Whom a narrower object is for. */
export function forWhom(name: string): string {
  return name.startsWith("node.") ? name.slice("node.".length) : name;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** How far the cluster is from its defaults, in a sentence. */
export function settingsWords(differing: number, overridden: number, all: number): string {
  const over = overridden === 0 ? "none is overridden on a node" : `${overridden} overridden on a node`;
  if (differing === 0) return `All ${all} settings have their default; ${over}`;
  return `${differing} of ${all} settings ${differing === 1 ? "differs" : "differ"} from the default; ${over}`;
}
