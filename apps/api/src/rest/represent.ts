import type { IncomingMessage } from "node:http";
import { StatusError } from "@percale/resources";
import type { KubeObject, ResourceDefinition } from "@percale/resources";
import { encodeObject } from "./encode.ts";

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
  if (how.form === "table")
    return renderTable(definition, [object], how, { revision: object.metadata.resourceVersion ?? "" });
  const text =
    how.form === "metadata" ? JSON.stringify(partial(object, "PartialObjectMetadata")) : encodeObject(object);
  return how.pretty ? JSON.stringify(JSON.parse(text), undefined, 2) : text;
}

export interface ListPage {
  readonly items: readonly KubeObject[];
  readonly revision: string;
  readonly continue?: string;
  readonly remaining?: number;
}

export function renderList(definition: ResourceDefinition, page: ListPage, how: Representation): string {
  if (how.form === "table") return renderTable(definition, page.items, how, page);
  const metadata = JSON.stringify(listMeta(page));
  const [apiVersion, kind] =
    how.form === "metadata"
      ? ["meta.k8s.io/v1", "PartialObjectMetadataList"]
      : [definition.apiVersion, definition.listKind];
  const items =
    how.form === "metadata"
      ? page.items.map((item) => JSON.stringify(partial(item, "PartialObjectMetadata")))
      : page.items.map(encodeObject);
  const text = `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${metadata},"items":[${items.join(",")}]}`;
  return how.pretty ? JSON.stringify(JSON.parse(text), undefined, 2) : text;
}

function listMeta({ revision, remaining, ...page }: Omit<ListPage, "items">): object {
  return {
    resourceVersion: revision,
    ...(page.continue !== undefined && { continue: page.continue }),
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
  const table = {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: listMeta(page),
    columnDefinitions: withColumns
      ? definition.columns.map(({ name, type, format = "", description, priority }) => ({
          name,
          type,
          format,
          description,
          priority,
        }))
      : [],
    rows: objects.map((object) => ({
      cells: definition.columns.map((column) => column.cell(object, nowMs)),
      object: include === "None" ? null : include === "Object" ? object : partial(object, "PartialObjectMetadata"),
    })),
  };
  return JSON.stringify(table, undefined, pretty ? 2 : undefined);
}

function partial({ metadata }: KubeObject, kind: string): object {
  return { kind, apiVersion: "meta.k8s.io/v1", metadata };
}
