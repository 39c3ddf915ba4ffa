import { StatusError } from "@percale/resources";
import { authorize } from "../auth/authorize.ts";
import type { Verb } from "../auth/authorize.ts";
import { whileRightsLast } from "../auth/while-rights-last.ts";
import { noteRehearsal } from "../refusals.ts";
import { getObject, listObjects } from "./read.ts";
import type { ObjectRequest } from "./request.ts";
import { refOfRoute } from "./route.ts";
import type { ObjectRoute } from "./route.ts";
import { parseSelection } from "./selectors.ts";
import type { Filter } from "./selectors.ts";
import { tierScope, tiersIn } from "./tier-scope.ts";
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
  const { request, route, query, store, identity } = call;
  if (query.getAll("dryRun").includes("All")) noteRehearsal(request); // before anything can say no
  const verb = verbOf(request.method ?? "GET", route, query);
  const name = pinnedName(route, query);
  const ref = refOfRoute(route);
  const open = async (): Promise<Filter | undefined> => {
    authorize(identity, verb, name === undefined ? ref : { ...ref, name }, route.subresource);
    return tierScope(call, verb, name);
  };
  const scope = await open();
  if (verb !== "watch") return HANDLERS[verb]({ ...call, scope });
  const { ended, release } = whileRightsLast(identity, async () => tiersIn(await open(), store));
  const either = AbortSignal.any([ended, ...(call.ended === undefined ? [] : [call.ended])]);
  await watchObjects({ ...call, scope, ended: either }).finally(release);
}

/** The one name that the selector of a list or watch leaves: whoever may read that one alone may ask so. */
function pinnedName({ name, definition }: ObjectRoute, query: URLSearchParams): string | undefined {
  return name === undefined && query.has("fieldSelector") ? parseSelection(definition, query).name : undefined;
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
