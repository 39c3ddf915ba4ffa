/** `get -w` and `watch`: what there is, then every change as it comes. */
import type { IncomingMessage } from "node:http";
import type { KubeObject } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import { namespaceFor } from "../manifests/target.ts";
import { headOf, rowOf } from "../output/render.ts";
import { TABLES } from "../output/tables.ts";
import type { Access } from "../rest/client.ts";
import { call, messageOf, open } from "../rest/client.ts";
import type { Kind } from "../rest/kinds.ts";
import { pathOf } from "../rest/kinds.ts";
import { renderColumns } from "../rest/table.ts";
import { scopeOf } from "./asked.ts";
import type { Asked } from "./asked.ts";
import { forReaders } from "./get.ts";
import type { GetOptions } from "./get.ts";

export interface WatchOptions extends GetOptions {
  /** Each line says what happened. */
  readonly events: boolean;
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal;
}

interface Event {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: KubeObject;
}

/** Ends when the signal does, or throws ExitError: a server that ends a watch in good order is asked on from there. */
export async function watchAsked(access: Access, asked: readonly Asked[], options: WatchOptions): Promise<void> {
  await Promise.all(asked.map((one) => watchKind(access, one, scopeOf(options, one, asked))));
}

async function watchKind(access: Access, { kind, names }: Asked, options: WatchOptions): Promise<void> {
  if (names.length > 1) throw new ExitError("a watch is of one object or of all of a kind");
  const namespace = namespaceFor(kind, options, names.length > 0);
  const path = pathOf(kind, namespace);
  const fields = [
    ...(options.fields === undefined ? [] : [options.fields]),
    ...names.map((name) => `metadata.name=${name}`),
  ];
  const query = {
    ...(options.labels !== undefined && { labelSelector: options.labels }),
    ...(fields.length > 0 && { fieldSelector: fields.join(",") }),
  };
  const tell = teller(kind, namespace, options);
  const known: Known = new Map();
  for (;;) {
    const at = await list(access, `${path}?${new URLSearchParams(query).toString()}`, known, tell);
    const isOver = await follow(access, { path, query, at, known, tell, signal: options.signal });
    if (isOver) return;
  }
}

type Tell = (type: Event["type"], object: KubeObject) => void;

/** What was told last of each object. */
type Known = Map<string, KubeObject>;

/** What there is now, as far as it is not known; where to go on. */
async function list(access: Access, path: string, known: Known, tell: Tell): Promise<string> {
  const { items, metadata } = (await call(access, "GET", path)) as {
    readonly items: readonly KubeObject[];
    readonly metadata: { readonly resourceVersion: string };
  };
  const there = new Map(items.map((object) => [keyOf(object), object]));
  for (const [key, object] of known)
    if (!there.has(key)) {
      known.delete(key);
      tell("DELETED", object);
    }
  for (const [key, object] of there) {
    const before = known.get(key);
    known.set(key, object);
    if (before?.metadata.resourceVersion !== object.metadata.resourceVersion || before === undefined)
      tell(before === undefined ? "ADDED" : "MODIFIED", object);
  }
  return metadata.resourceVersion;
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

interface Following {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly at: string;
  readonly known: Known;
  readonly tell: Tell;
  readonly signal: AbortSignal | undefined;
}

/** True when the signal has ended it; false when the server has forgotten where it was. */
async function follow(access: Access, { path, query, at, known, tell, signal }: Following): Promise<boolean> {
  let from = at;
  for (;;) {
    if (signal?.aborted === true) return true;
    const search = new URLSearchParams({ ...query, watch: "1", resourceVersion: from, allowWatchBookmarks: "true" });
    for await (const { type, object } of eventsOf(access, `${path}?${search.toString()}`, signal)) {
      if (type === "ERROR") {
        const status = object as unknown as { readonly code?: number; readonly message?: string };
        if (status.code === 410) return false;
        throw new ExitError(status.message ?? "the watch failed");
      }
      from = object.metadata.resourceVersion ?? from;
      if (type === "BOOKMARK") continue;
      if (type === "DELETED") known.delete(keyOf(object));
      else known.set(keyOf(object), object);
      tell(type, object);
    }
  }
}

async function* eventsOf(access: Access, path: string, signal: AbortSignal | undefined): AsyncGenerator<Event> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = open(access, { method: "GET", path, headers: {} }, resolve);
  request.on("error", reject);
  request.end();
  const stop = (): void => void request.destroy();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const response = await promise;
    let text = "";
    for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
      const lines = `${text}${chunk}`.split("\n");
      text = lines.pop()!;
      if ((response.statusCode ?? 0) < 400) for (const line of lines) yield JSON.parse(line) as Event;
    }
    if ((response.statusCode ?? 0) < 400) return;
    const body: unknown = JSON.parse(text);
    if (response.statusCode === 410) yield { type: "ERROR", object: body as KubeObject };
    else throw new ExitError(messageOf({ status: response.statusCode ?? 0, body }));
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** Lines of a table, whose columns are as wide as the widest so far; for scripts an object each. */
function teller(kind: Kind, namespace: string | undefined, options: WatchOptions): Tell {
  const { events, say } = options;
  const { as } = options.output;
  if (as !== "ps" && as !== "wide" && as !== "custom-columns") {
    if (as === "name") return (_, { metadata }) => say(`${kind.plural}/${metadata.name}\n`);
    return (type, whole) => {
      const object = forReaders(whole, options);
      say(`${JSON.stringify(events ? { type, object } : object)}\n`);
    };
  }
  const table = TABLES[kind.kind] ?? {
    ps: ["NAME"],
    wide: ["NAME"],
    cells: { NAME: (_: unknown, { metadata }: KubeObject) => metadata.name },
  };
  const headings = as === "wide" ? table.wide : table.ps;
  const namespaces = kind.namespaced && (options.allNamespaces === true || namespace === undefined);
  const shown = { kind: kind.kind, plural: kind.plural, namespaces, headings };
  let widths: readonly string[] | undefined;
  return (type, object) => {
    const row = [...(events ? [type] : []), ...rowOf(object, table, shown)];
    const head = [...(events ? ["EVENT"] : []), ...headOf(shown)];
    const before = widths ?? head;
    widths = before.map((text, i) => (row[i]!.length > text.length ? row[i]! : text));
    const lines = renderColumns([widths, ...(before === head ? [head] : []), row]).split("\n");
    say(lines.slice(1).join("\n"));
  };
}
