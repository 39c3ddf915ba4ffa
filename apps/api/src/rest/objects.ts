import { StatusError } from "@percale/resources";
import { authorize } from "../auth/authorize.ts";
import type { Verb } from "../auth/authorize.ts";
import { noteRehearsal } from "../refusals.ts";
import { getObject, listObjects } from "./read.ts";
import type { ObjectRequest } from "./request.ts";
import { refOfRoute } from "./route.ts";
import type { ObjectRoute } from "./route.ts";
import { tierScope } from "./tier-scope.ts";
import { pinnedName, serveRightfully } from "./watch-rights.ts";
import { watchObjects } from "./watch.ts";
import { deleteCollection, deleteObject } from "./delete.ts";
import { createObject, patchOne, updateObject } from "./write.ts";

const HANDLERS: Readonly<Record<Verb, (call: ObjectRequest) => Promise<void>>> = {
  get: getObject,
  list: listObjects,
  watch: watchObjects,
  create: createObject,
  update: updateObject,
  patch: patchOne,
  delete: deleteObject,
  deletecollection: deleteCollection,
};

/** Authorises and answers a request about objects. */
export async function serveObjects(call: ObjectRequest): Promise<void> {
  const { request, route, query, identity } = call;
  if (query.getAll("dryRun").includes("All")) noteRehearsal(request); // before anything can say no
  const verb = verbOf(request.method ?? "GET", route, query);
  if (verb === "watch") return serveRightfully(call, (rights) => watchObjects({ ...call, ...rights }));
  const name = pinnedName(route, query);
  const ref = refOfRoute(route);
  authorize(identity, verb, name === undefined ? ref : { ...ref, name }, route.subresource);
  await HANDLERS[verb]({ ...call, scope: await tierScope(call, verb, name) });
}

export function isWatch(query: URLSearchParams): boolean {
  return query.has("watch") && query.get("watch") !== "false" && query.get("watch") !== "0";
}

/** What a request does to objects. Throws 405. */
export function verbOf(method: string, { name, definition }: ObjectRoute, query: URLSearchParams): Verb {
  const onOne: Readonly<Record<string, Verb>> = {
    GET: "get",
    HEAD: "get",
    PUT: "update",
    PATCH: "patch",
    DELETE: "delete",
  };
  const onAll: Readonly<Record<string, Verb>> = {
    GET: isWatch(query) ? "watch" : "list",
    HEAD: "list",
    POST: "create",
    DELETE: "deletecollection",
  };
  const verb = (name === undefined ? onAll : onOne)[method];
  if (verb === undefined)
    throw new StatusError(
      "MethodNotAllowed",
      `${method} is not supported on ${definition.servedPlural}${name === undefined ? "" : "/NAME"}`,
    );
  return verb;
}
