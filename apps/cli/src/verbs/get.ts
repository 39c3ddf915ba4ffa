import type { KubeObject } from "@percale/resources";
import { Node } from "@percale/resources/catalog";
import { wordsOfRefusal } from "../manifests/fault.ts";
import type { ReadOptions } from "../manifests/read.ts";
import { idOf, namespaceFor, targetOf } from "../manifests/target.ts";
import type { Scope } from "../manifests/target.ts";
import { exported, withoutManagers } from "../output/format.ts";
import type { Output, Result } from "../output/format.ts";
import { render } from "../output/render.ts";
import { TABLES } from "../output/tables.ts";
import type { Access } from "../rest/client.ts";
import { call, send } from "../rest/client.ts";
import { OUR_ROOT, pathOf } from "../rest/kinds.ts";
import type { Kind } from "../rest/kinds.ts";
import { renderTable, TABLE_ACCEPT } from "../rest/table.ts";
import type { Table } from "../rest/table.ts";
import { NOTHING } from "./outcome.ts";
import { scopeOf } from "./asked.ts";
import type { Asked } from "./asked.ts";

export interface GetOptions extends Scope {
  readonly output: Output;
  readonly labels?: string;
  readonly fields?: string;
  readonly exported?: boolean;
  /** YAML and JSON say who owns which field. */
  readonly showManagedFields?: boolean;
}

/** What was found, and what is wrong with the rest. */
export interface Got {
  readonly text: string;
  readonly faults: readonly string[];
}

/** Objects by kind and name, or all of a kind. Those found come before the errors of those missing. */
export async function getAsked(access: Access, asked: readonly Asked[], options: GetOptions): Promise<Got> {
  return shown(access, await Promise.all(asked.map((one) => read(access, one, scopeOf(options, one, asked)))), options);
}

/** What files name, as it is stored. */
export async function getFromFiles(
  access: Access,
  files: readonly string[],
  options: GetOptions & ReadOptions,
): Promise<Got> {
  const { readManifests } = await import("../manifests/read.ts");
  const targets = readManifests(files, options).map((manifest) => targetOf(manifest, options));
  if (targets.length === 0) return { text: NOTHING, faults: [] };
  const found = targets.map(({ kind, namespace, object }) =>
    read(
      access,
      { kind, names: [object.metadata.name] },
      { ...options, ...(namespace !== undefined && { namespace }) },
    ),
  );
  return shown(access, await Promise.all(found), options);
}

/** What the server answers: objects, or a table of its own. */
type Answer = Result | Table;

/** What was read of one kind. */
interface Found {
  readonly kind: Kind;
  readonly results: readonly Answer[];
  readonly faults: readonly string[];
}

async function shown(access: Access, all: readonly Found[], options: GetOptions): Promise<Got> {
  const { output } = options;
  const faults = all.flatMap((one) => one.faults);
  const of = async ({ kind, results }: Omit<Found, "faults">): Promise<string> => {
    const namespaces = kind.namespaced && (options.allNamespaces === true || options.namespace !== undefined);
    if (isServersTable(kind, output))
      return results
        .map((one) => `${renderTable(one as Table, { wide: output.as === "wide", namespaces })}\n`)
        .join("");
    const context = await contextOf(access, kind, output);
    return render(
      (results as Result[]).map((one) => forReaders(one, options)),
      output,
      { kind: kind.kind, plural: kind.plural, namespaces, ...context },
    );
  };
  const found = all.filter(({ results }) => results.length > 0);
  const [first] = found;
  if (first === undefined) return { text: "", faults };
  // Of several kinds each has tables of its own; for scripts all are one answer.
  const isEach = output.as === "ps" || output.as === "wide" || output.as === "custom-columns" || output.as === "name";
  const parts = isEach ? found : [{ kind: first.kind, results: found.flatMap(({ results }) => results) }];
  return { text: (await Promise.all(parts.map(of))).join(""), faults };
}

/** What is to be read whole, as YAML or JSON. */
export function forReaders<T extends Result>(result: T, { output, showManagedFields }: GetOptions): T {
  const isWhole = output.as === "yaml" || output.as === "json";
  return isWhole && showManagedFields !== true ? withoutManagers(result) : result;
}

/** calicoctl has no table of such a kind. */
function isServersTable({ kind }: Kind, { as }: Output): boolean {
  return (as === "ps" || as === "wide") && TABLES[kind] === undefined;
}

async function read(access: Access, { kind, names }: Asked, options: GetOptions): Promise<Found> {
  const namespace = namespaceFor(kind, options, names.length > 0);
  const paths =
    names.length === 0
      ? [`${pathOf(kind, namespace)}${selectedBy(options)}`]
      : names.map((name) => pathOf(kind, namespace, name));
  const accept = isServersTable(kind, options.output) ? TABLE_ACCEPT : "application/json";
  const { found, faults } = await readAll(access, kind, { paths, names, namespace, accept });
  const isExported = options.exported === true && names.length > 0 && accept !== TABLE_ACCEPT;
  return { kind, faults, results: isExported ? found.map((one) => exported(one as KubeObject)) : found };
}

interface Reading {
  readonly paths: readonly string[];
  readonly names: readonly string[];
  readonly namespace: string | undefined;
  readonly accept: string;
}

async function readAll(
  access: Access,
  kind: Kind,
  { paths, names, namespace, accept }: Reading,
): Promise<{ readonly found: readonly Answer[]; readonly faults: readonly string[] }> {
  const headers = { accept };
  if (names.length === 0) return { found: [(await call(access, "GET", paths[0]!, { headers })) as Answer], faults: [] };
  const replies = await Promise.all(paths.map((path) => send(access, "GET", path, { headers })));
  return {
    found: replies.flatMap(({ status, body }) => (status < 400 ? [body as Answer] : [])),
    faults: replies.flatMap((reply, i) =>
      reply.status < 400 ? [] : [wordsOfRefusal(reply, idOf(kind.kind, namespace, names[i]!), "get")],
    ),
  };
}

function selectedBy({ labels, fields }: GetOptions): string {
  const query = new URLSearchParams({
    ...(labels !== undefined && { labelSelector: labels }),
    ...(fields !== undefined && { fieldSelector: fields }),
  });
  return query.size === 0 ? "" : `?${query.toString()}`;
}

/** The cluster's AS number, where nodes that say none of their own are shown with it. */
async function contextOf(access: Access, { kind }: Kind, output: Output): Promise<{ readonly asNumber?: number }> {
  const isAsked =
    output.as === "go-template"
      ? output.template.includes("config")
      : kind === Node.kind && (output.as === "wide" || output.as === "custom-columns");
  if (!isAsked) return {};
  const { status, body } = await send(access, "GET", `${OUR_ROOT}/bgpconfigurations/default`);
  const { asNumber } = (status < 400 ? ((body as KubeObject).spec as { readonly asNumber?: number }) : undefined) ?? {};
  return asNumber === undefined ? {} : { asNumber };
}
