import type { z } from "zod";

/**
 * Go's types drop zero values when they write JSON, so what a typed client sends as `0` or `""` in an optional field means
 * "not set", defaults included. One rule for all of them: an empty text is unset; a 0 is unset where the field's own schema
 * refuses 0, and a value where it does not (`order: 0`, ICMP type 0, port 0 for "off"). Required fields, elements of lists and
 * fields marked `KEEPS_ZERO` are never touched.
 */
export function withoutZeros(schema: z.ZodType, value: unknown): unknown {
  const shape = shapeOf(schema);
  return shape === undefined ? value : strip(shape, value);
}

/** Metadata of a schema whose 0 and "" are refused wherever they stand: dropping part of a policy's rule would widen it. */
export const KEEPS_ZERO = { keepsZero: true } as const;

type Shape =
  | { readonly of: "object"; readonly fields: ReadonlyMap<string, Field> }
  | { readonly of: "list" | "map"; readonly item: Shape };

interface Field {
  readonly shape: Shape | undefined;
  /** Which zeros count as absent. */
  readonly drops: { readonly text: boolean; readonly number: boolean };
}

const shapes = new WeakMap<z.ZodType, Shape | undefined>();

function shapeOf(schema: z.ZodType): Shape | undefined {
  if (shapes.has(schema)) return shapes.get(schema);
  const { def } = coreOf(schema);
  const shape = makeShape(def);
  shapes.set(schema, shape);
  return shape;
}

/** The parts of zod's own description of a schema that are read here. */
interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

function makeShape(def: Def): Shape | undefined {
  const inner = def.element ?? def.valueType;
  if (inner !== undefined) {
    const item = shapeOf(inner);
    return item === undefined ? undefined : { of: def.type === "array" ? "list" : "map", item };
  }
  if (def.shape === undefined) return undefined;
  const fields = Object.entries(def.shape).flatMap(([name, schema]): [string, Field][] => {
    const { isOptional, ...core } = coreOf(schema);
    const keepsZero = !isOptional || core.keepsZero;
    const takes = takenBy(core.def);
    const drops = {
      text: !keepsZero && takes.text,
      number: !keepsZero && takes.number && !schema.safeParse(0).success,
    };
    const shape = shapeOf(schema);
    return shape === undefined && !drops.text && !drops.number ? [] : [[name, { shape, drops }]];
  });
  return fields.length === 0 ? undefined : { of: "object", fields: new Map(fields) };
}

interface Core {
  readonly def: Def;
  readonly isOptional: boolean;
  readonly keepsZero: boolean;
}

/** What stands inside `.optional()`, `.default()` and transforms. */
function coreOf(schema: z.ZodType): Core {
  const def = schema.def as unknown as Def; // zod's types know one def per class; only the parts named there are read
  const keepsZero = schema.meta()?.["keepsZero"] === true;
  const inner = def.innerType ?? (def.type === "pipe" ? def.in : undefined);
  if (inner === undefined) return { def, isOptional: false, keepsZero };
  const core = coreOf(inner);
  return {
    def: core.def,
    isOptional: core.isOptional || def.type === "optional" || def.type === "default",
    keepsZero: core.keepsZero || keepsZero,
  };
}

function takenBy({ type, options = [] }: Def): { readonly text: boolean; readonly number: boolean } {
  const types = new Set([type, ...options.map((option) => coreOf(option).def.type)]);
  return { text: types.has("string") || types.has("enum"), number: types.has("number") };
}

/** The value itself if nothing had to go. */
function strip(shape: Shape, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (shape.of === "list") {
    if (!Array.isArray(value)) return value;
    const items = value.map((item) => strip(shape.item, item));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (Array.isArray(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [name, held] of Object.entries(value)) {
    const { item, isUnset } = look(shape, name, held);
    if (item === held && !isUnset) continue;
    copy ??= { ...value };
    if (isUnset) delete copy[name];
    else copy[name] = item;
  }
  return copy ?? value;
}

function look(shape: Exclude<Shape, { of: "list" }>, name: string, held: unknown): { item: unknown; isUnset: boolean } {
  if (shape.of !== "object") return { item: strip(shape.item, held), isUnset: false };
  const field = shape.fields.get(name);
  if (field === undefined) return { item: held, isUnset: false };
  const isUnset = (held === "" && field.drops.text) || (held === 0 && field.drops.number);
  return { item: field.shape === undefined ? held : strip(field.shape, held), isUnset };
}
