import { compareBytes } from "@percale/selector";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { canonicalNets } from "../compile/nets.ts";
import { memberOf } from "../select/member.ts";
import type { WorkloadEndpointSpec } from "../select/member.ts";
import type { ActiveEndpoint, EndpointTier, NodeUpdate } from "../model.ts";
import type { ActivePolicies } from "./policies.ts";
import type { Problems } from "./problems.ts";
import type { ActiveProfiles } from "./profiles.ts";

type Body = Omit<ActiveEndpoint, "tiers">;

interface Local {
  readonly ref: ObjectRef;
  readonly body: Body;
}

/** Workload endpoints of this node. Of several with one interface name the lowest key is programmed, the others wait. */
export class LocalEndpoints {
  readonly #locals = new Map<string, Local>();
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
  put(key: string, ref: ObjectRef, object: KubeObject): void {
    const spec = object.spec as WorkloadEndpointSpec;
    const { labels, parents, nets } = memberOf(object);
    const body: Body = {
      key,
      interfaceName: spec.interfaceName ?? "",
      active: true,
      ...(spec.mac !== undefined && { mac: spec.mac }),
      addresses: nets,
      allowSpoofedSourcePrefixes: canonicalNets(spec.allowSpoofedSourcePrefixes),
      profiles: parents,
    };
    this.#forgetInterface(key);
    this.#locals.set(key, { ref, body });
    const holders = this.#byInterface.get(body.interfaceName) ?? new Set();
    this.#byInterface.set(body.interfaceName, holders.add(key));
    this.#touchAll(body.interfaceName);
    this.#policies.putSubject(key, labels, parents);
  }

  remove(key: string): void {
    const local = this.#locals.get(key);
    if (local === undefined) return;
    this.#forgetInterface(key);
    this.#locals.delete(key);
    this.#dirty.add(key);
    this.#problems.clear(local.ref, "interface");
    this.#policies.removeSubject(key);
  }

  /** Step one of a flush: decides who is programmed, so that profiles are counted before they are told. */
  settle(): void {
    for (const key of this.#dirty) {
      const profiles = this.#isProgrammed(key) ? this.#locals.get(key)!.body.profiles : undefined;
      const old = this.#profilesInUse.get(key);
      if (old === profiles) continue;
      if (profiles !== undefined) this.#profiles.use(profiles);
      if (old !== undefined) this.#profiles.release(old);
      if (profiles === undefined) this.#profilesInUse.delete(key);
      else this.#profilesInUse.set(key, profiles);
    }
  }

  /** Step two, after policies: `subjects` are endpoints whose policies changed. */
  flush(subjects: readonly string[]): { readonly first: readonly NodeUpdate[]; readonly last: readonly NodeUpdate[] } {
    const first: NodeUpdate[] = [];
    const last: NodeUpdate[] = [];
    for (const key of new Set([...this.#dirty, ...subjects])) {
      const old = this.#sent.get(key);
      if (!this.#isProgrammed(key)) {
        if (old === undefined) continue;
        this.#sent.delete(key);
        last.push({ t: "endpointRemoved", key });
        continue;
      }
      const endpoint: ActiveEndpoint = { ...this.#locals.get(key)!.body, tiers: this.#policies.tiersOf(key) };
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
    const { interfaceName } = local.body;
    if (interfaceName === "") {
      this.#problems.report(local.ref, "interface", "names no interface, so nothing can be programmed for it");
      return false;
    }
    const holders = this.#byInterface.get(interfaceName)!;
    const winner = holders.size === 1 ? key : [...holders].sort(compareBytes)[0]!;
    if (winner === key) this.#problems.clear(local.ref, "interface");
    else
      this.#problems.report(
        local.ref,
        "interface",
        `interface ${interfaceName} belongs to ${winner}; waits for it to go`,
      );
    return winner === key;
  }

  #forgetInterface(key: string): void {
    const name = this.#locals.get(key)?.body.interfaceName;
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
    a.interfaceName === b.interfaceName &&
    a.active === b.active &&
    a.mac === b.mac &&
    isSameList(a.addresses, b.addresses) &&
    isSameList(a.allowSpoofedSourcePrefixes, b.allowSpoofedSourcePrefixes) &&
    isSameList(a.profiles, b.profiles) &&
    a.tiers.length === b.tiers.length &&
    a.tiers.every((tier, i) => isSameTier(tier, b.tiers[i]!))
  );
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
