import type { ServerResponse } from "node:http";
import { internalError, objectAfter, StatusError } from "@percale/resources";
import type { EventType, KubeObject, ResourceDefinition } from "@percale/resources";
import type { StoreBookmark, StoreEvent } from "@percale/store";
import { onClosed } from "../closed.ts";
import type { ObjectRequest } from "./request.ts";
import { negotiate, renderObject, renderTable } from "./represent.ts";
import type { Representation } from "./represent.ts";
import { parseListOptions } from "./list-options.ts";
import { parseSelection } from "./selectors.ts";
import { waitForRevision } from "./read.ts";

type WatchEventType = EventType | "BOOKMARK";

const MIN_TIMEOUT_S = 30 * 60;
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024; // a reader this far behind is cut off: it lists again

/** `?watch`: chunked JSON, one event a line, until the client or the time-out ends it. */
export async function watchObjects(call: ObjectRequest): Promise<void> {
  const abort = new AbortController();
  const end = (): void => abort.abort();
  const timer = setTimeout(end, timeoutMs(call.query.get("timeoutSeconds")));
  const { ended } = call;
  // Before the first question to the store: what ends during it ends the watch too.
  onClosed(call.response, end);
  if (ended?.aborted === true) end();
  ended?.addEventListener("abort", end);
  try {
    await follow(call, abort.signal);
  } finally {
    clearTimeout(timer);
    call.response.off("close", end);
    ended?.removeEventListener("abort", end);
    end();
  }
}

async function follow(
  { request, response, route, query, store, ended }: ObjectRequest,
  signal: AbortSignal,
): Promise<void> {
  const how = negotiate(request, query);
  const selection = parseSelection(route.definition, query);
  const bookmarks = query.get("allowWatchBookmarks") === "true";
  const { revision, sendInitialEvents: initial } = parseListOptions(query, "watch");
  await waitForRevision(store, revision);

  const { definition, namespace } = route;
  const scope = namespace === undefined ? {} : { namespace };
  const fromState = initial ?? (revision ?? 0) === 0;
  const saysEnd = initial === true && bookmarks;
  const state = fromState
    ? await store.list({ kind: definition.kind, ...scope, ...(revision !== undefined && { revision }) })
    : undefined;
  const since = state?.revision ?? revision ?? (await store.head());

  const line = eventWriter(definition, how);
  const write = (text: string): void => {
    response.write(text);
    if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
  };
  try {
    // The first event is asked for before the header goes out: a version that is too old must be an HTTP 410.
    const events = store.watch({ kinds: [definition.kind], ...scope, since, signal, bookmarks: true });
    const iterator = events[Symbol.asyncIterator]();
    const first = iterator.next();
    await Promise.race([first, new Promise((resolve) => setImmediate(resolve))]);
    response.writeHead(200, { "content-type": "application/json;stream=watch", "cache-control": "no-cache, private" });
    response.flushHeaders();
    for (const object of state?.items ?? []) {
      if (selection.matches(object)) response.write(line("ADDED", object));
      if (response.writableNeedDrain) await taken(response, signal);
      if (signal.aborted) break;
    }
    if (saysEnd) write(line("BOOKMARK", bookmarkOf(definition, since, how, { "k8s.io/initial-events-end": "true" })));
    let seen = since;
    let told = fromState && !saysEnd ? 0 : since;
    for (let step = await first; step.done !== true; step = await iterator.next()) {
      seen = step.value.revision;
      const shown = transition(step.value, selection.matches);
      if (shown !== undefined) write(line(shown.type, shown.object));
      else if (bookmarks && step.value.type === "BOOKMARK") write(line("BOOKMARK", bookmarkOf(definition, seen, how)));
      else continue;
      told = seen;
    }
    // The time is up: whoever comes back goes on from here.
    if (bookmarks && seen > told && !response.destroyed) write(line("BOOKMARK", bookmarkOf(definition, seen, how)));
    ended?.throwIfAborted();
    response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    const failure =
      error instanceof StatusError ? error : internalError("the watch failed: see the server's log", error);
    response.end(`${JSON.stringify({ type: "ERROR", object: failure.toStatus() })}\n`);
    if (failure !== error) throw error;
  }
}

/** State may be larger than what may wait for a reader: it is written no faster than it is read. */
function taken(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => {
    response.off("drain", done);
    signal.removeEventListener("abort", done);
    resolve();
  };
  response.once("drain", done);
  signal.addEventListener("abort", done);
  if (signal.aborted) done();
  return promise;
}

/** What an event is to a watch with a selector: an object that stops matching is deleted, with its previous content and the new version. */
export function transition(
  event: StoreEvent | StoreBookmark,
  matches: (object: KubeObject) => boolean,
): { readonly type: EventType; readonly object: KubeObject } | undefined {
  if (event.type === "BOOKMARK") return undefined;
  const { type, object, previous } = event;
  const did = previous !== undefined && matches(previous);
  const now = objectAfter(event);
  if (now === undefined) return matches(previous ?? object) ? { type, object } : undefined;
  if (matches(now)) return { type: did ? "MODIFIED" : "ADDED", object };
  if (!did) return undefined;
  const metadata = {
    ...previous.metadata,
    ...(object.metadata.resourceVersion !== undefined && { resourceVersion: object.metadata.resourceVersion }),
  };
  return { type: "DELETED", object: { ...previous, metadata } };
}

function eventWriter(
  definition: ResourceDefinition,
  how: Representation,
): (type: WatchEventType, object: KubeObject) => string {
  let isFirst = true;
  return (type, object) => {
    if (how.form === "table" && type !== "BOOKMARK") {
      const table = renderTable(
        definition,
        [object],
        { ...how, pretty: false },
        { revision: object.metadata.resourceVersion ?? "" },
        isFirst,
      );
      isFirst = false;
      return `{"type":"${type}","object":${table}}\n`;
    }
    const text =
      type === "BOOKMARK" ? JSON.stringify(object) : renderObject(definition, object, { ...how, pretty: false });
    return `{"type":"${type}","object":${text}}\n`;
  };
}

function bookmarkOf(
  definition: ResourceDefinition,
  revision: number,
  { form, apiVersion }: Representation,
  annotations?: Record<string, string>,
): KubeObject {
  const metadata = { resourceVersion: String(revision), ...(annotations !== undefined && { annotations }) };
  // A bookmark is an object of the kind with nothing but its version: no name, no spec.
  const { servedKind: kind, ...type } = definition;
  const shown = form === "metadata" ? { apiVersion, kind: "PartialObjectMetadata" } : { apiVersion: type.apiVersion, kind };
  return { ...shown, metadata } as unknown as KubeObject;
}

/** As asked, else a random half to whole hour, so that watches of a restarted server do not all end together. */
function timeoutMs(text: string | null): number {
  const seconds = Number(text ?? 0);
  return 1000 * (seconds > 0 ? Math.min(seconds, 2 * 86_400) : MIN_TIMEOUT_S * (1 + Math.random()));
}
