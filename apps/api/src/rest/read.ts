import type { ServerResponse } from "node:http";
import { StatusError, badRequest, invalid, notFound, sortKey, timeout } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { refOfRoute } from "./route.ts";
import type { ObjectRoute } from "./route.ts";
import { negotiate, renderList, renderObject } from "./represent.ts";
import type { Representation } from "./represent.ts";
import { parseRevision, parseSelection } from "./selectors.ts";
import type { Selection } from "./selectors.ts";
import { sendJson, sendParts } from "./respond.ts";
import type { ObjectRequest } from "./request.ts";

export async function getObject({ request, response, route, query, store }: ObjectRequest): Promise<void> {
  const how = negotiate(request, query);
  const ref = refOfRoute(route);
  await waitForRevision(store, parseRevision(query.get("resourceVersion")));
  const object = await store.get(ref);
  if (object === undefined) throw notFound(ref);
  sendJson(response, 200, renderObject(route.definition, object, how));
}

/** Where a paged list goes on: the revision of its first page and the last key it gave. */
interface Continue {
  readonly revision: number;
  readonly after: string;
}

export async function listObjects({ request, response, route, query, store }: ObjectRequest): Promise<void> {
  const how = negotiate(request, query);
  const selection = parseSelection(route.definition, query);
  const limit = parseLimit(query.get("limit"));
  const token = parseContinue(query.get("continue"));
  const items = await select(store, route, query, selection, { limit, token });
  await sendPage(response, route, how, items, { limit, token, selection });
}

interface Paging {
  readonly limit: number;
  readonly token: Continue | undefined;
}

async function select(
  store: Datastore,
  { definition, namespace }: ObjectRoute,
  query: URLSearchParams,
  selection: Selection,
  { limit, token }: Paging,
): Promise<{ readonly items: readonly KubeObject[]; readonly revision: number }> {
  const revision = parseRevision(query.get("resourceVersion"));
  const match = query.get("resourceVersionMatch");
  if (token !== undefined && revision !== undefined && revision !== 0)
    throw badRequest("resourceVersion: must not be given together with continue");
  if (match !== null && revision === undefined)
    throw invalid("ListOptions", "", [
      { field: "resourceVersionMatch", reason: "FieldValueForbidden", message: "needs resourceVersion: say which one" },
    ]);
  if (match === "Exact" && revision === 0)
    throw invalid("ListOptions", "", [
      {
        field: "resourceVersionMatch",
        reason: "FieldValueForbidden",
        message: 'Exact is not allowed with resourceVersion "0"',
      },
    ]);
  await waitForRevision(store, revision);
  const exact =
    token !== undefined || match === "Exact" || (limit > 0 && match !== "NotOlderThan" && (revision ?? 0) > 0);
  const at = token?.revision ?? revision;
  const list = await store.list({
    kind: definition.kind,
    ...(namespace !== undefined && { namespace }),
    ...(at !== undefined && { revision: at }),
    ...(exact && { exact }),
  });
  return selection.filters ? { items: list.items.filter(selection.matches), revision: list.revision } : list;
}

async function sendPage(
  response: ServerResponse,
  { definition }: ObjectRoute,
  how: Representation,
  { items, revision }: { readonly items: readonly KubeObject[]; readonly revision: number },
  { limit, token, selection }: Paging & { readonly selection: Selection },
): Promise<void> {
  const rest = token === undefined ? items : items.filter((item) => keyOf(item) > token.after);
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

function keyOf({ metadata }: KubeObject): string {
  return sortKey(metadata.namespace, metadata.name);
}

function formatContinue(token: Continue): string {
  return Buffer.from(JSON.stringify([token.revision, token.after])).toString("base64url");
}

function parseContinue(text: string | null): Continue | undefined {
  if (text === null || text === "") return undefined;
  try {
    const [revision, after] = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as [unknown, unknown];
    if (Number.isSafeInteger(revision) && typeof after === "string") return { revision: revision as number, after };
  } catch {
    // falls through to the same answer as a well-formed token of somebody else's
  }
  throw badRequest("continue: is not a token of this server: list again from the start");
}

function parseLimit(text: string | null): number {
  if (text === null || text === "") return 0;
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw badRequest(`limit: must be a number ≥ 0, got ${JSON.stringify(text)}`);
  return limit;
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
