import type { IncomingMessage } from "node:http";
import { cellOf, servedForm, StatusError } from "@percale/resources";
import type { KubeObject, ResourceDefinition } from "@percale/resources";
import { encodeShown, shownOwners, withOwners } from "../fields/shown.ts";
import { inParts } from "./parts.ts";

/** How a client wants objects shown: whole, as metadata, or as kubectl's table. */
export interface Representation {
  readonly form: "object" | "metadata" | "table";
  /** What a table row carries beside its cells. */
  readonly include: "None" | "Metadata" | "Object";
  readonly pretty: boolean;
}

/** From `Accept` and the query. Throws StatusError 406 if the client takes no JSON. */
export function negotiate(request: IncomingMessage, query: URLSearchParams): Representation {
  const pretty = query.get("pretty") === "true";
  const wanted = (request.headers.accept ?? "*/*").split(",").map((part) => part.trim());
  const includeText = query.get("includeObject");
  const include = includeText === "None" || includeText === "Object" ? includeText : "Metadata";
  for (const one of wanted) {
    const [type, ...parameters] = one.split(";").map((part) => part.trim());
    const as = parameters.find((parameter) => parameter.startsWith("as="))?.slice(3);
    if (type !== "application/json" && type !== "*/*" && type !== "application/*") continue;
    if (as === "Table") return { form: "table", include, pretty };
    if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList")
      return { form: "metadata", include, pretty };
    if (as === undefined) return { form: "object", include, pretty };
  }
  throw new StatusError("NotAcceptable", `only application/json is served here, asked for ${wanted.join(", ")}`);
}

/** One object, as JSON text. */
export function renderObject(definition: ResourceDefinition, object: KubeObject, how: Representation): string {
  switch (how.form) {
    case "table":
      return renderTable(definition, [object], how, { revision: object.metadata.resourceVersion ?? "" });
    case "metadata":
      return laidOut(
        withOwners(JSON.stringify(partial(object, "PartialObjectMetadata")), shownOwners(definition, object)),
        how,
      );
    case "object":
      return laidOut(encodeShown(definition, object), how);
  }
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
  const { form, include, pretty } = how;
  const { field, head, item } = LISTS[form];
  const nowMs = Date.now();
  const textOf = (object: KubeObject): string => {
    const text = laidOut(item(definition, object, include, nowMs), how);
    return pretty ? indented(text) : text;
  };
  const open = JSON.stringify(head(definition, page), undefined, pretty ? 2 : undefined).replace(/\n?\}$/, "");
  const [before, between, after] = pretty
    ? [`${open},\n  "${field}": [\n    `, ",\n    ", "\n  ]\n}"]
    : [`${open},"${field}":[`, ",", "]}"];
  if (page.items.length === 0) return [pretty ? `${open},\n  "${field}": []\n}` : `${before}${after}`];
  return inParts(page.items, textOf, { before, between, after });
}

/** A list in one form: what its items are called, all but them, and one of them. */
interface ListForm {
  readonly field: "items" | "rows";
  readonly head: (definition: ResourceDefinition, page: Omit<ListPage, "items">) => object;
  /** JSON. */
  readonly item: (
    definition: ResourceDefinition,
    object: KubeObject,
    include: Representation["include"],
    nowMs: number,
  ) => string;
}

const LISTS: Readonly<Record<Representation["form"], ListForm>> = {
  object: {
    field: "items",
    head: listHead,
    item: (definition, object) => encodeShown(definition, object),
  },
  metadata: {
    field: "items",
    head: (_, page) => listHead({ listKind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" }, page),
    item: (definition, object) =>
      withOwners(JSON.stringify(partial(object, "PartialObjectMetadata")), shownOwners(definition, object)),
  },
  table: {
    field: "rows",
    head: tableHead,
    item: (definition, object, include, nowMs) => JSON.stringify(rowOf(definition, object, include, nowMs)),
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

/** A `meta.k8s.io/v1` Table. Watches send the column definitions with their first event only. */
export function renderTable(
  definition: Pick<ResourceDefinition, "columns">,
  objects: readonly KubeObject[],
  { include, pretty }: Pick<Representation, "include" | "pretty">,
  page: Omit<ListPage, "items">,
  withColumns = true,
): string {
  const nowMs = Date.now();
  const head = tableHead(withColumns ? definition : { columns: [] }, page);
  const rows = objects.map((object) => rowOf(definition, object, include, nowMs));
  return JSON.stringify({ ...head, rows }, undefined, pretty ? 2 : undefined);
}

function tableHead({ columns }: Pick<ResourceDefinition, "columns">, page: Omit<ListPage, "items">): object {
  const columnDefinitions = columns.map(({ name, type, format = "", description, priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
  return { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata: listMeta(page), columnDefinitions };
}

function rowOf(
  { columns }: Pick<ResourceDefinition, "columns">,
  object: KubeObject,
  include: Representation["include"],
  nowMs: number,
): object {
  return {
    cells: columns.map((column) => cellOf(column, object, nowMs)),
    object: BESIDE_CELLS[include](object),
  };
}

const BESIDE_CELLS: Readonly<Record<Representation["include"], (object: KubeObject) => object | null>> = {
  None: () => null,
  Metadata: (object) => partial(object, "PartialObjectMetadata"),
  Object: servedForm,
};

function partial({ metadata }: KubeObject, kind: string): object {
  return { kind, apiVersion: "meta.k8s.io/v1", metadata };
}
