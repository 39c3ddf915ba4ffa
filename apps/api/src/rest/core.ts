import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import {
  badRequest,
  definitionByPlural,
  formatIssue,
  parseOutside,
  resourceDefinitions,
  StatusError,
} from "@percale/resources";
import type { KubeObject, ResourceDefinition } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { isAllowed } from "../auth/authorize.ts";
import type { Verb } from "../auth/authorize.ts";
import type { Identity } from "../auth/identity.ts";
import { decodeAccessReview, PROTOBUF } from "./access-review-protobuf.ts";
import { mediaType, readBytes, readParsed } from "./body.ts";
import { negotiate, renderTable } from "./represent.ts";
import { sendJson } from "./respond.ts";

/** Clients look at it to know what an API server of this age can do. */
export const VERSION = {
  major: "1",
  minor: "33",
  gitVersion: "v1.33.0+percale",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-11-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: `${process.platform}/${process.arch}`,
};

/** Namespaces are words on objects here; kubectl wants to see them: those in use, and `default`. */
export async function serveNamespaces(
  { request, response, query, store }: CoreCall,
  name: string | undefined,
): Promise<void> {
  const how = negotiate(request, query);
  const names = await namespacesInUse(store);
  if (name !== undefined && !names.includes(name))
    throw new StatusError("NotFound", `namespaces "${name}" not found`, { details: { name, kind: "namespaces" } });
  const items = (name === undefined ? names : [name]).map(namespaceObject);
  if (how.form === "table") return sendJson(response, 200, renderTable(namespaceColumns, items, how, { revision: "" }));
  const body = name === undefined ? { kind: "NamespaceList", apiVersion: "v1", metadata: {}, items } : items[0];
  sendJson(response, 200, JSON.stringify(body));
}

interface CoreCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly store: Datastore;
  readonly identity: Identity;
}

export async function namespacesInUse(store: Datastore): Promise<string[]> {
  const kinds = resourceDefinitions.filter(({ namespaced }) => namespaced);
  const lists = await Promise.all(kinds.map(({ kind }) => store.list({ kind, revision: 0 })));
  const used = lists.flatMap(({ items }) => items.flatMap(({ metadata }) => metadata.namespace ?? []));
  return [...new Set(["default", ...used])].sort();
}

function namespaceObject(name: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
    spec: {},
    status: { phase: "Active" },
  };
}

const namespaceColumns: Pick<ResourceDefinition, "columns"> = {
  columns: [
    {
      name: "Name",
      type: "string",
      format: "name",
      description: "Name",
      priority: 0,
      cell: ({ metadata }) => metadata.name,
    },
    { name: "Status", type: "string", description: "Always active", priority: 0, cell: () => "Active" },
  ],
};

const word = z.string().nullish();
/** `authorization/v1` SelfSubjectAccessReview, as far as it is a question to us. */
const accessReview = z.looseObject({
  spec: z.looseObject({ resourceAttributes: z.looseObject({ verb: z.string(), resource: word, group: word }) }),
});

/** `kubectl auth can-i`. */
export async function serveAccessReview({ request, response, identity }: CoreCall): Promise<void> {
  // kubectl sends this one kind as protobuf whatever the server says.
  const isProtobuf = mediaType(request) === PROTOBUF;
  const body = isProtobuf ? decodeAccessReview(await readBytes(request)) : await readParsed(request);
  const parsed = parseOutside(accessReview, body);
  if ("issues" in parsed) throw badRequest(parsed.issues.map(formatIssue).join(", "), parsed.issues);
  const { spec } = parsed.data;
  const asked = spec.resourceAttributes;
  const definition = definitionByPlural(asked.resource ?? "");
  const verbs = asked.verb === "*" ? (["get", "create", "update", "delete"] as const) : [asked.verb as Verb];
  const kind = definition?.kind ?? "";
  const allowed =
    (definition !== undefined || asked.resource === "*") && verbs.every((verb) => isAllowed(identity, verb, kind));
  const review = {
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec,
    status: { allowed, ...(!allowed && { reason: `${identity.user} has no role that allows it` }) },
  };
  sendJson(response, 201, JSON.stringify(review));
}
