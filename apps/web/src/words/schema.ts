/** The part of JSON Schema (OpenAPI v3) that forms, settings and differences read. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly "x-kubernetes-int-or-string"?: boolean;
  /** Of a setting: what holds where nobody says it, after a number, and what a change does. */
  readonly "x-default"?: unknown;
  readonly "x-unit"?: string;
  readonly "x-effect"?: string;
  /** Of a configuration: which fields stand together on the settings page. */
  readonly "x-groups"?: readonly { readonly title: string; readonly fields: readonly string[] }[];
  /** Written in any case. */
  readonly "x-choices"?: readonly string[];
}

/** The schema of a field, through lists and alternatives; undefined for an unknown field. */
export function schemaAt(schema: Schema | undefined, path: readonly (string | number)[]): Schema | undefined {
  let at = schema;
  for (const key of path) {
    if (at === undefined) return undefined;
    at = step(at, key);
  }
  return at;
}

/** What people call the field at a path of text, such as `spec.ingress[0].source.nets`: its written title, else the path itself; before the schema is here its last word. */
export function titleAt(schema: Schema | undefined, path: string): string {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  if (schema === undefined) return capital(keys.at(-1) ?? path);
  return (
    schemaAt(
      schema,
      keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
    )?.title ?? path
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function step(schema: Schema, key: string | number): Schema | undefined {
  if (typeof key === "number" && schema.items !== undefined) return schema.items;
  const own = schema.properties?.[key];
  if (own !== undefined) return own;
  for (const branch of branches(schema)) {
    const found = step(branch, key);
    if (found !== undefined) return found;
  }
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}

/** All fields that a map may have. */
export function fieldsOf(schema: Schema | undefined): readonly (readonly [string, Schema])[] {
  if (schema === undefined) return [];
  return [...Object.entries(schema.properties ?? {}), ...branches(schema).flatMap(fieldsOf)];
}

/** Values a field may take, if they are a closed list. */
export function valuesOf(schema: Schema | undefined): readonly string[] {
  if (schema === undefined) return [];
  if (schema.enum !== undefined) return schema.enum.map(plainText);
  if (schema.const !== undefined) return [plainText(schema.const)];
  if (typesOf(schema).includes("boolean")) return ["true", "false"];
  return [...new Set(branches(schema).flatMap(valuesOf))];
}

export function typesOf(schema: Schema): readonly string[] {
  if (schema.type === undefined) return branches(schema).flatMap(typesOf);
  return typeof schema.type === "string" ? [schema.type] : schema.type;
}

/** `integer 0..4294967295, default 64512` */
export function typeText(schema: Schema): string {
  const values = schema.enum ?? [];
  const type = values.length > 0 ? values.map(String).join(" | ") : [...new Set(typesOf(schema))].join(" or ");
  const { minimum: min, maximum: max } = schema;
  const range = min === undefined && max === undefined ? "" : ` ${min ?? ""}..${max ?? ""}`;
  const fallback = schema.default === undefined ? "" : `, default ${JSON.stringify(schema.default)}`;
  return `${type}${range}${fallback}`;
}

function branches(schema: Schema): readonly Schema[] {
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
}

/** A scalar as it stands in YAML; a map or list, which no field editor shows, as JSON. */
export function plainText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
