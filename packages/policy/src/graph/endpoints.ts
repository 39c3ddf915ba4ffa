import { formatRef } from "@percale/resources";
import { compareBytes } from "@percale/selector";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { canonicalNets } from "../compile/nets.ts";
import { memberOf } from "../select/member.ts";
import type { WorkloadEndpointSpec } from "../select/member.ts";
import type { ActiveEndpoint, EndpointTier, NodeUpdate, Workload } from "../model.ts";
import { formatName } from "../refs.ts";
import { POLICY_STAGES } from "../stages.ts";
import type { ActivePolicies } from "./policies.ts";
import type { Problems } from "./problems.ts";
import type { ActiveProfiles } from "./profiles.ts";

type Body = Omit<ActiveEndpoint, "stages">;

/** Workload endpoints of this node. Of several with one interface name the lowest key is programmed, the others wait. */
export class LocalEndpoints {
  readonly #locals = new Map<string, Body>();
  readonly #byInterface = new Map<string, Set<string>>();
  readonly #sent = new Map<string, ActiveEndpoint>();
  /** Whose profiles are counted as used. */
  readonly #profilesInUse = new Map<string, readonly string[]>();
  readonly #dirty = new Set<string>();
  readonly #policies: ActivePolicies;
  readonly #profiles: ActiveProfiles;
  readonly #problems: Problems;

  constructor(options: {
    readonly policies: ActivePolicies;
    readonly profiles: ActiveProfiles;
    readonly problems: Problems;
  }) {
    this.#policies = options.policies;
    this.#profiles = options.profiles;
    this.#problems = options.problems;
  }

  get isEmpty(): boolean {
    return this.#locals.size + this.#byInterface.size + this.#sent.size + this.#profilesInUse.size === 0;
  }

  /** Throws InvalidObject. */
  put(ref: ObjectRef, object: KubeObject): void {
    const key = formatRef(ref);
    const spec = object.spec as WorkloadEndpointSpec;
    const { labels, parents, nets } = memberOf(object);
    const body: Body = {
      key,
      ref,
      match: { by: "name", name: spec.interfaceName ?? "" },
      active: true,
      profiles: parents,
      workload: {
        ...(spec.mac !== undefined && { mac: spec.mac }),
        addresses: nets,
        allowSpoofedSourcePrefixes: canonicalNets(spec.allowSpoofedSourcePrefixes),
      },
    };
    this.#forgetInterface(key);
    this.#locals.set(key, body);
    const { name } = body.match;
    this.#byInterface.set(name, (this.#byInterface.get(name) ?? new Set()).add(key));
    this.#touchAll(name);
    this.#policies.putSubject(key, labels, parents);
  }

  remove(ref: ObjectRef): void {
    const key = formatRef(ref);
    const local = this.#locals.get(key);
    if (local === undefined) return;
    this.#forgetInterface(key);
    this.#locals.delete(key);
    this.#dirty.add(key);
    this.#problems.clear(ref, "interface");
    this.#policies.removeSubject(key);
  }

  /** Step one of a flush: decides who is programmed, so that profiles are counted before they are told. */
  settle(): void {
    for (const key of this.#dirty) {
      const profiles = this.#isProgrammed(key) ? this.#locals.get(key)!.profiles : undefined;
      const old = this.#profilesInUse.get(key);
      if (old === profiles) continue;
      if (profiles !== undefined) this.#profiles.use(profiles);
      if (old !== undefined) this.#profiles.release(old);
      if (profiles === undefined) this.#profilesInUse.delete(key);
      else this.#profilesInUse.set(key, profiles);
    }
  }

  /** Step two, after policies: `subjects` are endpoints whose policies changed. */
  *flush(
    subjects: readonly string[],
  ): Generator<undefined, { readonly first: readonly NodeUpdate[]; readonly last: readonly NodeUpdate[] }> {
    const first: NodeUpdate[] = [];
    const last: NodeUpdate[] = [];
    for (const key of new Set([...this.#dirty, ...subjects])) {
      const old = this.#sent.get(key);
      yield;
      if (!this.#isProgrammed(key)) {
        if (old === undefined) continue;
        this.#sent.delete(key);
        last.push({ t: "endpointRemoved", key });
        continue;
      }
      const endpoint: ActiveEndpoint = { ...this.#locals.get(key)!, stages: { normal: this.#policies.tiersOf(key) } };
      if (old !== undefined && isSameEndpoint(old, endpoint)) continue;
      this.#sent.set(key, endpoint);
      first.push({ t: "endpoint", endpoint });
    }
    this.#dirty.clear();
    return { first, last };
  }

  #isProgrammed(key: string): boolean {
    const local = this.#locals.get(key);
    if (local === undefined) return false;
    const { name } = local.match;
    if (name === "") {
      this.#problems.report(local.ref, "interface", "names no interface, so nothing can be programmed for it");
      return false;
    }
    const holders = this.#byInterface.get(name)!;
    const winner = holders.size === 1 ? key : [...holders].sort(compareBytes)[0]!;
    if (winner === key) this.#problems.clear(local.ref, "interface");
    else
      this.#problems.report(
        local.ref,
        "interface",
        `interface ${name} belongs to ${formatName(this.#locals.get(winner)!.ref)}; waits for it to go`,
      );
    return winner === key;
  }

  #forgetInterface(key: string): void {
    const name = this.#locals.get(key)?.match.name;
    const holders = name === undefined ? undefined : this.#byInterface.get(name);
    if (name === undefined || holders === undefined) return;
    holders.delete(key);
    this.#touchAll(name);
    if (holders.size === 0) this.#byInterface.delete(name);
  }

  #touchAll(interfaceName: string): void {
    for (const key of this.#byInterface.get(interfaceName) ?? []) this.#dirty.add(key);
  }
}

function isSameEndpoint(a: ActiveEndpoint, b: ActiveEndpoint): boolean {
  return (
    a.match.name === b.match.name &&
    a.active === b.active &&
    isSameWorkload(a.workload, b.workload) &&
    isSameList(a.profiles, b.profiles) &&
    POLICY_STAGES.every((stage) => isSameStage(a.stages[stage], b.stages[stage]))
  );
}

function isSameWorkload(a: Workload | undefined, b: Workload | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.mac === b.mac &&
    isSameList(a.addresses, b.addresses) &&
    isSameList(a.allowSpoofedSourcePrefixes, b.allowSpoofedSourcePrefixes)
  );
}

function isSameStage(a: readonly EndpointTier[] | undefined, b: readonly EndpointTier[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((tier, i) => isSameTier(tier, b[i]!));
}

function isSameTier(a: EndpointTier, b: EndpointTier): boolean {
  return (
    a.name === b.name &&
    a.defaultAction === b.defaultAction &&
    isSameList(a.ingress, b.ingress) &&
    isSameList(a.egress, b.egress)
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
