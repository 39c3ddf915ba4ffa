import { createHash } from "node:crypto";
import { resourceDefinitions } from "@percale/resources";
import type { GroupVersion, JsonSchema, ResourceDefinition } from "@percale/resources";
import { metaSchemas, metaSchemaName } from "./openapi-meta.ts";
import { encodeSwagger } from "./openapi-protobuf.ts";
import { APPLY_PATCH, isStrategic, JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH } from "../bodies/patch.ts";
import { rootOf } from "./route.ts";

/** Names of schemas as Kubernetes and Calico publish them. */
const SCHEMA_PREFIX_BY_GROUP: Readonly<Record<string, string>> = {
  "": "io.k8s.api.core.v1.",
  "discovery.k8s.io": "io.k8s.api.discovery.v1.",
  "networking.k8s.io": "io.k8s.api.networking.v1.",
  "policy.networking.k8s.io": "io.k8s.networking.policy.v1alpha2.",
  "rbac.authorization.k8s.io": "io.k8s.api.rbac.v1.",
  "projectcalico.org": "com.github.projectcalico.api.pkg.apis.projectcalico.v3.",
};

/** A document and what its entity tag is. Made once: kinds don't change while a process runs. */
export interface Document {
  readonly body: string | Buffer;
  readonly hash: string;
}

let documents: ReadonlyMap<string, Document> | undefined;
let swagger: Document | undefined;
let swaggerProtobuf: Document | undefined;

/** The OpenAPI 3.0 document of each API version by the path it is served at: what kubectl explain, apply and diff read. */
export function openApiV3(): ReadonlyMap<string, Document> {
  return (documents ??= new Map(
    [...Map.groupBy(resourceDefinitions, rootOf)].map(([root, definitions]) => [
      `/openapi/v3${root}`,
      documentOf({
        openapi: "3.0.0",
        info: { title: "Percale", version: definitions[0]!.version }, // a group of definitions is never empty
        paths: Object.assign({}, ...definitions.map(pathsOf)) as object,
        components: {
          schemas: {
            ...metaSchemas("#/components/schemas/"),
            ...kindSchemas(definitions, "#/components/schemas/"),
          },
        },
      }),
    ]),
  ));
}

export function openApiIndex(): object {
  const entries = [...openApiV3()].map(([path, { hash }]) => [
    path.slice("/openapi/v3/".length),
    { serverRelativeURL: `${path}?hash=${hash}` },
  ]);
  return { paths: Object.fromEntries(entries) as object };
}

/** Swagger 2, for old clients: the same schemas under `definitions`. */
export function openApiV2(): Document {
  return (swagger ??= documentOf(swaggerDocument()));
}

/** The same as protocol buffers: kubectl asks for it when a kind is in no other document. */
export function openApiV2Protobuf(): Document {
  return (swaggerProtobuf ??= tagged(encodeSwagger(swaggerDocument())));
}

function swaggerDocument(): object {
  const paths = Object.entries(Object.assign({}, ...resourceDefinitions.map(pathsOf)) as Record<string, object>);
  return {
    swagger: "2.0",
    info: { title: "Percale", version: "v3" },
    paths: Object.fromEntries(paths.map(([path, operations]) => [path, swaggerOperations(operations)])),
    definitions: { ...metaSchemas("#/definitions/"), ...kindSchemas(resourceDefinitions, "#/definitions/") },
  };
}

function documentOf(value: object): Document {
  return tagged(JSON.stringify(value));
}

function tagged(body: string | Buffer): Document {
  return { body, hash: createHash("sha256").update(body).digest("hex").toUpperCase() };
}

function kindSchemas(definitions: readonly ResourceDefinition[], prefix: string): Record<string, unknown> {
  const schemas = definitions.flatMap((definition) => [
    [schemaName(definition, definition.servedKind), relocated(definition.openApi(), prefix)] as const,
    [schemaName(definition, definition.listKind), listSchema(definition, prefix)] as const,
  ]);
  return Object.fromEntries(schemas);
}

function schemaName({ group }: GroupVersion, kind: string): string {
  return `${SCHEMA_PREFIX_BY_GROUP[group]!}${kind}`; // every group that is served has one
}

/** The schema with its references under another prefix. */
function relocated(schema: JsonSchema, prefix: string): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll("#/components/schemas/", prefix));
}

function listSchema(definition: ResourceDefinition, prefix: string): object {
  const { group, version, servedKind: kind, listKind } = definition;
  return {
    type: "object",
    description: `A list of ${kind} objects.`,
    required: ["items"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { default: {}, allOf: [{ $ref: prefix + metaSchemaName("ListMeta") }] },
      items: { type: "array", items: { default: {}, allOf: [{ $ref: prefix + schemaName(definition, kind) }] } },
    },
    "x-kubernetes-group-version-kind": [{ group, version, kind: listKind }],
  };
}

const query = (name: string, type: string, description: string): object => ({
  name,
  in: "query",
  description,
  schema: { type, uniqueItems: true },
});
const WRITE_PARAMETERS = [
  query("dryRun", "string", "All: every check, but nothing is stored."),
  query("fieldManager", "string", "Name of who makes the change."),
  query("fieldValidation", "string", "What to do about unknown fields: Ignore, Warn or Strict."),
];
const LIST_PARAMETERS = [
  query("labelSelector", "string", "Selects by labels."),
  query("fieldSelector", "string", "Selects by fields."),
  query("limit", "integer", "Most items of one answer."),
  query("continue", "string", "Token of the page before."),
  query("resourceVersion", "string", "The version that the answer shall be of, or not older than."),
  query("resourceVersionMatch", "string", "Which of the two: Exact or NotOlderThan."),
  query("timeoutSeconds", "integer", "How long to stream."),
  query("allowWatchBookmarks", "boolean", "Say from time to time how far the stream has come."),
  query("sendInitialEvents", "boolean", "Begin the stream with the state, and say when that was all."),
  query("watch", "boolean", "Stream changes."),
];
const APPLY_PARAMETERS = [...WRITE_PARAMETERS, query("force", "boolean", "Take ownership of conflicting fields.")];
const DELETE_PARAMETERS = [
  query("dryRun", "string", "All: every check, but nothing is stored."),
  query("gracePeriodSeconds", "integer", "Not used: nothing waits."),
  query("propagationPolicy", "string", "Not used: no kind has dependents that are collected."),
];

function pathsOf(definition: ResourceDefinition): Record<string, object> {
  const { servedPlural: plural, namespaced, readOnly, statusSubresource } = definition;
  const base = rootOf(definition);
  const collection = namespaced ? `${base}/namespaces/{namespace}/${plural}` : `${base}/${plural}`;
  const operation = operations(definition);
  const changes = (suffix = ""): object => ({
    put: operation("put", WRITE_PARAMETERS, suffix),
    patch: operation("patch", APPLY_PARAMETERS, suffix),
  });
  const one = {
    get: operation("get"),
    ...(!readOnly && { ...changes(), delete: operation("delete", DELETE_PARAMETERS) }),
  };
  const parameters = pathParameters(namespaced, true);
  return {
    ...(namespaced && {
      [`${base}/${plural}`]: { get: operation("list", LIST_PARAMETERS, "ForAllNamespaces") },
    }),
    [collection]: {
      get: operation("list", LIST_PARAMETERS),
      ...(!readOnly && {
        post: operation("post", WRITE_PARAMETERS),
        delete: operation("deletecollection", [...LIST_PARAMETERS, ...DELETE_PARAMETERS]),
      }),
      parameters: pathParameters(namespaced, false),
    },
    [`${collection}/{name}`]: { ...one, parameters },
    ...(statusSubresource && {
      [`${collection}/{name}/status`]: {
        get: operation("get", [], "Status"),
        ...(!readOnly && changes("Status")),
        parameters,
      },
    }),
  };
}

function pathParameters(namespaced: boolean, named: boolean): object[] {
  const parameter = (name: string): object => ({ name, in: "path", required: true, schema: { type: "string" } });
  return [...(namespaced ? [parameter("namespace")] : []), ...(named ? [parameter("name")] : [])];
}

/** `CoreV1`, `ProjectcalicoOrgV3`: operations have one name each in a document of all groups. */
function ownerOf({ group, version }: GroupVersion): string {
  const words = [...(group === "" ? "core" : group).split("."), version];
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

type Action = "get" | "list" | "post" | "put" | "patch" | "delete" | "deletecollection";

/** `suffix`: of the operation's name, where a kind has two of the same action. */
type Operate = (action: Action, parameters?: readonly object[], suffix?: string) => object;

function operations(definition: ResourceDefinition): Operate {
  const { group, version, servedKind: kind, listKind } = definition;
  const owner = ownerOf(definition);
  const schema = (name: string): object => ({ $ref: `#/components/schemas/${schemaName(definition, name)}` });
  const json = (body: object): object => ({ "application/json": { schema: body } });
  const patch = { type: "object" };
  const bodies: Partial<Record<Action, string>> = {
    post: schemaName(definition, kind),
    put: schemaName(definition, kind),
  };
  bodies.delete = bodies.deletecollection = metaSchemaName("DeleteOptions");
  return (action, parameters = [], suffix = "") => ({
    operationId: `${action}${owner}${kind}${suffix}`,
    parameters,
    ...(bodies[action] !== undefined && {
      requestBody: {
        required: action === "post" || action === "put",
        content: json({ $ref: `#/components/schemas/${bodies[action]}` }),
      },
    }),
    // Where no strategic merge is named, kubectl apply sends JSON merge patches.
    ...(action === "patch" && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          [JSON_PATCH, MERGE_PATCH, ...(isStrategic(definition) ? [STRATEGIC_PATCH] : []), APPLY_PATCH].map((type) => [
            type,
            { schema: patch },
          ]),
        ),
      },
    }),
    responses: { "200": { description: "OK", content: json(schema(action === "list" ? listKind : kind)) } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group, version, kind },
  });
}

/** OpenAPI 3 operations as Swagger 2 writes them: bodies are parameters, media types lists. */
function swaggerOperations(operationByMethod: object): object {
  return Object.fromEntries(
    Object.entries(operationByMethod).map(([method, operation]: [string, SwaggerInput]) => [
      method,
      isParameters(operation) ? operation.map(swaggerParameter) : swaggerOperation(operation),
    ]),
  );
}

type Operation = Readonly<Record<string, unknown>> & {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, unknown>> };
};
type Parameter = Readonly<Record<string, unknown>> & { readonly schema?: object };
type SwaggerInput = Operation | readonly Parameter[];

function isParameters(input: SwaggerInput): input is readonly Parameter[] {
  return Array.isArray(input);
}

function swaggerOperation({ requestBody, parameters = [], ...rest }: Operation): object {
  const { required = false } = requestBody ?? {};
  const body = { name: "body", in: "body", required, schema: { type: "object" } };
  return {
    ...rest,
    ...(requestBody !== undefined && { consumes: Object.keys(requestBody.content) }),
    produces: ["application/json"],
    parameters: [...parameters.map(swaggerParameter), ...(requestBody === undefined ? [] : [body])],
    responses: { "200": { description: "OK" } },
  };
}

function swaggerParameter({ schema, ...rest }: Parameter): object {
  return { ...rest, ...schema };
}
