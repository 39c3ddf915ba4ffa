import type { KubeObject, ObjectRef } from "@percale/resources";
import { refOf } from "@percale/resources";
import { inheriting, matches } from "@percale/selector";
import type { LabelRecord, Labels, Selector } from "@percale/selector";
import { attempt } from "../compile/invalid.ts";
import { isMemberKind, memberOf } from "./member.ts";
import type { Member } from "./member.ts";
import { comparePolicies, compareTiers, missingTier, tierInfo } from "./order.ts";
import type { TierInfo } from "./order.ts";
import { isPolicyKind, policyHead } from "./policy.ts";
import type { PolicyHead } from "./policy.ts";

/** A workload endpoint or network set, with every label that selectors see. */
export interface Selectable {
  readonly object: KubeObject;
  readonly member: Member;
  readonly labels: Labels;
}

export interface SelectingPolicy {
  readonly ref: ObjectRef;
  readonly head: PolicyHead;
}

/** A tier with what applies of it, in evaluation order; never empty. */
export interface SelectedTier {
  readonly info: TierInfo;
  readonly policies: readonly SelectingPolicy[];
}

/**
 * Who is selected by what: labels with those that profiles hand down, policies in the order in which they judge. Of one state of the
 * cluster, or of as much of it as is given; what is invalid counts as missing. Everybody who asks which policies are in force asks here;
 * the graph keeps the same answer current, which a law holds them to.
 */
export class Selection {
  readonly selectables: readonly Selectable[];
  readonly policies: readonly SelectingPolicy[];
  readonly #tiers = new Map<string, TierInfo>();
  readonly #handedDown = new Map<string, LabelRecord>();

  constructor(objects: Iterable<KubeObject>) {
    const policies: SelectingPolicy[] = [];
    const members: Omit<Selectable, "labels">[] = [];
    for (const object of objects) attempt(() => this.#take(object, policies, members));
    this.policies = policies;
    this.selectables = members.map(({ object, member }) => ({ object, member, labels: this.#labelsOf(member) }));
  }

  /** What a selector matches, in the order in which it was given. */
  matching(selector: Selector): readonly Selectable[] {
    return this.selectables.filter(({ labels }) => matches(selector, labels));
  }

  /** The workload endpoints that a policy applies to, be it stored or a draft; none if it does not parse, or is for hosts only. */
  subjectsOf(policy: KubeObject): readonly Selectable[] {
    const result = attempt(() => policyHead(policy));
    if (!("value" in result) || result.value.isForHostsOnly) return [];
    return this.matching(result.value.selector).filter(({ object }) => object.kind === "WorkloadEndpoint");
  }

  /** Tiers with a policy on a workload of these labels. One whose rules do not compile is as good as missing. */
  tiersOn(labels: Labels, isValid: (policy: SelectingPolicy) => boolean): readonly SelectedTier[] {
    const applying = this.policies.filter((policy) => matches(policy.head.selector, labels) && isValid(policy));
    return Map.groupBy(applying, ({ head }) => head.tier)
      .entries()
      .map(([name, policies]) => ({
        info: this.#tiers.get(name) ?? missingTier(name),
        policies: policies.sort((a, b) => comparePolicies(a.head, b.head)),
      }))
      .toArray()
      .sort((a, b) => compareTiers(a.info, b.info));
  }

  #take(object: KubeObject, policies: SelectingPolicy[], members: Omit<Selectable, "labels">[]): void {
    const { kind, metadata } = object;
    const spec = (object.spec ?? {}) as Readonly<Record<string, unknown>>;
    if (isPolicyKind(kind)) {
      const head = policyHead(object);
      if (!head.isForHostsOnly) policies.push({ ref: refOf(object), head });
    } else if (isMemberKind(kind)) members.push({ object, member: memberOf(object) });
    else if (kind === "Tier") this.#tiers.set(metadata.name, tierInfo(metadata.name, spec));
    else if (kind === "Profile") this.#handedDown.set(metadata.name, (spec["labelsToApply"] ?? {}) as LabelRecord);
  }

  #labelsOf({ labels, parents }: Member): Labels {
    return inheriting(
      labels,
      parents.map((name) => ({ labels: this.#handedDown.get(name) })),
    );
  }
}
