import type { ServerResponse } from "node:http";
import { StatusError, notFound, sortKey, timeout } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { formatContinue, parseListOptions } from "./list-options.ts";
import type { Continue, ListOptions } from "./list-options.ts";
import { nodeReadRefusal } from "../auth/authorize.ts";
import { tierFault } from "../auth/tier-rights.ts";
import { refOfRoute } from "./route.ts";
import type { ObjectRoute } from "./route.ts";
import { negotiate, renderList, renderObject } from "./represent.ts";
import type { Representation } from "./represent.ts";
import { parseRevision, parseSelection } from "./selectors.ts";
import type { Selection } from "./selectors.ts";
import { within } from "./tier-scope.ts";
import { sendJson, sendParts } from "./respond.ts";
import type { ObjectRequest } from "./request.ts";

export async function getObject({ request, response, route, query, store, identity }: ObjectRequest): Promise<void> {
  const how = negotiate(request, query);
  const ref = refOfRoute(route);
  await waitForRevision(store, parseRevision(query.get("resourceVersion")));
  const object = await store.get(ref);
  if (object === undefined) throw notFound(ref);
  const fault = tierFault(identity, "get", object) ?? nodeReadRefusal(identity, "get", object);
  if (fault !== undefined) throw fault;
  sendJson(response, 200, renderObject(route.definition, object, how));
}

export async function listObjects({ request, response, route, query, store, scope }: ObjectRequest): Promise<void> {
  const how = negotiate(request, query);
  const selection = within(parseSelection(route.definition, query), scope);
  const options = parseListOptions(query, "list");
  const items = await select(store, route, options, selection);
  await sendPage(response, route, how, items, { options, selection });
}

async function select(
  store: Datastore,
  { definition, namespace }: ObjectRoute,
  { revision, match, limit, token }: ListOptions,
  selection: Selection,
): Promise<{ readonly items: readonly KubeObject[]; readonly revision: number }> {
  await waitForRevision(store, revision);
  const isPage = token?.revision !== undefined;
  const exact = isPage || match === "Exact" || (limit > 0 && match === undefined && (revision ?? 0) > 0);
  const at = token === undefined ? revision : token.revision;
  const scope = { kind: definition.kind, ...(namespace !== undefined && { namespace }) };
  try {
    const list = await store.list({ ...scope, ...(at !== undefined && { revision: at }), ...(exact && { exact }) });
    return selection.filters ? { items: list.items.filter(selection.matches), revision: list.revision } : list;
  } catch (error) {
    throw isPage && error instanceof StatusError && error.reason === "Expired" ? lostPage(error, token) : error;
  }
}

/** The client may go on all the same, from where it was in the state of now. */
function lostPage({ message, cause }: StatusError, { after }: Continue): StatusError {
  const more = formatContinue({ after });
  return new StatusError(
    "Expired",
    `${message}. The token in metadata.continue goes on with the newest state instead`,
    {
      cause,
      metadata: { continue: more },
    },
  );
}

async function sendPage(
  response: ServerResponse,
  { definition }: ObjectRoute,
  how: Representation,
  { items, revision }: { readonly items: readonly KubeObject[]; readonly revision: number },
  { options: { limit, token }, selection }: { readonly options: ListOptions; readonly selection: Selection },
): Promise<void> {
  const rest = token === undefined ? items : items.slice(firstAfter(items, token.after));
  const page = limit === 0 ? rest : rest.slice(0, limit);
  const last = page.at(-1);
  const remaining = rest.length - page.length;
  const more = remaining > 0 && last !== undefined ? formatContinue({ revision, after: keyOf(last) }) : undefined;
  const list = {
    items: page,
    revision: String(revision),
    ...(more !== undefined && { continue: more }),
    ...(more !== undefined && !selection.filters && { remaining }),
  };
  sendParts(response, 200, await renderList(definition, list, how));
}

/** The place of the first item whose key is greater: lists are in the order of keys. */
function firstAfter(items: readonly KubeObject[], key: string): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(items[middle]!) > key) high = middle;
    else low = middle + 1;
  }
  return low;
}

function keyOf({ metadata }: KubeObject): string {
  return sortKey(metadata.namespace, metadata.name);
}

const WAIT_MS = 3_000;
const STEP_MS = 50;

/** Kubernetes' answer to a version this server has not reached yet: wait a little, then 504 with a retry hint. */
export async function waitForRevision(store: Datastore, revision: number | undefined): Promise<void> {
  if (revision === undefined || revision === 0) return;
  for (let waited = 0; ; waited += STEP_MS) {
    const head = await store.head();
    if (head >= revision) return;
    if (waited >= WAIT_MS) {
      const error = timeout(`Too large resource version: ${revision}, current: ${head}`, [
        { reason: "ResourceVersionTooLarge", message: "Too large resource version" },
      ]);
      throw new StatusError("Timeout", error.message, { causes: error.causes, details: { retryAfterSeconds: 1 } });
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
