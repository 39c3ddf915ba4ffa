import { internalError, objectAfter, StatusError } from "@percale/resources";
import type { EventType, KubeObject, ResourceDefinition } from "@percale/resources";
import type { StoreBookmark, StoreEvent } from "@percale/store";
import type { ObjectRequest } from "./request.ts";
import { negotiate, renderShared, renderTable } from "./represent.ts";
import type { Representation } from "./represent.ts";
import { parseListOptions } from "./list-options.ts";
import { parseSelection } from "./selectors.ts";
import { within } from "./tier-scope.ts";
import { waitForRevision } from "./read.ts";
import { httpSink } from "./watch-sink.ts";
import type { WatchSink } from "./watch-sink.ts";

type WatchEventType = EventType | "BOOKMARK";

const MIN_TIMEOUT_S = 30 * 60;

export type WatchRequest = Omit<ObjectRequest, "response"> & { readonly sink: WatchSink };

/** `?watch`, until the client or the time-out ends it. */
export async function watchObjects({ response, ...call }: ObjectRequest): Promise<void> {
  await watchInto({ ...call, sink: httpSink(response) });
}

export async function watchInto(call: WatchRequest): Promise<void> {
  const abort = new AbortController();
  const end = (): void => abort.abort();
  const timer = setTimeout(end, timeoutMs(call.query.get("timeoutSeconds")));
  const { ended, sink } = call;
  // Before the first question to the store: what ends during it ends the watch too.
  sink.onClosed(end);
  if (ended?.aborted === true) end();
  ended?.addEventListener("abort", end);
  try {
    await follow(call, abort.signal);
  } finally {
    clearTimeout(timer);
    ended?.removeEventListener("abort", end);
    end();
  }
}

async function follow(
  { request, sink, route, query, store, scope: visible, ended }: WatchRequest,
  signal: AbortSignal,
): Promise<void> {
  const how = negotiate(request, query);
  const selection = within(parseSelection(route.definition, query), visible);
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
  try {
    // The first event is asked for before the header goes out: a version that is too old must be an HTTP 410.
    const events = store.watch({ kinds: [definition.kind], ...scope, since, signal, bookmarks: true });
    const iterator = events[Symbol.asyncIterator]();
    const first = iterator.next();
    await Promise.race([first, new Promise((resolve) => setImmediate(resolve))]);
    sink.begin();
    for (const object of state?.items ?? []) {
      if (selection.matches(object)) sink.write(line("ADDED", object));
      const taken = sink.taken(signal);
      if (taken !== undefined) await taken;
      if (signal.aborted) break;
    }
    if (saysEnd)
      sink.write(line("BOOKMARK", bookmarkOf(definition, since, how, { "k8s.io/initial-events-end": "true" })));
    let seen = since;
    let told = fromState && !saysEnd ? 0 : since;
    for (let step = await first; step.done !== true; step = await iterator.next()) {
      seen = step.value.revision;
      const shown = transition(step.value, selection.matches);
      if (shown !== undefined) sink.write(line(shown.type, shown.object));
      else if (bookmarks && step.value.type === "BOOKMARK")
        sink.write(line("BOOKMARK", bookmarkOf(definition, seen, how)));
      else continue;
      told = seen;
    }
    // The time is up: whoever comes back goes on from here.
    if (bookmarks && seen > told && !sink.isClosed) sink.write(line("BOOKMARK", bookmarkOf(definition, seen, how)));
    ended?.throwIfAborted();
    sink.end();
  } catch (error) {
    if (!sink.hasBegun) throw error;
    const failure =
      error instanceof StatusError ? error : internalError("the watch failed: see the server's log", error);
    sink.write(JSON.stringify({ type: "ERROR", object: failure.toStatus() }));
    sink.end();
    if (failure !== error) throw error;
  }
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
      return `{"type":"${type}","object":${table}}`;
    }
    const text =
      type === "BOOKMARK" ? JSON.stringify(object) : renderShared(definition, object, { ...how, pretty: false });
    return `{"type":"${type}","object":${text}}`;
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
  const own = { apiVersion: definition.apiVersion, kind: definition.servedKind };
  const shown = form === "metadata" ? { apiVersion, kind: "PartialObjectMetadata" } : own;
  return { ...shown, metadata } as unknown as KubeObject;
}

/** As asked, else a random half to whole hour, so that watches of a restarted server do not all end together. */
function timeoutMs(text: string | null): number {
  const seconds = Number(text ?? 0);
  return 1000 * (seconds > 0 ? Math.min(seconds, 2 * 86_400) : MIN_TIMEOUT_S * (1 + Math.random()));
}
