import { parseAddress, parseCidr, tryParseAddress } from "@percale/net";
import type { Cidr } from "@percale/net";
import { refOf } from "@percale/resources";
import type { KubeObject, ObjectRef, PolicyRule } from "@percale/resources";
import { matches } from "@percale/selector";
import type { Labels, LabelRecord } from "@percale/selector";
import { configLayer, resolveConfig } from "../compile/config.ts";
import type { ConfigLayer } from "../compile/config.ts";
import { attempt } from "../compile/invalid.ts";
import { isMemberKind, memberOf } from "../compile/member.ts";
import type { Member, WorkloadEndpointSpec } from "../compile/member.ts";
import { canonicalNets } from "../compile/nets.ts";
import { nodeAddresses } from "../compile/node.ts";
import { comparePolicies, compareTiers, missingTier, tierInfo } from "../compile/order.ts";
import type { TierInfo } from "../compile/order.ts";
import { isPolicyKind, policyHead } from "../compile/policy.ts";
import type { PolicyHead } from "../compile/policy.ts";
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

interface Policy {
  readonly head: PolicyHead;
  readonly ref: ObjectRef;
  rules: Rules | "invalid" | undefined;
}

const DEFAULT_ALLOW = "projectcalico-default-allow";

/** The whole cluster, indexed for questions about packets. Never changes. */
export class Cluster {
  readonly endpoints = new Map<string, EndpointView>();
  readonly book = new AddressBook();
  readonly #tiers = new Map<string, TierInfo>();
  readonly #policies: Policy[] = [];
  readonly #profiles = new Map<string, { readonly spec: RuleLists; readonly labels: LabelRecord }>();
  readonly #nodes = new Map<string, KubeObject>();
  readonly #layers: ConfigLayer[] = [];
  readonly #numbers = new SelectorNumbers();
  readonly #tiersByEndpoint = new Map<string, readonly TierView[]>();
  readonly #profileViews = new Map<string, ProfileView>();
  readonly #nodeViews = new Map<string, NodeView>();
  readonly #endpointByAddress = new Map<string, EndpointView>();
  readonly #nodeByAddress = new Map<string, string>();

  constructor(objects: Iterable<KubeObject>) {
    const members: { readonly object: KubeObject; readonly member: Member }[] = [];
    for (const object of objects) attempt(() => this.#take(object, members)); // invalid counts as missing
    for (const { object, member } of members) attempt(() => this.#addMember(object, member));
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

  #take(object: KubeObject, members: { readonly object: KubeObject; readonly member: Member }[]): void {
    const { kind, metadata } = object;
    const spec = (object.spec ?? {}) as Record<string, unknown>;
    if (isPolicyKind(kind)) {
      const head = policyHead(object);
      if (!head.isForHostsOnly) this.#policies.push({ head, ref: refOf(object), rules: undefined });
    } else if (isMemberKind(kind)) members.push({ object, member: memberOf(object) });
    else if (kind === "Tier") this.#tiers.set(metadata.name, tierInfo(metadata.name, spec));
    else if (kind === "Profile") {
      const labels = (spec["labelsToApply"] ?? {}) as LabelRecord;
      this.#profiles.set(metadata.name, { spec, labels });
    } else if (kind === "FelixConfiguration") this.#layers.push(configLayer(object));
    else if (kind === "Node") {
      this.#nodes.set(metadata.name, object);
      for (const address of nodeAddresses(object)) this.#nodeByAddress.set(address, metadata.name);
    }
  }

  #addMember(object: KubeObject, member: Member): void {
    const labels = this.#labelsOf(member);
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

  #labelsOf({ labels, parents }: Member): Labels {
    const inherited = parents.flatMap((name): readonly LabelRecord[] => {
      const profile = this.#profiles.get(name);
      return profile === undefined ? [] : [profile.labels];
    });
    return {
      get(key) {
        if (Object.hasOwn(labels, key)) return labels[key];
        return inherited.find((layer) => Object.hasOwn(layer, key))?.[key];
      },
    };
  }

  #orderedTiers({ labels }: EndpointView): readonly TierView[] {
    const byTier = new Map<string, Policy[]>();
    for (const policy of this.#policies) {
      if (!matches(policy.head.selector, labels) || this.#rulesOf(policy) === "invalid") continue;
      const list = byTier.get(policy.head.tier);
      if (list === undefined) byTier.set(policy.head.tier, [policy]);
      else list.push(policy);
    }
    return [...byTier]
      .map(([name, policies]) => ({
        info: this.#tiers.get(name) ?? missingTier(name),
        policies: policies.sort((a, b) => comparePolicies(a.head, b.head)),
      }))
      .sort((a, b) => compareTiers(a.info, b.info))
      .map(({ info, policies }) => ({
        info,
        policies: { ingress: this.#covering(policies, "ingress"), egress: this.#covering(policies, "egress") },
      }));
  }

  #covering(policies: readonly Policy[], direction: Direction): readonly RuledBy[] {
    return policies
      .filter(({ head }) => head[direction])
      .map((policy) => ({ ref: policy.ref, rules: policy.rules as Rules })); // invalid ones are gone already
  }

  #rulesOf(policy: Policy): Rules | "invalid" {
    policy.rules ??= this.#compile(policy.head.spec, policy.head.namespace) ?? "invalid";
    return policy.rules;
  }

  #compile(spec: RuleLists, namespace: string | undefined): Rules | undefined {
    const context = { namespace, numbers: this.#numbers };
    const compile = (rules: readonly PolicyRule[] = []): readonly EvaluableRule[] =>
      rules.map((rule) => evaluableRule(rule, context));
    const result = attempt(() => ({ ingress: compile(spec.ingress), egress: compile(spec.egress) }));
    return "value" in result ? result.value : undefined;
  }

  #profileView(name: string): ProfileView {
    const spec = this.#profiles.get(name)?.spec;
    const ref = { kind: "Profile", name };
    const rules = spec === undefined ? undefined : this.#compile(spec, undefined);
    if (rules !== undefined) return { ref, rules, exists: true };
    if (spec === undefined && name === DEFAULT_ALLOW) {
      const { length } = allowingProfile(name).ingress;
      const all = Array.from({ length }, (): EvaluableRule => ({ action: "Allow", checks: [] }));
      return { ref, rules: { ingress: all, egress: all }, exists: true };
    }
    const none: readonly EvaluableRule[] = [{ action: "Deny", checks: [] }];
    return { ref, rules: { ingress: none, egress: none }, exists: false };
  }
}
