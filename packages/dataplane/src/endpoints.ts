import { formatName, ownersByInterface } from "@percale/policy";
import type { ActiveEndpoint, NodeState } from "@percale/policy";
import type { EndpointState } from "./face.ts";
import type { Links } from "./links/links.ts";
import { ignoring, noting } from "./notes.ts";
import type { Attached, Fault } from "./part.ts";

/** How each endpoint stands, and which of them the next pass must look at. */
export class Endpoints {
  readonly #states = new Map<string, EndpointState>();
  readonly #faults = new Map<string, Fault>();
  /** Interface names. */
  #touched = new Set<string>();
  #all = false;

  get states(): ReadonlyMap<string, EndpointState> {
    return this.#states;
  }

  get isTouched(): boolean {
    return this.#all || this.#touched.size > 0;
  }

  /** An interface that an endpoint has had until now is looked at too. */
  readonly note = noting({
    config: () => this.touchAll(),
    endpoint: ({ key, before, now }) => {
      for (const one of [before, now]) if (one !== undefined) this.#touched.add(one.match.name);
      if (now === undefined) this.#states.delete(key);
    },
    ...ignoring("policy", "profile", "set", "members", "pool", "hosts"),
  });

  touch(interfaceNames: Iterable<string>): void {
    for (const name of interfaceNames) this.#touched.add(name);
  }

  touchAll(): void {
    this.#all = true;
  }

  /** What a pass has to work on; how the others stand is known at once. */
  begin(state: NodeState, links: Links): readonly Attached[] {
    const [all, names] = [this.#all, this.#touched];
    [this.#all, this.#touched] = [false, new Set()];
    this.#faults.clear();
    if (!all && names.size === 0) return [];
    const owners = ownersByInterface(state);
    const attached: Attached[] = [];
    for (const endpoint of state.endpoints.values()) {
      if (!all && !names.has(endpoint.match.name)) continue;
      const found = attach(endpoint, { state, links, owner: owners.get(endpoint.match.name)! });
      if ("link" in found) attached.push(found);
      else this.#set(endpoint, found);
    }
    return attached;
  }

  /** Of what is wrong with one the first word counts. */
  fault({ key }: ActiveEndpoint, fault: Fault): void {
    if (!this.#faults.has(key)) this.#faults.set(key, fault);
  }

  /** The pass is over: what no part found wrong is up. */
  end(attached: readonly Attached[]): void {
    for (const { endpoint, link } of attached)
      this.#set(endpoint, this.#faults.get(endpoint.key) ?? { state: "up" }, link.index);
  }

  #set(endpoint: ActiveEndpoint, how: Pick<EndpointState, "state" | "detail">, ifIndex?: number): void {
    const { key, ref, match } = endpoint;
    this.#states.set(key, { ref, interfaceName: match.name, ...how, ...(ifIndex !== undefined && { ifIndex }) });
  }
}

function attach(
  endpoint: ActiveEndpoint,
  { state, links, owner }: { readonly state: NodeState; readonly links: Links; readonly owner: ActiveEndpoint },
): Attached | Fault {
  const { active } = endpoint;
  const { name } = endpoint.match;
  const { interfacePrefixes } = state.config;
  const { workload } = endpoint;
  if (workload === undefined) return { state: "error", detail: "host endpoints are not in force yet" };
  if (owner !== endpoint) return { state: "error", detail: `interface ${name} belongs to ${formatName(owner.ref)}` };
  if (!active) return { state: "down", detail: "endpoint is not active" };
  if (!interfacePrefixes.some((prefix) => name.startsWith(prefix)))
    return {
      state: "error",
      detail: `${name} is no workload's interface: those begin with ${interfacePrefixes.join(" or ")}`,
    };
  const link = links.of(name);
  if (link === undefined) return { state: "down", detail: `interface ${name} is missing` };
  return link.running
    ? { endpoint: { ...endpoint, workload }, link }
    : { state: "down", detail: `interface ${link.name} is down` };
}
