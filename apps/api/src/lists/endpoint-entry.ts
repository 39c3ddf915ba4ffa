import type { Evaluator } from "@percale/policy";
import { WorkloadEndpoint } from "@percale/resources";
import type { KubeObject, StatedSpecOf } from "@percale/resources";
import type { EndpointRowView } from "../trpc/views.ts";
import { naturalKey } from "./orders.ts";
import type { Key } from "./orders.ts";

/** A workload endpoint as people name and look for it. */
export interface EndpointEntry {
  readonly row: EndpointRowView;
  /** `shop/frontend`: namespace, and pod or workload. */
  readonly text: string;
  readonly profiles: readonly string[];
  /** All that is looked through, in small letters. */
  readonly searched: string;
}

const known = new WeakMap<KubeObject, EndpointEntry>();

export function entryOf(object: KubeObject): EndpointEntry {
  let entry = known.get(object);
  if (entry === undefined) known.set(object, (entry = read(object)));
  return entry;
}

function read({ metadata, spec: raw }: KubeObject): EndpointEntry {
  const spec = raw as StatedSpecOf<typeof WorkloadEndpoint>;
  const namespace = metadata.namespace ?? "";
  const name = spec.pod ?? spec.workload ?? metadata.name;
  const addresses = (spec.ipNetworks ?? []).map((cidr) => cidr.replace(/\/(32|128)$/, ""));
  const labels = metadata.labels ?? {};
  const text = namespace === "" ? name : `${namespace}/${name}`;
  const terms = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return {
    row: {
      key: `${namespace}/${metadata.name}`,
      namespace,
      name,
      objectName: metadata.name,
      node: spec.node,
      addresses,
      labels,
    },
    text,
    profiles: spec.profiles ?? [],
    searched: [text, metadata.name, spec.node, ...addresses, ...terms].join(" ").toLowerCase(),
  };
}

/** By what an endpoint's object says alone. */
export const ENDPOINT_ORDERS = new Map<string, (object: KubeObject) => Key>([
  ["name", orderBy(() => "")],
  ["node", orderBy(({ node }) => node)],
  ["address", orderBy(({ addresses }) => addresses[0] ?? "")],
]);

function orderBy(textOf: (row: EndpointRowView) => string): (object: KubeObject) => Key {
  return (object) => {
    const { row, text } = entryOf(object);
    return { value: naturalKey(textOf(row)), name: naturalKey(text) };
  };
}

/** What people call an endpoint, by its `namespace/name`. */
export function calledBy({ objects }: Pick<Evaluator, "objects">, key: string): string {
  const [namespace = "", name = ""] = key.split("/");
  const object = objects.get({ kind: WorkloadEndpoint.kind, namespace, name });
  return object === undefined ? key : entryOf(object).text;
}
