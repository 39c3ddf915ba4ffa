import { parseAddress, parseCidr, tryParseAddress } from "@percale/net";
import type { Cidr } from "@percale/net";
import { DEFAULT_ALLOW_PROFILE } from "@percale/resources";
import type { KubeObject, ObjectRef, PolicyRule } from "@percale/resources";
import type { Labels } from "@percale/selector";
import { configLayer, resolveConfig } from "../compile/config.ts";
import type { ConfigLayer } from "../compile/config.ts";
import { attempt } from "../compile/invalid.ts";
import type { WorkloadEndpointSpec } from "../select/member.ts";
import { canonicalNets } from "../compile/nets.ts";
import { nodeAddresses } from "../compile/node.ts";
import type { TierInfo } from "../select/order.ts";
import { POLICY_KINDS } from "../select/policy.ts";
import type { PolicyHead } from "../select/policy.ts";
import type { Selection } from "../select/selection.ts";
import type { Selectable, SelectingPolicy } from "../select/selection.ts";
import type { RuleLists } from "../graph/rules.ts";
import { allowingProfile } from "../graph/rules.ts";
import type { DataplaneConfig } from "../model.ts";
import { AddressBook } from "./addresses.ts";
import type { KnownAddress } from "./addresses.ts";
import { SelectorNumbers, evaluableRule } from "./rule.ts";
import type { EvaluableRule } from "./rule.ts";
import type { Direction } from "./query.ts";

/** Rules of one direction; undefined: they do not compile, or are not there. */
type Rules = Readonly<Record<Direction, readonly EvaluableRule[]>>;

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

/** A workload endpoint, its policies ordered and compiled at first use. */
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

/** The kinds that say anything about packets: whoever keeps a copy of the cluster to ask about needs no others. */
export const EVALUATED_KINDS: readonly string[] = [
  "WorkloadEndpoint",
  "NetworkSet",
  "GlobalNetworkSet",
  "Profile",
  "Tier",
  ...POLICY_KINDS,
  "FelixConfiguration",
  "Node",
];

/** The whole cluster, indexed for questions about packets. Never changes. */
export class Cluster {
  readonly endpoints = new Map<string, EndpointView>();
  readonly book = new AddressBook();
  readonly #selection: Selection;
  readonly #rules = new Map<PolicyHead, Rules | "invalid">();
  readonly #profiles = new Map<string, RuleLists>();
  readonly #nodes = new Map<string, KubeObject>();
  readonly #layers: ConfigLayer[] = [];
  readonly #numbers = new SelectorNumbers();
  readonly #tiersByEndpoint = new Map<string, readonly TierView[]>();
  readonly #profileViews = new Map<string, ProfileView>();
  readonly #nodeViews = new Map<string, NodeView>();
  readonly #endpointByAddress = new Map<string, EndpointView>();
  readonly #nodeByAddress = new Map<string, string>();

  constructor(objects: readonly KubeObject[], selection: Selection) {
    this.#selection = selection;
    for (const object of objects) attempt(() => this.#take(object)); // invalid counts as missing
    for (const selectable of this.#selection.selectables) attempt(() => this.#addMember(selectable));
  }

  endpointAt(address: string): EndpointView | undefined {
    return this.#endpointByAddress.get(address);
  }

  nodeAt(address: string): NodeView | undefined {
    const name = this.#nodeByAddress.get(address);
    return name === undefined ? undefined : this.node(name);
  }

  /** A node that has no object has no addresses and default settings. */
  node(name: string): NodeView {
    let view = this.#nodeViews.get(name);
    if (view === undefined) {
      const object = this.#nodes.get(name);
      const addresses = object === undefined ? [] : nodeAddresses(object);
      view = {
        name,
        addresses: addresses.map((address) => this.book.look(parseAddress(address))),
        config: resolveConfig(this.#layers, { name, labels: object?.metadata.labels ?? {} }),
      };
      this.#nodeViews.set(name, view);
    }
    return view;
  }

  hasNode(name: string): boolean {
    return this.#nodes.has(name) || [...this.endpoints.values()].some(({ node }) => node === name);
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

  #take(object: KubeObject): void {
    const { kind, metadata } = object;
    if (kind === "Profile") this.#profiles.set(metadata.name, object.spec ?? {});
    else if (kind === "FelixConfiguration") this.#layers.push(configLayer(object));
    else if (kind === "Node") {
      this.#nodes.set(metadata.name, object);
      for (const address of nodeAddresses(object)) this.#nodeByAddress.set(address, metadata.name);
    }
  }

  #addMember({ object, member, labels }: Selectable): void {
    const spoofable =
      object.kind === "WorkloadEndpoint"
        ? canonicalNets((object.spec as WorkloadEndpointSpec).allowSpoofedSourcePrefixes).map(parseCidr)
        : [];
    this.book.add({ member, labels });
    if (object.kind !== "WorkloadEndpoint") return;
    const key = `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
    const addresses = member.nets.map((net) => net.slice(0, net.indexOf("/")));
    let known: readonly KnownAddress[] | undefined;
    const { book } = this;
    const view: EndpointView = {
      key,
      node: (object.spec as WorkloadEndpointSpec).node,
      labels,
      // Looked up at first use: a later member may own the address too.
      get addresses() {
        return (known ??= addresses.map((address) => book.look(parseAddress(address))));
      },
      spoofable,
      profileNames: member.parents,
    };
    this.endpoints.set(key, view);
    for (const address of addresses)
      if (tryParseAddress(address) !== undefined) this.#endpointByAddress.set(address, view);
  }

  #orderedTiers({ labels }: EndpointView): readonly TierView[] {
    return this.#selection
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
    let rules = this.#rules.get(head);
    if (rules === undefined) this.#rules.set(head, (rules = this.#compile(head.spec, head.namespace) ?? "invalid"));
    return rules;
  }

  #compile(spec: RuleLists, namespace: string | undefined): Rules | undefined {
    const context = { namespace, numbers: this.#numbers };
    const compile = (rules: readonly PolicyRule[] = []): readonly EvaluableRule[] =>
      rules.map((rule) => evaluableRule(rule, context));
    const result = attempt(() => ({ ingress: compile(spec.ingress), egress: compile(spec.egress) }));
    return "value" in result ? result.value : undefined;
  }

  #profileView(name: string): ProfileView {
    const spec = this.#profiles.get(name);
    const ref = { kind: "Profile", name };
    const rules = spec === undefined ? undefined : this.#compile(spec, undefined);
    if (rules !== undefined) return { ref, rules, exists: true };
    if (spec === undefined && name === DEFAULT_ALLOW_PROFILE) {
      const { length } = allowingProfile(name).ingress;
      const all = Array.from({ length }, (): EvaluableRule => ({ action: "Allow", checks: [] }));
      return { ref, rules: { ingress: all, egress: all }, exists: true };
    }
    const none: readonly EvaluableRule[] = [{ action: "Deny", checks: [] }];
    return { ref, rules: { ingress: none, egress: none }, exists: false };
  }
}
