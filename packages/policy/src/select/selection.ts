import type { KubeObject, ObjectRef, StatedSpecOf } from "@percale/resources";
import { formatRef, Profile, refOf, Tier, WorkloadEndpoint } from "@percale/resources";
import { inheriting, matches } from "@percale/selector";
import type { LabelRecord, Labels, Selector } from "@percale/selector";
import { attempt, readOf } from "../compile/invalid.ts";
import { LayeredMap } from "../versions/layered-map.ts";
import { readChange } from "../versions/object-versions.ts";
import type { ObjectChange } from "../versions/object-versions.ts";
import { isMemberKind, memberOf } from "./member.ts";
import type { Member } from "./member.ts";
import { comparePolicies, compareTiers, missingTier, tierInfo } from "./order.ts";
import type { TierInfo } from "./order.ts";
import { isPolicyKind, policyHead } from "./policy.ts";
import type { PolicyHead } from "./policy.ts";
import { PolicyIndex } from "./policy-index.ts";

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
 * cluster, or of as much of it as is given; what is invalid counts as missing. It never changes: `with` makes another, at the cost of the
 * changes. Everybody who asks which policies are in force asks here; the graph keeps the same answer current, which a law holds them to.
 */
export class Selection {
  readonly #parts: Parts;
  #selectables: readonly Selectable[] | undefined;

  constructor(changes: Iterable<ObjectChange>, before: Parts = nothing()) {
    this.#parts = changed(before, changes);
  }

  /** As it would be, or is by now. Objects that were never there may be gone. */
  with(changes: Iterable<ObjectChange>): Selection {
    return new Selection(changes, this.#parts);
  }

  /** Of workloads. */
  get policies(): PolicyIndex {
    return this.#parts.policies;
  }

  /** One that nobody made but some policy names denies. */
  tier(name: string): TierInfo {
    return this.#parts.tiers.get(name) ?? missingTier(name);
  }

  /** In the order in which they were given; what `with` brought comes anywhere. */
  get selectables(): readonly Selectable[] {
    return (this.#selectables ??= Array.from(this.#parts.members.values(), (held) => this.#selectable(held)));
  }

  /** What is known of a workload endpoint or network set, by `formatRef`; undefined if it is not there, or invalid. */
  selectable(key: string): Selectable | undefined {
    const held = this.#parts.members.get(key);
    return held === undefined ? undefined : this.#selectable(held);
  }

  /** What a selector matches, in the order of `selectables`. */
  matching(selector: Selector): readonly Selectable[] {
    return this.selectables.filter(({ labels }) => matches(selector, labels));
  }

  /** The workload endpoints that a policy applies to, be it stored or a draft; none if it does not parse, or is for hosts only. */
  subjectsOf(policy: KubeObject): readonly Selectable[] {
    const result = attempt(() => policyHead(policy));
    if (!("value" in result) || result.value.isForHostsOnly) return [];
    return this.matching(result.value.selector).filter(({ object }) => object.kind === WorkloadEndpoint.kind);
  }

  /** Tiers with a policy on a workload of these labels. One whose rules do not compile is as good as missing. */
  tiersOn(labels: Labels, isValid: (policy: SelectingPolicy) => boolean): readonly SelectedTier[] {
    const { policies } = this.#parts;
    return Map.groupBy(policies.selecting(labels).filter(isValid), ({ head }) => head.tier)
      .entries()
      .map(([name, own]) => ({
        info: this.tier(name),
        policies: own.sort((a, b) => comparePolicies(a.head, b.head)),
      }))
      .toArray()
      .sort((a, b) => compareTiers(a.info, b.info));
  }

  /** What selectors see of a member of this selection: in the next one too the same object, as long as it is the same. */
  labelsOf(member: Member): Labels {
    const { inherited, handedDown } = this.#parts;
    const parents = member.parents.map((name) => handedDown.get(name));
    const known = inherited.get(member);
    if (known !== undefined && parents.every((labels, i) => labels === known.parents[i])) return known.labels;
    const labels = inheriting(
      member.labels,
      parents.map((each) => ({ labels: each })),
    );
    inherited.set(member, { parents, labels });
    return labels;
  }

  #selectable({ object, member }: Held): Selectable {
    return { object, member, labels: this.labelsOf(member) };
  }
}

type Held = Omit<Selectable, "labels">;

/** By `formatRef`, tiers and what profiles hand down by name. */
interface Parts {
  readonly members: LayeredMap<string, Held>;
  readonly policies: PolicyIndex;
  readonly tiers: LayeredMap<string, TierInfo>;
  readonly handedDown: LayeredMap<string, LabelRecord>;
  /** Made at first use and shared with every other version, each of which looks whether what was handed down is what it knows. */
  readonly inherited: WeakMap<Member, Inherited>;
}

interface Inherited {
  readonly parents: readonly (LabelRecord | undefined)[];
  readonly labels: Labels;
}

const nothing = (): Parts => ({
  members: new LayeredMap(),
  policies: new PolicyIndex(),
  tiers: new LayeredMap(),
  handedDown: new LayeredMap(),
  inherited: new WeakMap(),
});

function changed(parts: Parts, changes: Iterable<ObjectChange>): Parts {
  const members = parts.members.edit();
  const policies = new Map<string, SelectingPolicy | undefined>();
  const tiers = parts.tiers.edit();
  const handedDown = parts.handedDown.edit();
  for (const change of changes) {
    const { ref, object } = readChange(change);
    const { kind, name } = ref;
    const read = <T>(of: (object: KubeObject) => T | undefined): T | undefined => readOf(object, of);
    if (isPolicyKind(kind)) policies.set(formatRef(ref), read(selectingPolicy));
    else if (isMemberKind(kind))
      members.set(
        formatRef(ref),
        read((one) => ({ object: one, member: memberOf(one) })),
      );
    else if (kind === Tier.kind)
      tiers.set(
        name,
        read(({ spec }) => tierInfo(name, spec ?? {})),
      );
    else if (kind === Profile.kind)
      handedDown.set(
        name,
        read(({ spec }) => labelsToApply(spec)),
      );
  }
  return {
    members: members.done(),
    policies: parts.policies.with(policies),
    tiers: tiers.done(),
    handedDown: handedDown.done(),
    inherited: parts.inherited,
  };
}

function selectingPolicy(object: KubeObject): SelectingPolicy | undefined {
  const head = policyHead(object);
  return head.isForHostsOnly ? undefined : { ref: refOf(object), head };
}

function labelsToApply(spec: unknown): LabelRecord {
  return ((spec ?? {}) as StatedSpecOf<typeof Profile>).labelsToApply ?? {};
}
