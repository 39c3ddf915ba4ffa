import { formatAddress, parseAddress } from "@percale/net";
import type { Address, Cidr } from "@percale/net";
import { DEFAULT_ALLOW_PROFILE, Node, Profile } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { Labels } from "@percale/selector";
import { resolveConfig } from "../compile/config.ts";
import type { RuleLists } from "../graph/rules.ts";
import { allowingProfile } from "../graph/rules.ts";
import type { DataplaneConfig } from "../model.ts";
import type { TierInfo } from "../select/order.ts";
import { Selection } from "../select/selection.ts";
import type { SelectingPolicy } from "../select/selection.ts";
import type { ObjectChange, ObjectVersions } from "../versions/object-versions.ts";
import { KnownAddress } from "./addresses.ts";
import { Compiler } from "./compiler.ts";
import type { Rules } from "./compiler.ts";
import { changedInventory, NOTHING } from "./inventory.ts";
import type { Endpoint, Inventory } from "./inventory.ts";
import type { EvaluableRule } from "./rule.ts";
import type { Direction } from "./query.ts";

export interface RuledBy {
  readonly ref: ObjectRef;
  readonly rules: Rules;
}

export interface TierView {
  readonly info: TierInfo;
  /** Only what covers the direction; empty = the tier does not count for it. */
  readonly policies: Readonly<Record<Direction, readonly RuledBy[]>>;
}

export interface ProfileView extends RuledBy {
  readonly exists: boolean;
}

/** A workload endpoint as its cluster sees it. */
export interface EndpointView {
  readonly key: string;
  readonly node: string;
  readonly labels: Labels;
  readonly addresses: readonly KnownAddress[];
  readonly spoofable: readonly Cidr[];
  readonly profileNames: readonly string[];
}

export interface NodeView {
  readonly name: string;
  readonly addresses: readonly KnownAddress[];
  readonly config: DataplaneConfig;
}

/**
 * The whole cluster, indexed for questions about packets. It never changes: `with` makes another, at the cost of the changes, and whoever
 * answers from an older one may go on. What questions make of it (labels, order, owners of an address) is kept as long as it.
 */
export class Cluster {
  readonly selection: Selection;
  readonly #inventory: Inventory;
  readonly #compiler: Compiler;
  readonly #known = new Map<string, KnownAddress>();
  readonly #endpointViews = new Map<string, EndpointView>();
  readonly #tiersByEndpoint = new Map<string, readonly TierView[]>();
  readonly #profileViews = new Map<string, ProfileView>();
  readonly #nodeViews = new Map<string, NodeView>();

  constructor(selection: Selection, inventory: Inventory, compiler: Compiler) {
    this.selection = selection;
    this.#inventory = inventory;
    this.#compiler = compiler.orNewFor(selection.policies.size + inventory.objects.count(Profile.kind));
  }

  static of(objects: Iterable<KubeObject>): Cluster {
    return new Cluster(new Selection([]), NOTHING, new Compiler()).with(objects);
  }

  with(changes: Iterable<ObjectChange>): Cluster {
    const all = [...changes];
    const selection = this.selection.with(all);
    const inventory = changedInventory(this.#inventory, all, { from: this.selection, to: selection });
    return new Cluster(selection, inventory, this.#compiler);
  }

  /** All that it was made of, invalid ones too. */
  get objects(): ObjectVersions {
    return this.#inventory.objects;
  }

  look(address: Address): KnownAddress {
    const key = `${address.family} ${address.value}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      // The book names only who is there.
      const owners = this.#inventory.book.ownersOf(address).map((owner) => this.selection.selectable(owner)!);
      const listed = this.#inventory.slicesByAddress.get(formatAddress(address)) ?? [];
      const slices = listed.map((slice) => this.#inventory.slices.get(slice)!);
      this.#known.set(key, (known = new KnownAddress(address, owners, slices)));
    }
    return known;
  }

  /** What selectors see of each workload endpoint, by `namespace/name`; the same object as long as it is the same. */
  labelsByEndpoint(): ReadonlyMap<string, Labels> {
    const { endpoints } = this.#inventory;
    return new Map(endpoints.entries().map(([key, { member }]) => [key, this.selection.labelsOf(member)]));
  }

  /** Of a policy that is in force where it selects: its rules compile, and are for a direction. Of others undefined. */
  rulesInForce(policy: SelectingPolicy): Rules | undefined {
    const rules = policy.head.ingress || policy.head.egress ? this.#rulesOf(policy) : "invalid";
    return rules === "invalid" ? undefined : rules;
  }

  /** Of an endpoint, by `namespace/name`; none if it is not there. */
  profileNamesOf(key: string): readonly string[] {
    return this.#inventory.endpoints.get(key)?.member.parents ?? [];
  }

  /** By `namespace/name`. */
  endpoint(key: string): EndpointView | undefined {
    let view = this.#endpointViews.get(key);
    if (view !== undefined) return view;
    const endpoint = this.#inventory.endpoints.get(key);
    if (endpoint === undefined) return undefined;
    this.#endpointViews.set(key, (view = this.#endpointView(endpoint)));
    return view;
  }

  /** Of several that claim an address the last by name has it. */
  endpointAt(address: string): EndpointView | undefined {
    const key = lastOf(this.#inventory.endpointsByAddress.get(address));
    return key === undefined ? undefined : this.endpoint(key);
  }

  nodeAt(address: string): NodeView | undefined {
    const name = lastOf(this.#inventory.nodesByAddress.get(address));
    return name === undefined ? undefined : this.node(name);
  }

  /** A node that has no object has no addresses and default settings. */
  node(name: string): NodeView {
    let view = this.#nodeViews.get(name);
    if (view === undefined) {
      const { objects, nodes, layers } = this.#inventory;
      const labels = objects.get({ kind: Node.kind, name })?.metadata.labels ?? {};
      view = {
        name,
        addresses: (nodes.get(name) ?? []).map((address) => this.look(parseAddress(address))),
        config: resolveConfig(layers.values(), { name, labels }),
      };
      this.#nodeViews.set(name, view);
    }
    return view;
  }

  /** It has an object, or an endpoint is on it. */
  hasNode(name: string): boolean {
    const { objects, endpoints } = this.#inventory;
    return objects.get({ kind: Node.kind, name }) !== undefined || endpoints.values().some(({ node }) => node === name);
  }

  /** Tiers with a policy on the endpoint, both in evaluation order. */
  tiersOf(endpoint: EndpointView): readonly TierView[] {
    let tiers = this.#tiersByEndpoint.get(endpoint.key);
    if (tiers === undefined) this.#tiersByEndpoint.set(endpoint.key, (tiers = this.#orderedTiers(endpoint)));
    return tiers;
  }

  profileOf(name: string): ProfileView {
    let view = this.#profileViews.get(name);
    if (view === undefined) this.#profileViews.set(name, (view = this.#profileView(name)));
    return view;
  }

  #endpointView({ key, node, member, addresses, spoofable }: Endpoint): EndpointView {
    return {
      key,
      node,
      labels: this.selection.labelsOf(member),
      addresses: addresses.map((address) => this.look(parseAddress(address))),
      spoofable,
      profileNames: member.parents,
    };
  }

  #orderedTiers({ labels }: EndpointView): readonly TierView[] {
    return this.selection
      .tiersOn(labels, (policy) => this.#rulesOf(policy) !== "invalid")
      .map(({ info, policies }) => ({
        info,
        policies: { ingress: this.#covering(policies, "ingress"), egress: this.#covering(policies, "egress") },
      }));
  }

  #covering(policies: readonly SelectingPolicy[], direction: Direction): readonly RuledBy[] {
    return policies
      .filter(({ head }) => head[direction])
      .map((policy) => ({ ref: policy.ref, rules: this.#rulesOf(policy) as Rules })); // invalid ones are gone already
  }

  #rulesOf({ head }: SelectingPolicy): Rules | "invalid" {
    return this.#compiler.rulesOf(head.spec, head.namespace);
  }

  #profileView(name: string): ProfileView {
    const ref = { kind: Profile.kind, name };
    const object = this.objects.get(ref);
    const rules = object === undefined ? "invalid" : this.#compiler.rulesOf(object.spec ?? NO_RULES, undefined);
    if (rules !== "invalid") return { ref, rules, exists: true };
    if (object === undefined && name === DEFAULT_ALLOW_PROFILE) {
      const { length } = allowingProfile(name).ingress;
      const all = Array.from({ length }, (): EvaluableRule => ({
        action: "Allow",
        checks: [],
        written: { action: "Allow" },
      }));
      return { ref, rules: { ingress: all, egress: all }, exists: true };
    }
    const none: readonly EvaluableRule[] = [{ action: "Deny", checks: [], written: { action: "Deny" } }];
    return { ref, rules: { ingress: none, egress: none }, exists: false };
  }
}

const NO_RULES: RuleLists = {};

function lastOf(names: readonly string[] | undefined): string | undefined {
  return names?.reduce((last, name) => (name > last ? name : last));
}
