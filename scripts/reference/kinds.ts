import { readFileSync } from "node:fs";
import { join } from "node:path";
import { kindWordsOf, resourceDefinitions } from "@percale/resources";
import type { Column, JsonSchema, ResourceDefinition } from "@percale/resources";
import { code, page, prose, table } from "./markdown.ts";

const EXAMPLES = join(import.meta.dirname, "../../docs/examples");

/** A page for each kind, and one that lists them, by file name below `docs/reference`. */
export function kindPages(): readonly (readonly [name: string, text: string])[] {
  return [
    ["kinds/README.md", indexPage()],
    ...resourceDefinitions.map((definition) => [`kinds/${fileOf(definition.kind)}.md`, kindPage(definition)] as const),
  ];
}

/** `BGPPeer` → `bgp-peer`. */
function fileOf(kind: string): string {
  return kindWordsOf(kind).one.toLowerCase().replaceAll(" ", "-");
}

function indexPage(): string {
  const rows = resourceDefinitions.map((definition) => [
    `[${definition.servedKind}](${fileOf(definition.kind)}.md)`,
    code(definition.apiVersion),
    definition.shortNames.map(code).join(", "),
    prose(firstSentence(definition.description)),
  ]);
  return page(
    "Kinds",
    ORIGIN,
    "Each can be written as its page's example shows: the examples are files in [docs/examples](../../examples), and every one is applied by a test.",
    table(["kind", "API version", "short names", "what it is"], rows),
  );
}

const ORIGIN = "the definitions in packages/resources";

function kindPage(definition: ResourceDefinition): string {
  const { servedKind, description, laws, columns } = definition;
  const { status } = definition.openApi()["properties"] as Readonly<Record<string, JsonSchema>>;
  return page(
    servedKind,
    ORIGIN,
    prose(description),
    table(["", ""], factsOf(definition)),
    "## Example",
    `\`\`\`yaml\n${exampleOf(definition)}\`\`\``,
    "## Fields",
    fieldTable(fieldsOf(definition)),
    ...(laws.length === 0 ? [] : ["## Rules", laws.map((law) => `- ${prose(law)}`).join("\n")]),
    ...(status === undefined ? [] : ["## Status", fieldTable(rowsOf(status, "status", new Map()))]),
    "## Columns",
    table(
      ["column", "shows"],
      columns.map((column) => [columnName(column), prose(column.description)]),
    ),
  );
}

/** The text of the file in `docs/examples`: what people do not write is in a folder of its own. */
function exampleOf({ kind, internal, readOnly }: ResourceDefinition): string {
  return readFileSync(join(EXAMPLES, internal || readOnly ? "system" : "", `${fileOf(kind)}.yaml`), "utf8");
}

function factsOf(definition: ResourceDefinition): readonly (readonly [string, string])[] {
  const { apiVersion, servedPlural, shortNames, namespaced, statusSubresource, internal, readOnly } = definition;
  return [
    ["API version", code(apiVersion)],
    ["in paths and commands", [servedPlural, ...shortNames].map(code).join(", ")],
    ["belongs to", namespaced ? "a namespace" : "the cluster"],
    ["written by", internal ? "agents, IPAM and plugins" : readOnly ? "the system; others may read it" : "people"],
    ...(statusSubresource ? [["status", "a part of its own, written through `/status` alone"] as const] : []),
  ];
}

function columnName({ name, priority }: Column): string {
  return priority === 0 ? name : `${name} (wide)`;
}

function firstSentence(text: string): string {
  return /^.*?[.;:](?= |$)/.exec(text)?.[0].replace(/[;:]$/, ".") ?? text;
}

type Row = readonly [field: string, type: string, fallback: string, meaning: string];

function fieldTable(rows: readonly Row[]): string {
  return rows.length === 0 ? "None." : table(["field", "type", "default", "what it is"], rows);
}

function fieldsOf(definition: ResourceDefinition): readonly Row[] {
  const schema = definition.openApi();
  const { apiVersion: _a, kind: _k, metadata: _m, spec, status: _s, ...own } = schema["properties"] as JsonSchema;
  const seen = new Map<string, string>();
  return spec === undefined
    ? rowsOf({ properties: own, required: schema["required"] }, "", seen)
    : rowsOf(spec as JsonSchema, "spec", seen);
}

/** Fields below a path. What two places share is written out at the first: `seen` knows where that was. */
function rowsOf(schema: JsonSchema, path: string, seen: Map<string, string>): Row[] {
  const required = new Set((schema["required"] ?? []) as readonly string[]);
  return Object.entries((schema["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>).flatMap(
    ([name, field]) => {
      const at = path === "" ? name : `${path}.${name}`;
      const { inner, suffix } = innerOf(field);
      const shared = inner === undefined ? undefined : seen.get(JSON.stringify(inner["properties"]));
      const meaning = [
        prose((field["description"] ?? "") as string), // every field has one
        ...limitsOf(field),
        ...(required.has(name) ? ["Required."] : []),
        ...(shared === undefined ? [] : [`Its fields are those of ${code(shared)}.`]),
      ];
      const row: Row = [code(at), typeOf(field), fallbackOf(field), meaning.filter((part) => part !== "").join(" ")];
      if (inner === undefined || shared !== undefined) return [row];
      seen.set(JSON.stringify(inner["properties"]), `${at}${suffix}`);
      return [row, ...rowsOf(inner, `${at}${suffix}`, seen)];
    },
  );
}

/** The object that the field holds, by itself, in a list or in a map. */
function innerOf(field: JsonSchema): { readonly inner: JsonSchema | undefined; readonly suffix: string } {
  if (field["properties"] !== undefined) return { inner: field, suffix: "" };
  const items = field["items"] as JsonSchema | undefined;
  return items?.["properties"] === undefined ? { inner: undefined, suffix: "" } : { inner: items, suffix: "[]" };
}

function typeOf(field: JsonSchema): string {
  if (field["x-kubernetes-int-or-string"] === true) return "number or text";
  switch (field["type"]) {
    case "array": {
      const of = typeOf(field["items"] as JsonSchema);
      return `${field["x-kubernetes-list-type"] === "set" ? "set" : "list"} of ${of}`;
    }
    case "object":
      return field["properties"] === undefined ? "map" : "object";
    case "string":
      return field["enum"] === undefined ? "text" : (field["enum"] as readonly string[]).map(code).join(", ");
    case "boolean":
      return "true or false";
    case "integer":
      return field["enum"] === undefined ? "whole number" : (field["enum"] as readonly number[]).join(" or ");
    default:
      return "number";
  }
}

function fallbackOf(field: JsonSchema): string {
  const value = field["default"] ?? field["x-default"];
  return value === undefined ? "" : code(JSON.stringify(value));
}

function limitsOf(field: JsonSchema): readonly string[] {
  const { minimum, maximum, maxLength, minItems, maxItems } = field as Readonly<Record<string, number | undefined>>;
  const range = minimum === undefined || maximum === undefined ? [] : [`${minimum} to ${maximum}.`];
  const open = range.length > 0 ? [] : [atLeast(minimum, ""), atMost(maximum, "")].flat();
  return [
    ...range,
    ...open,
    ...atMost(maxLength, " characters"),
    ...atLeast(minItems || undefined, " items"),
    ...atMost(maxItems, " items"),
  ];
}

function atLeast(bound: number | undefined, of: string): readonly string[] {
  return bound === undefined ? [] : [`At least ${bound}${of}.`];
}

function atMost(bound: number | undefined, of: string): readonly string[] {
  return bound === undefined ? [] : [`At most ${bound}${of}.`];
}
