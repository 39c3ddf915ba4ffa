import { addToFew, fewHas, fewMembers, LabelIndex, removeFromFew } from "@percale/selector";
import type { Few, LabelRecord } from "@percale/selector";
import { comparePolicies, compareTiers, missingTier } from "../select/order.ts";
import type { TierInfo } from "../select/order.ts";
import type { PolicyHead } from "../select/policy.ts";
import type { Sha224 } from "../compile/rule.ts";
import type { ActivePolicy, EndpointTier, NodeUpdate, PolicyKey } from "../model.ts";
import { refOfPolicy } from "../refs.ts";
import type { Problems } from "./problems.ts";
import { activePolicy, compileRules } from "./rules.ts";
import type { CompiledRules } from "./rules.ts";
import type { AddressSets } from "./sets.ts";

interface Policy {
  head: PolicyHead;
  endpoints: Few<Subject>;
  /** While some endpoint needs it, and it is valid. */
  compiled: Compiled | undefined;
  isTold: boolean;
  /** Its rules do not compile: as good as missing. */
  isInvalid: boolean;
}

interface Compiled {
  readonly head: PolicyHead;
  /** Ids of the sets that it uses. */
  readonly sets: readonly string[];
  /** Until it is told. */
  active: ActivePolicy | undefined;
}

/** A local endpoint with its policies in evaluation order. */
interface Subject {
  readonly key: string;
  sorted: Policy[];
  readonly changed: Set<Policy>;
  mustSort: boolean;
}

/** Which policies apply to local endpoints, and in which order. */
export class ActivePolicies {
  readonly #policies = new Map<PolicyKey, Policy>();
  readonly #subjects = new Map<string, Subject>();
  readonly #tiers = new Map<string, TierInfo>();
  readonly #dirtyPolicies = new Set<PolicyKey>();
  /** Those of them that have not been compiled. */
  readonly #unprepared = new Set<PolicyKey>();
  /** Told, gone since: that is not told yet. */
  readonly #orphans = new Set<PolicyKey>();
  readonly #dirtySubjects = new Set<string>();
  readonly #sets: AddressSets;
  readonly #problems: Problems;
  readonly #sha224: Sha224;
  readonly #index = new LabelIndex({
    started: (key, subjectKey) => this.#match(key, subjectKey, true),
    stopped: (key, subjectKey) => this.#match(key, subjectKey, false),
  });

  constructor(options: { readonly sets: AddressSets; readonly problems: Problems; readonly sha224: Sha224 }) {
    this.#sets = options.sets;
    this.#problems = options.problems;
    this.#sha224 = options.sha224;
  }

  get isEmpty(): boolean {
    return this.#policies.size + this.#subjects.size + this.#tiers.size === 0 && this.#index.isEmpty;
  }

  putTier(tier: TierInfo): void {
    this.#tiers.set(tier.name, tier);
    this.#resortTier();
  }

  removeTier(name: string): void {
    if (this.#tiers.delete(name)) this.#resortTier();
  }

  putPolicy(head: PolicyHead): void {
    const known = this.#policies.get(head.key);
    this.#touchPolicy(head.key);
    if (known === undefined) {
      const isTold = this.#orphans.delete(head.key);
      this.#policies.set(head.key, { head, endpoints: undefined, compiled: undefined, isTold, isInvalid: false });
    } else {
      known.head = head;
      for (const subject of fewMembers(known.endpoints)) this.#touch(subject, known);
    }
    // A policy for hosts only selects no workload, whatever its selector says.
    this.#index.putSelector(head.key, head.isForHostsOnly ? NOTHING : head.selector);
  }

  removePolicy(key: PolicyKey): void {
    const policy = this.#policies.get(key);
    if (policy === undefined) return;
    this.#index.removeSelector(key);
    this.#policies.delete(key);
    this.#dirtyPolicies.delete(key);
    this.#unprepared.delete(key);
    for (const id of policy.compiled?.sets ?? []) this.#sets.release(id);
    if (policy.isTold) this.#orphans.add(key);
    this.#problems.clear(refOfPolicy(policy.head), "rules");
  }

  putSubject(key: string, labels: LabelRecord, parents: readonly string[]): void {
    if (!this.#subjects.has(key)) {
      this.#subjects.set(key, { key, sorted: [], changed: new Set(), mustSort: false });
      this.#dirtySubjects.add(key);
    }
    this.#index.putItem(key, labels, parents);
  }

  removeSubject(key: string): void {
    this.#index.removeItem(key);
    this.#subjects.delete(key);
    this.#dirtySubjects.delete(key);
  }

  putProfile(name: string, labels: LabelRecord): void {
    this.#index.putParent(name, labels);
  }

  removeProfile(name: string): void {
    this.#index.removeParent(name);
  }

  /** What of a flush can be done while more is to come, step by step. */
  *prepare(): Generator<undefined, void> {
    for (const key of this.#unprepared) {
      this.#compile(this.#policies.get(key)!);
      yield;
    }
    this.#unprepared.clear();
  }

  /** Step by step: policies first; then whoever builds endpoints asks `tiersOf` for each of `subjects`. */
  *flush(): Generator<
    undefined,
    {
      readonly first: readonly NodeUpdate[];
      readonly last: readonly NodeUpdate[];
      readonly subjects: readonly string[];
    }
  > {
    const first: NodeUpdate[] = [];
    const last: NodeUpdate[] = [];
    yield* this.prepare();
    for (const key of this.#dirtyPolicies) {
      const policy = this.#policies.get(key)!;
      const { compiled, isTold } = policy;
      if (compiled?.active !== undefined) first.push({ t: "policy", policy: compiled.active });
      else if (compiled === undefined && isTold) last.push({ t: "policyRemoved", key });
      if (compiled !== undefined) compiled.active = undefined;
      policy.isTold = compiled !== undefined;
    }
    for (const key of this.#orphans) last.push({ t: "policyRemoved", key });
    const subjects = [...this.#dirtySubjects];
    this.#dirtyPolicies.clear();
    this.#orphans.clear();
    this.#dirtySubjects.clear();
    return { first, last, subjects };
  }

  tiersOf(subjectKey: string): readonly EndpointTier[] {
    const subject = this.#subjects.get(subjectKey);
    if (subject === undefined) return [];
    this.#sort(subject);
    const tiers: { info: TierInfo; ingress: PolicyKey[]; egress: PolicyKey[] }[] = [];
    let current: (typeof tiers)[number] | undefined;
    for (const { head, isInvalid } of subject.sorted) {
      if (isInvalid) continue;
      if (current?.info.name !== head.tier) {
        current = { info: this.#tier(head.tier), ingress: [], egress: [] };
        tiers.push(current);
      }
      if (head.ingress) current.ingress.push(head.key);
      if (head.egress) current.egress.push(head.key);
    }
    return tiers.map(({ info: { name, defaultAction }, ingress, egress }) => ({
      name,
      defaultAction,
      ingress,
      egress,
    }));
  }

  #compile(policy: Policy): void {
    const { head, compiled } = policy;
    const isNeeded = policy.endpoints !== undefined || head.isAlwaysActive;
    if (isNeeded && compiled?.head === head) return;
    const rules = isNeeded ? compileRules(head.spec, head.namespace, this.#sha224) : undefined;
    const fault = rules !== undefined && "fault" in rules ? rules.fault : undefined;
    if (fault === undefined) this.#problems.clear(refOfPolicy(head), "rules");
    else this.#problems.report(refOfPolicy(head), "rules", fault);
    if (policy.isInvalid !== (fault !== undefined)) {
      policy.isInvalid = fault !== undefined;
      for (const subject of fewMembers(policy.endpoints)) this.#dirtySubjects.add(subject.key);
    }
    policy.compiled = rules === undefined || "fault" in rules ? undefined : this.#use(head, rules);
    for (const id of compiled?.sets ?? []) this.#sets.release(id);
  }

  #use(head: PolicyHead, rules: Exclude<CompiledRules, { fault: string }>): Compiled {
    for (const set of rules.sets) this.#sets.use(set);
    return { head, sets: rules.sets.map(({ id }) => id), active: activePolicy(head, rules) };
  }

  #match(key: PolicyKey, subjectKey: string, isMatch: boolean): void {
    const policy = this.#policies.get(key)!;
    const subject = this.#subjects.get(subjectKey)!;
    policy.endpoints = (isMatch ? addToFew : removeFromFew)(policy.endpoints, subject);
    this.#touchPolicy(key);
    this.#touch(subject, policy);
  }

  #touchPolicy(key: PolicyKey): void {
    this.#dirtyPolicies.add(key);
    this.#unprepared.add(key);
  }

  #touch(subject: Subject, policy: Policy): void {
    subject.changed.add(policy);
    this.#dirtySubjects.add(subject.key);
  }

  /** Tiers change so seldom that everything is ordered anew. */
  #resortTier(): void {
    for (const subject of this.#subjects.values()) {
      subject.mustSort = true;
      this.#dirtySubjects.add(subject.key);
    }
  }

  #sort(subject: Subject): void {
    const { changed, sorted } = subject;
    if (!subject.mustSort && changed.size === 0) return;
    const compare = (a: Policy, b: Policy): number => this.#compare(a.head, b.head);
    const entering = [...changed].filter((policy) => this.#applies(policy, subject)).sort(compare);
    const staying = sorted.filter((policy) => !changed.has(policy));
    subject.sorted = subject.mustSort ? [...staying, ...entering].sort(compare) : merge(staying, entering, compare);
    subject.mustSort = false;
    changed.clear();
  }

  #applies(policy: Policy, subject: Subject): boolean {
    return fewHas(policy.endpoints, subject) && this.#policies.get(policy.head.key) === policy;
  }

  #compare(a: PolicyHead, b: PolicyHead): number {
    return a.tier === b.tier ? comparePolicies(a, b) : compareTiers(this.#tier(a.tier), this.#tier(b.tier));
  }

  #tier(name: string): TierInfo {
    return this.#tiers.get(name) ?? missingTier(name);
  }
}

const NOTHING = { op: "in", key: "x", values: new Set<string>() } as const;

function merge<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): T[] {
  if (b.length === 0) return [...a];
  if (a.length === 0) return [...b];
  const merged: T[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) merged.push(compare(a[i]!, b[j]!) <= 0 ? a[i++]! : b[j++]!);
  while (i < a.length) merged.push(a[i++]!);
  while (j < b.length) merged.push(b[j++]!);
  return merged;
}
