import { parseCidr } from "@percale/net";
import type { Cidr } from "@percale/net";
import { EndpointSlice, FelixConfiguration, formatRef, Node, WorkloadEndpoint } from "@percale/resources";
import { configLayer } from "../compile/config.ts";
import type { ConfigLayer } from "../compile/config.ts";
import { readOf } from "../compile/invalid.ts";
import { canonicalNets } from "../compile/nets.ts";
import { nodeAddresses } from "../compile/node.ts";
import { isMemberKind } from "../select/member.ts";
import type { Member, WorkloadEndpointSpec } from "../select/member.ts";
import { sliceOf } from "../select/slice.ts";
import type { ServiceSlice } from "../select/slice.ts";
import type { Selectable, Selection } from "../select/selection.ts";
import { LayeredMap } from "../versions/layered-map.ts";
import { ListsEdit } from "../versions/lists-edit.ts";
import { ObjectVersions, readChange } from "../versions/object-versions.ts";
import type { ObjectChange } from "../versions/object-versions.ts";
import { AddressBook } from "./addresses.ts";
import type { Move } from "./addresses.ts";

/** What an endpoint's object says, whatever else there is. */
export interface Endpoint {
  readonly key: string;
  readonly node: string;
  readonly member: Member;
  readonly addresses: readonly string[];
  readonly spoofable: readonly Cidr[];
}

/** What is known of a cluster before anybody asks: by name, by address. Never changes. */
export interface Inventory {
  readonly objects: ObjectVersions;
  readonly layers: LayeredMap<string, ConfigLayer>;
  readonly endpoints: LayeredMap<string, Endpoint>;
  /** Their addresses. */
  readonly nodes: LayeredMap<string, readonly string[]>;
  readonly book: AddressBook;
  /** Keys of endpoints. */
  readonly endpointsByAddress: LayeredMap<string, readonly string[]>;
  readonly nodesByAddress: LayeredMap<string, readonly string[]>;
  /** Endpoint slices, by `formatRef`; and their keys. */
  readonly slices: LayeredMap<string, ServiceSlice>;
  readonly slicesByAddress: LayeredMap<string, readonly string[]>;
}

export const NOTHING: Inventory = {
  objects: new ObjectVersions(),
  layers: new LayeredMap(),
  endpoints: new LayeredMap(),
  nodes: new LayeredMap(),
  book: new AddressBook(),
  endpointsByAddress: new LayeredMap(),
  nodesByAddress: new LayeredMap(),
  slices: new LayeredMap(),
  slicesByAddress: new LayeredMap(),
};

/** What is invalid counts as missing. `selection`: before and after the same changes. */
export function changedInventory(
  before: Inventory,
  changes: readonly ObjectChange[],
  selection: { readonly from: Selection; readonly to: Selection },
): Inventory {
  const layers = before.layers.edit();
  const endpoints = before.endpoints.edit();
  const nodes = before.nodes.edit();
  const endpointsByAddress = new ListsEdit(before.endpointsByAddress);
  const nodesByAddress = new ListsEdit(before.nodesByAddress);
  const slices = before.slices.edit();
  const slicesByAddress = new ListsEdit(before.slicesByAddress);
  const moved = new Map<string, Move>();
  for (const change of changes) {
    const { ref, object } = readChange(change);
    const { kind, name } = ref;
    const key = formatRef(ref);
    if (isMemberKind(kind)) {
      const nets = (of: Selection): readonly string[] => of.selectable(key)?.member.nets ?? [];
      moved.set(key, { owner: key, from: nets(selection.from), to: nets(selection.to) });
    }
    if (kind === WorkloadEndpoint.kind) {
      const endpointKey = `${ref.namespace ?? ""}/${name}`;
      const next = endpointOf(endpointKey, selection.to.selectable(key));
      for (const address of endpoints.get(endpointKey)?.addresses ?? [])
        endpointsByAddress.remove(address, endpointKey);
      for (const address of next?.addresses ?? []) endpointsByAddress.add(address, endpointKey);
      endpoints.set(endpointKey, next);
    } else if (kind === FelixConfiguration.kind) layers.set(name, readOf(object, configLayer));
    else if (kind === Node.kind) {
      for (const address of nodes.get(name) ?? []) nodesByAddress.remove(address, name);
      const next = readOf(object, nodeAddresses);
      for (const address of next ?? []) nodesByAddress.add(address, name);
      nodes.set(name, next);
    } else if (kind === EndpointSlice.kind) {
      for (const net of slices.get(key)?.nets ?? []) slicesByAddress.remove(addressOf(net), key);
      const next = readOf(object, sliceOf);
      for (const net of next?.nets ?? []) slicesByAddress.add(addressOf(net), key);
      slices.set(key, next);
    }
  }
  return {
    objects: before.objects.with(changes),
    layers: layers.done(),
    endpoints: endpoints.done(),
    nodes: nodes.done(),
    book: before.book.with(moved.values()),
    endpointsByAddress: endpointsByAddress.done(),
    nodesByAddress: nodesByAddress.done(),
    slices: slices.done(),
    slicesByAddress: slicesByAddress.done(),
  };
}

/** Of a canonical net of one address. */
function addressOf(net: string): string {
  return net.slice(0, net.indexOf("/"));
}

function endpointOf(key: string, selectable: Selectable | undefined): Endpoint | undefined {
  return readOf(selectable, ({ object, member }) => {
    const { node, allowSpoofedSourcePrefixes } = object.spec as WorkloadEndpointSpec;
    const addresses = member.nets.map(addressOf);
    return { key, node, member, addresses, spoofable: canonicalNets(allowSpoofedSourcePrefixes).map(parseCidr) };
  });
}
