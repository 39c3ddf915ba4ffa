import type { IncomingMessage } from "node:http";
import { cellOf, encodeServed, servedForm, StatusError } from "@percale/resources";
import type { KubeObject, ResourceDefinition } from "@percale/resources";
import { encodeShown, shownOwners, withOwners } from "../fields/shown.ts";
import { inParts } from "./parts.ts";

/** How a client wants objects shown: whole, as metadata, or as kubectl's table. */
export interface Representation {
  readonly form: "object" | "metadata" | "table";
  /** Of tables and metadata. */
  readonly apiVersion: "meta.k8s.io/v1" | "meta.k8s.io/v1beta1";
  /** What a table row carries beside its cells. */
  readonly include: "None" | "Metadata" | "Object";
  readonly pretty: boolean;
}

const FORMS: ReadonlyMap<string | undefined, Representation["form"]> = new Map([
  [undefined, "object"],
  ["Table", "table"],
  ["PartialObjectMetadata", "metadata"],
  ["PartialObjectMetadataList", "metadata"],
]);

/** From `Accept`, the query and, as people read what these ask for, the user agent. Throws StatusError 406 if the client takes no JSON. */
export function negotiate({ headers }: IncomingMessage, query: URLSearchParams): Representation {
  const asked = query.get("pretty");
  const pretty =
    asked === null ? /^(curl|Wget|Mozilla)\//.test(headers["user-agent"] ?? "") : asked !== "false" && asked !== "0";
  const wanted = (headers.accept ?? "*/*").split(",").map((part) => part.trim());
  const includeText = query.get("includeObject");
  const include = includeText === "None" || includeText === "Object" ? includeText : "Metadata";
  for (const one of wanted) {
    const [type, ...parameters] = one.split(";").map((part) => part.trim());
    if (type !== "application/json" && type !== "*/*" && type !== "application/*") continue;
    const said = new Map(parameters.map((parameter) => parameter.split("=", 2) as [string, string]));
    const form = FORMS.get(said.get("as"));
    const version = said.get("v") ?? "v1";
    const isMeta = (said.get("g") ?? "meta.k8s.io") === "meta.k8s.io" && (version === "v1" || version === "v1beta1");
    if (form === "object") return { form, apiVersion: "meta.k8s.io/v1", include, pretty };
    if (form !== undefined && isMeta) return { form, apiVersion: `meta.k8s.io/${version}`, include, pretty };
  }
  throw new StatusError("NotAcceptable", `only application/json is served here, asked for ${wanted.join(", ")}`);
}

/** One object for one reader, as JSON text. */
export function renderObject(definition: ResourceDefinition, object: KubeObject, how: Representation): string {
  switch (how.form) {
    case "table":
      return renderTable(definition, [object], how, { revision: object.metadata.resourceVersion ?? "" });
    case "metadata":
      return laidOut(partialJson(definition, object, how), how);
    case "object":
      return laidOut(withOwners(encodeServed(object), shownOwners(definition, object)), how);
  }
}

/** The same for many readers: made once. */
export function renderShared(definition: ResourceDefinition, object: KubeObject, how: Representation): string {
  return how.form === "object" && !how.pretty ? encodeShown(definition, object) : renderObject(definition, object, how);
}

function laidOut(json: string, { pretty }: Pick<Representation, "pretty">): string {
  return pretty ? JSON.stringify(JSON.parse(json), undefined, 2) : json;
}

export interface ListPage {
  readonly items: readonly KubeObject[];
  readonly revision: string;
  readonly continue?: string;
  readonly remaining?: number;
}

/** A list's JSON, in parts. */
export async function renderList(
  definition: ResourceDefinition,
  page: ListPage,
  how: Representation,
): Promise<readonly (Buffer | string)[]> {
  const { form, pretty } = how;
  const { field, head, item } = LISTS[form];
  const nowMs = Date.now();
  const textOf = (object: KubeObject): string => {
    const text = laidOut(item(definition, object, how, nowMs), how);
    return pretty ? indented(text) : text;
  };
  const open = JSON.stringify(head(definition, page, how), undefined, pretty ? 2 : undefined).replace(/\n?\}$/, "");
  const [before, between, after] = pretty
    ? [`${open},\n  "${field}": [\n    `, ",\n    ", "\n  ]\n}"]
    : [`${open},"${field}":[`, ",", "]}"];
  if (page.items.length === 0) return [pretty ? `${open},\n  "${field}": []\n}` : `${before}${after}`];
  return inParts(page.items, textOf, { before, between, after });
}

type Shown = Pick<Representation, "apiVersion" | "include">;

/** A list in one form: what its items are called, all but them, and one of them. */
interface ListForm {
  readonly field: "items" | "rows";
  readonly head: (definition: ResourceDefinition, page: Omit<ListPage, "items">, how: Shown) => object;
  /** JSON. */
  readonly item: (definition: ResourceDefinition, object: KubeObject, how: Shown, nowMs: number) => string;
}

const LISTS: Readonly<Record<Representation["form"], ListForm>> = {
  object: {
    field: "items",
    head: listHead,
    item: (definition, object) => encodeShown(definition, object),
  },
  metadata: {
    field: "items",
    head: (_, page, { apiVersion }) => listHead({ listKind: "PartialObjectMetadataList", apiVersion }, page),
    item: partialJson,
  },
  table: {
    field: "rows",
    head: tableHead,
    item: (definition, object, how, nowMs) => JSON.stringify(rowOf(definition, object, how, nowMs)),
  },
};

function listHead(
  { listKind, apiVersion }: Pick<ResourceDefinition, "listKind" | "apiVersion">,
  page: Omit<ListPage, "items">,
): object {
  return { kind: listKind, apiVersion, metadata: listMeta(page) };
}

function indented(json: string): string {
  return json.replaceAll("\n", "\n    ");
}

function listMeta({ revision, remaining, continue: more }: Omit<ListPage, "items">): object {
  return {
    resourceVersion: revision,
    ...(more !== undefined && { continue: more }),
    ...(remaining !== undefined && { remainingItemCount: remaining }),
  };
}

/** A Table. Watches send the column definitions with their first event only. */
export function renderTable(
  definition: Pick<ResourceDefinition, "columns">,
  objects: readonly KubeObject[],
  how: Shown & Pick<Representation, "pretty">,
  page: Omit<ListPage, "items">,
  withColumns = true,
): string {
  const nowMs = Date.now();
  const head = tableHead(withColumns ? definition : { columns: [] }, page, how);
  const rows = objects.map((object) => rowOf(definition, object, how, nowMs));
  return JSON.stringify({ ...head, rows }, undefined, how.pretty ? 2 : undefined);
}

function tableHead(
  { columns }: Pick<ResourceDefinition, "columns">,
  page: Omit<ListPage, "items">,
  { apiVersion }: Shown,
): object {
  const columnDefinitions = columns.map(({ name, type, format = "", description, priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
  return { kind: "Table", apiVersion, metadata: listMeta(page), columnDefinitions };
}

function rowOf(
  { columns }: Pick<ResourceDefinition, "columns">,
  object: KubeObject,
  { include, apiVersion }: Shown,
  nowMs: number,
): object {
  return {
    cells: columns.map((column) => cellOf(column, object, nowMs)),
    object: BESIDE_CELLS[include](object, apiVersion),
  };
}

const BESIDE_CELLS: Readonly<
  Record<Representation["include"], (object: KubeObject, apiVersion: Representation["apiVersion"]) => object | null>
> = {
  None: () => null,
  Metadata: partial,
  Object: servedForm,
};

function partialJson(definition: ResourceDefinition, object: KubeObject, { apiVersion }: Shown): string {
  return withOwners(JSON.stringify(partial(object, apiVersion)), shownOwners(definition, object));
}

function partial({ metadata }: KubeObject, apiVersion: Representation["apiVersion"]): object {
  return { kind: "PartialObjectMetadata", apiVersion, metadata };
}
