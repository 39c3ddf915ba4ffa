/** get, create, apply, replace, delete: calicoctl's verbs, spoken as Kubernetes REST. */
import type { KubeObject } from "@percale/resources";
import { stringify } from "yaml";
import { ExitError } from "./exit-error.ts";
import { readManifests } from "./manifest.ts";
import type { Access, Reply } from "./rest/client.ts";
import { call, messageOf, send } from "./rest/client.ts";
import type { Kind } from "./rest/kinds.ts";
import { discoverKinds, findKind, pathOf } from "./rest/kinds.ts";
import type { Table } from "./rest/table.ts";
import { renderTable, TABLE_ACCEPT } from "./rest/table.ts";

export interface Selection {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
}

export type Output = "yaml" | "json" | "wide" | "name" | "ps";
export type WriteVerb = "create" | "apply" | "replace" | "delete";

/** What to do about fields that a kind does not have; the names are kubectl's. */
export const VALIDATIONS = { strict: "Strict", warn: "Warn", ignore: "Ignore" } as const;
export type Validation = keyof typeof VALIDATIONS;

/** Prints one result per name, or the collection. Those found come before the error of those missing. */
export async function getObjects(
  access: Access,
  typed: string,
  names: readonly string[],
  options: Selection & { readonly output: Output; readonly selector?: string },
): Promise<string> {
  const kind = findKind(await discoverKinds(access), typed);
  const namespace = namespaceFor(kind, options, names.length > 0);
  const { output } = options;
  const query = options.selector === undefined ? "" : `?labelSelector=${encodeURIComponent(options.selector)}`;
  const paths =
    names.length === 0 ? [`${pathOf(kind, namespace)}${query}`] : names.map((name) => pathOf(kind, namespace, name));
  if (output === "ps" || output === "wide") {
    const tables = await Promise.all(
      paths.map((path) => call(access, "GET", path, { headers: { accept: TABLE_ACCEPT } }) as Promise<Table>),
    );
    const { columnDefinitions } = tables[0]!;
    const table = { columnDefinitions, rows: tables.flatMap(({ rows }) => rows) };
    if (table.rows.length === 0) return `No ${kind.plural} found.\n`;
    return renderTable(table, { wide: output === "wide", namespaces: kind.namespaced && namespace === undefined });
  }
  const objects = await Promise.all(paths.map((path) => call(access, "GET", path)));
  const result = objects.length === 1 ? objects[0] : objects;
  switch (output) {
    case "yaml":
      return stringify(result);
    case "json":
      return `${JSON.stringify(result, undefined, 2)}\n`;
    case "name": {
      const found = objects.flatMap(
        (one) => (one as { readonly items?: readonly KubeObject[] }).items ?? [one as KubeObject],
      );
      return found.map(({ metadata }) => `${kind.plural}/${metadata.name}\n`).join("");
    }
  }
}

export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly skipMissing?: boolean;
  /** strict if absent: a misspelt field must not be taken for one left out. */
  readonly validate?: Validation;
  readonly warn?: (text: string) => void;
}

/** Writes every object of the files; goes on after a refusal and reports all of them at the end. */
export async function writeObjects(
  access: Access,
  verb: WriteVerb,
  files: readonly string[],
  options: Selection & WriteOptions,
): Promise<string> {
  const { dryRun = false, validate = "strict", warn = () => undefined } = options;
  const objects = readManifests(files);
  const kinds = await discoverKinds(access);
  const located = objects.map((object) => {
    const kind = findKind(kinds, object.kind);
    const { namespace: own } = object.metadata;
    if (own !== undefined && options.namespace !== undefined && own !== options.namespace)
      throw new ExitError(`resource namespace does not match client namespace. ${own} != ${options.namespace}`);
    const namespace = kind.namespaced ? (own ?? options.namespace ?? "default") : undefined;
    return {
      object: { ...object, metadata: { ...object.metadata, ...(namespace !== undefined && { namespace }) } },
      kind,
      namespace,
    };
  });
  const faults: string[] = [];
  for (const { object, kind, namespace } of located) {
    const reply = await writeOne(access, verb, { object, kind, namespace, dryRun, validate });
    const name = `${kind.kind}(${[namespace, object.metadata.name].filter(Boolean).join("/")})`;
    for (const warning of reply.warnings ?? []) warn(`Warning: ${name}: ${warning}`);
    if (reply.status < 400 || (options.skipMissing === true && reply.status === 404)) continue;
    faults.push(`${name}: ${messageOf(reply)}`);
  }
  const done = located.length - faults.length;
  const past = PAST[verb];
  const only = new Set(located.map(({ kind }) => kind.kind));
  const what = only.size === 1 ? `'${[...only].join()}' ` : "";
  if (faults.length === 0) return `Successfully ${past} ${done} ${what}resource(s)\n`;
  const partial =
    done === 0 ? `failed to ${verb} any ${what}resources` : `${past} ${done} of ${located.length} ${what}resources`;
  throw new ExitError(`${partial}:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
}

const PAST: Readonly<Record<WriteVerb, string>> = {
  create: "created",
  apply: "applied",
  replace: "replaced",
  delete: "deleted",
};

export async function deleteObjects(
  access: Access,
  typed: string,
  names: readonly string[],
  options: Selection & { readonly skipMissing?: boolean },
): Promise<string> {
  const kind = findKind(await discoverKinds(access), typed);
  const namespace = namespaceFor(kind, options, true);
  const replies = await Promise.all(names.map((name) => send(access, "DELETE", pathOf(kind, namespace, name))));
  const faults = replies.filter(({ status }) => status >= 400 && !(options.skipMissing === true && status === 404));
  if (faults.length > 0)
    throw new ExitError(
      faults.map((reply) => `Failed to delete '${kind.kind}' resource: ${messageOf(reply)}`).join("\n"),
    );
  return `Successfully deleted ${names.length} '${kind.kind}' resource(s)\n`;
}

interface Located {
  readonly object: KubeObject;
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly dryRun: boolean;
  readonly validate: Validation;
}

const APPLY_TRIES = 5; // someone else may write between our read and our update

async function writeOne(access: Access, verb: WriteVerb, located: Located): Promise<Reply> {
  const { object, kind, namespace, dryRun, validate } = located;
  const query = `?fieldValidation=${VALIDATIONS[validate]}${dryRun ? "&dryRun=All" : ""}`;
  const own = pathOf(kind, namespace, object.metadata.name);
  const create = (): Promise<Reply> => send(access, "POST", `${pathOf(kind, namespace)}${query}`, { body: object });
  switch (verb) {
    case "create":
      return create();
    case "apply":
      return replace(access, object, { own, query, ifMissing: create });
    case "replace":
      return replace(access, object, { own, query });
    case "delete":
      return send(access, "DELETE", `${own}${query}`);
  }
}

async function replace(
  access: Access,
  object: KubeObject,
  {
    own,
    query,
    ifMissing,
  }: { readonly own: string; readonly query: string; readonly ifMissing?: () => Promise<Reply> },
): Promise<Reply> {
  for (let tries = 1; ; tries++) {
    const stored = await send(access, "GET", own);
    if (stored.status === 404 && ifMissing !== undefined) return ifMissing();
    if (stored.status >= 400) return stored;
    const { resourceVersion } = (stored.body as KubeObject).metadata;
    const metadata = { resourceVersion, ...object.metadata };
    const reply = await send(access, "PUT", `${own}${query}`, { body: { ...object, metadata } });
    const retry = reply.status === 409 && object.metadata.resourceVersion === undefined && tries < APPLY_TRIES;
    if (!retry) return reply;
  }
}

function namespaceFor(kind: Kind, { namespace, allNamespaces }: Selection, named: boolean): string | undefined {
  if (namespace !== undefined && allNamespaces === true) throw new ExitError("-n and -A exclude each other");
  if (!kind.namespaced && (namespace !== undefined || allNamespaces === true))
    throw new ExitError(`${kind.kind} is not namespaced`);
  if (named && allNamespaces === true) throw new ExitError("a name needs one namespace: use -n, not -A");
  if (allNamespaces === true || !kind.namespaced) return undefined;
  return namespace ?? "default";
}
