import { createHash } from "node:crypto";
import type { Hello } from "@percale/protocol";
import { encodeObject } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { needsOf } from "./needs.ts";
import type { KindNeeds, Needs } from "./needs.ts";

/** The store as clients of one type see it. */
export interface View {
  readonly name: string;
  /** Undefined for a kind that they do not see. */
  kind(kind: string): KindView | undefined;
  /** Of what a node gets: another table, another digest. */
  digest(node: string): string;
  /** Where a client is told each object once: the view in which this node's own come whole and stand in for the shared form. */
  readonly once?: View;
}

export interface KindView {
  /** The JSON that everybody gets, made once for each object; undefined where that is nothing. */
  readonly shared: (object: KubeObject) => string | undefined;
  /** The node that gets it whole. */
  readonly nodeOf: (object: KubeObject) => string | undefined;
}

const WHOLE: KindView = { shared: encodeObject, nodeOf: () => undefined };
/** All that clients of the first level got, under the name that they know it by. */
const FIRST: View = { name: "first", kind: () => WHOLE, digest: () => "all/1" };

/** How much of the cluster a client may see, by whose credential it shows: one node's view, or whatever it asks for. */
export type Reach = "node" | "cluster";

/** Why nobody of that reach is given what it asks for. */
export function reachFault({ type, scope }: Pick<Hello, "type" | "scope">, reach: Reach): string | undefined {
  if (reach === "cluster" || (scope === "node" && needsOf(type) !== undefined)) return undefined;
  return `a node gets its own view: ask for type agent with scope node, got type ${type} with scope ${scope}`;
}

/** By what a client is, at the level that both speak. `ofNode`: the node whose view is all that it may have. */
export function viewOf({ type, scope }: Pick<Hello, "type" | "scope">, level: number, ofNode?: string): View {
  if (level < 2) return ofNode === undefined ? FIRST : firstViewOf(ofNode, viewOf({ type, scope }, 2));
  const name = `${type}/${scope}/${level}`;
  const known = viewByName.get(name);
  if (known !== undefined) return known;
  const view = createView(name, needsOf(type), scope);
  viewByName.set(name, view);
  return view;
}

const viewByName = new Map<string, View>();

/** A node's view as the first level tells it: each object once, so this node's come whole where all others' come in the shared form. */
function firstViewOf(node: string, view: View): View {
  const kindOf = ({ shared, nodeOf }: KindView): KindView => ({
    shared: (object) => (nodeOf(object) === node ? encodeObject(object) : shared(object)),
    nodeOf: () => undefined,
  });
  return {
    name: `first/${view.name}/${node}`,
    once: view,
    kind: (name) => {
      const kind = view.kind(name);
      return kind && kindOf(kind);
    },
    digest: () => `${view.digest(node)}/1`,
  };
}

function createView(name: string, needs: Needs | undefined, scope: Hello["scope"]): View {
  const table = JSON.stringify(needs ?? "all");
  const kinds = new Map(
    Object.entries(needs ?? {}).map(([kind, of]) => [kind, scope === "cluster" ? WHOLE : kindView(of)]),
  );
  return {
    name,
    kind: (kind) => (needs === undefined ? WHOLE : kinds.get(kind)),
    digest: (node) => createHash("sha256").update(`${name} ${node} ${table}`).digest("hex").slice(0, 16),
  };
}

function kindView({ shared, node }: KindNeeds): KindView {
  const fields = shared?.map((path) => path.split(".") as [Section, string?]);
  const textByObject = new WeakMap<KubeObject, string>();
  return {
    shared: (object) => {
      if (fields === undefined) return undefined;
      const known = textByObject.get(object);
      if (known !== undefined) return known;
      const text = JSON.stringify(sharedForm(object, fields));
      textByObject.set(object, text);
      return text;
    },
    nodeOf: (object) => {
      if (node === undefined) return undefined;
      const [section, field] = node.field.split(".") as [Section, string];
      const { prefix = "" } = node;
      const value = (object[section] as Readonly<Record<string, unknown>> | undefined)?.[field];
      return typeof value === "string" && value.startsWith(prefix) ? value.slice(prefix.length) : undefined;
    },
  };
}

type Section = "metadata" | "spec" | "status";

function sharedForm(object: KubeObject, fields: readonly (readonly [Section, string?])[]): object {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata;
  const form: Record<string, Record<string, unknown>> = { metadata: { name, namespace }, spec: {} };
  for (const [section, field] of fields) {
    const value = object[section] as Readonly<Record<string, unknown>> | undefined;
    if (value === undefined) continue;
    if (field === undefined) form[section] = value;
    else if (value[field] !== undefined) form[section]![field] = value[field];
  }
  return { apiVersion, kind, ...form };
}
