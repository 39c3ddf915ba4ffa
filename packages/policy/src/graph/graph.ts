import {
  EndpointSlice,
  FelixConfiguration,
  formatRef,
  HostEndpoint,
  IPPool,
  Node,
  policyFaults,
  Profile,
  refOf,
  Tier,
  WorkloadEndpoint,
} from "@percale/resources";
import type { KubeObject, ObjectRef, StatedSpecOf } from "@percale/resources";
import { attempt } from "../compile/invalid.ts";
import { isMemberKind } from "../select/member.ts";
import type { WorkloadEndpointSpec } from "../select/member.ts";
import { tierInfo } from "../select/order.ts";
import { isPolicyKind, policyHead } from "../select/policy.ts";
import type { Sha224 } from "../compile/rule.ts";
import type { NodeUpdate } from "../model.ts";
import { LocalEndpoints } from "./endpoints.ts";
import { NodeFacts } from "./facts.ts";
import { ActivePolicies } from "./policies.ts";
import { Problems } from "./problems.ts";
import type { Problem } from "./problems.ts";
import { ActiveProfiles } from "./profiles.ts";
import { AddressSets } from "./sets.ts";

/**
 * Resources in, one node's desired state out. The state is a function of the objects held, never of the order in which they came; a flush tells
 * only what differs from the last one, in an order in which nothing refers to what is not there. An invalid object counts as missing.
 *
 *     const graph = new CalcGraph({ node: "a", sha224 });
 *     for (const object of snapshot) graph.put(object);
 *     driver.apply(graph.flush());
 */
export class CalcGraph {
  readonly #node: string;
  readonly #problems = new Problems();
  readonly #sets = new AddressSets();
  readonly #policies: ActivePolicies;
  readonly #profiles: ActiveProfiles;
  readonly #endpoints: LocalEndpoints;
  readonly #facts: NodeFacts;
  /** Refs held as valid, per ref the object: an equal put costs nothing. */
  readonly #objects = new Map<string, KubeObject>();

  constructor({ node, sha224 }: { readonly node: string; readonly sha224: Sha224 }) {
    this.#node = node;
    const parts = { sets: this.#sets, problems: this.#problems, sha224 };
    this.#policies = new ActivePolicies(parts);
    this.#profiles = new ActiveProfiles(parts);
    this.#endpoints = new LocalEndpoints({
      policies: this.#policies,
      profiles: this.#profiles,
      problems: this.#problems,
    });
    this.#facts = new NodeFacts(node);
  }

  /** Nothing is held any more: what a test checks after tearing a state down. */
  get isEmpty(): boolean {
    const parts = [this.#sets, this.#policies, this.#profiles, this.#endpoints, this.#facts];
    return this.#objects.size === 0 && this.#problems.list().length === 0 && parts.every(({ isEmpty }) => isEmpty);
  }

  /** Adds or replaces. Kinds that mean nothing here are ignored. Never throws: see `problems`. */
  put(object: KubeObject): void {
    const ref = refOf(object);
    const key = formatRef(ref);
    if (this.#objects.get(key) === object) return;
    const result = attempt(() => this.#accept(object, ref, key));
    if ("fault" in result) {
      this.#forget(ref, key);
      this.#problems.report(ref, "object", result.fault);
    } else this.#problems.clear(ref, "object");
  }

  /** Removing what is not there is fine. */
  remove(ref: ObjectRef): void {
    this.#problems.clear(ref, "object");
    this.#forget(ref, formatRef(ref));
  }

  /** What changed since the last flush, as one batch. */
  flush(): NodeUpdate[] {
    const steps = this.flushSteps();
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
  }

  /** The same in short steps. Until the last nothing may be put, removed or asked. */
  *flushSteps(): Generator<undefined, NodeUpdate[]> {
    this.#endpoints.settle();
    const policies = yield* this.#policies.flush();
    const profiles = this.#profiles.flush();
    const sets = yield* this.#sets.flush();
    const endpoints = yield* this.#endpoints.flush(policies.subjects);
    const { config, rest } = this.#facts.flush();
    const parts = [config, sets.first, policies.first, profiles.first, endpoints.first];
    return [...parts, endpoints.last, profiles.last, policies.last, sets.last, rest].flat();
  }

  /** Does ahead, while more is to come, what takes a flush most of its time; in short steps, with the same care. */
  prepareSteps(): Generator<undefined, void> {
    return this.#policies.prepare();
  }

  /** Objects that are not, or not wholly, programmed, and why. */
  problems(): readonly Problem[] {
    return this.#problems.list();
  }

  /** Services (`namespace/name`) that active rules name. */
  services(): readonly string[] {
    return [...new Set(this.#sets.services())].sort();
  }

  #accept(object: KubeObject, ref: ObjectRef, key: string): void {
    const { kind } = object;
    if (isPolicyKind(kind)) this.#acceptPolicy(object, ref);
    else if (kind === EndpointSlice.kind) this.#sets.putSlice(key, object);
    else if (isMemberKind(kind)) this.#acceptMember(object, ref, key);
    else if (kind === Tier.kind) this.#policies.putTier(tierInfo(ref.name, object.spec ?? {}));
    else if (kind === Profile.kind) this.#acceptProfile(object, ref.name);
    else if (kind === FelixConfiguration.kind || kind === IPPool.kind || kind === Node.kind) this.#facts.put(object);
    else return;
    this.#objects.set(key, object);
  }

  /** What of it could not be said has failed closed already. */
  #acceptPolicy(object: KubeObject, ref: ObjectRef): void {
    this.#policies.putPolicy(policyHead(object));
    const faults = policyFaults(object);
    if (faults.length > 0) this.#problems.report(ref, "support", faults.join("; "));
    else this.#problems.clear(ref, "support");
  }

  #acceptMember(object: KubeObject, ref: ObjectRef, key: string): void {
    this.#sets.putMember(key, object);
    if (object.kind === HostEndpoint.kind) this.#noteHost(object, ref);
    if (object.kind !== WorkloadEndpoint.kind) return;
    if ((object.spec as WorkloadEndpointSpec).node === this.#node) this.#endpoints.put(ref, object);
    else this.#endpoints.remove(ref);
  }

  /** Its own node tells. */
  #noteHost({ spec }: KubeObject, ref: ObjectRef): void {
    if ((spec as StatedSpecOf<typeof HostEndpoint>).node === this.#node)
      this.#problems.report(ref, "support", "the node's own packets are not governed yet: it only counts in rules");
    else this.#problems.clear(ref, "support");
  }

  #acceptProfile(object: KubeObject, name: string): void {
    const spec = (object.spec ?? {}) as StatedSpecOf<typeof Profile>;
    this.#sets.putProfile(name, spec.labelsToApply ?? {});
    this.#policies.putProfile(name, spec.labelsToApply ?? {});
    this.#profiles.put(name, spec);
  }

  #forget(ref: ObjectRef, key: string): void {
    this.#objects.delete(key); // also without: an invalid object may have been taken in half
    const { kind, name } = ref;
    this.#problems.clear(ref, "support");
    if (isPolicyKind(kind)) this.#policies.removePolicy(key);
    else if (kind === EndpointSlice.kind) this.#sets.removeSlice(key);
    else if (isMemberKind(kind)) {
      this.#sets.removeMember(key);
      if (kind === WorkloadEndpoint.kind) this.#endpoints.remove(ref);
    } else if (kind === Tier.kind) this.#policies.removeTier(name);
    else if (kind === Profile.kind) {
      this.#sets.removeProfile(name);
      this.#policies.removeProfile(name);
      this.#profiles.remove(name);
    } else this.#facts.remove(kind, name);
  }
}
