import { isKernelError, RT_TABLE_MAIN } from "@percale/kernel";
import type { Route, Rtnetlink } from "@percale/kernel";
import type { NodeState } from "@percale/policy";
import type { Connections } from "../connections.ts";
import type { Links } from "../links/links.ts";
import { ignoring, noting } from "../notes.ts";
import { eachAttached } from "../part.ts";
import type { Attached, Part, Work } from "../part.ts";
import { isOurs, sameRoute, workloadRoutes } from "./plan.ts";

/** The CNI client routes a new workload before its endpoint is known here. */
const FOREIGN_GRACE_MS = 10_000;

export interface RoutesPartOptions {
  readonly rtnetlink: Rtnetlink;
  readonly links: Links;
  readonly connections: Connections;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Asks for a pass in so long. */
  readonly request: (afterMs: number) => void;
}

/** Routes to workloads. */
export class RoutesPart implements Part {
  readonly name = "routes";
  readonly #options: RoutesPartOptions;
  /** Address → interface that we routed it to. */
  readonly #routed = new Map<string, string>();
  /** Addresses whose connections are still to be ended. */
  readonly #departed = new Set<string>();
  /** When a route that nobody wants was first seen. */
  readonly #foreignSince = new Map<string, number>();
  #addressesChanged = false;
  /** At first: what an earlier run left. */
  #mustSweep = true;

  constructor(options: RoutesPartOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#routed.size;
  }

  readonly note = noting({
    endpoint: () => {
      this.#addressesChanged = true;
    },
    ...ignoring("config", "policy", "profile", "set", "members", "pool", "hosts"),
  });

  resync(): void {
    this.#mustSweep = true;
  }

  async pass(work: Work): Promise<void> {
    if (!work.inSync) return;
    if (this.#addressesChanged) await this.#release(wantedAddresses(work.state));
    this.#addressesChanged = false;
    const mustSweep = this.#mustSweep || this.#graceIsOver();
    if (work.attached.length === 0 && !mustSweep) return;
    const present = await this.#list(); // one look, however many endpoints there are
    await eachAttached(work, (one) => this.#route(one, work.state, present.get(one.link.index) ?? []));
    if (mustSweep) await this.#sweep(work);
    this.#mustSweep = false;
  }

  /** Deletes every route that we made. */
  async remove(): Promise<void> {
    await this.#release(new Map());
  }

  /** Takes away routes of addresses that no endpoint has any more, and ends their connections. */
  async #release(wanted: ReadonlyMap<string, string>): Promise<void> {
    for (const [cidr, interfaceName] of this.#routed) {
      if (wanted.get(cidr) === interfaceName) continue;
      this.#departed.add(cidr.slice(0, cidr.indexOf("/")));
      const link = this.#options.links.of(interfaceName);
      // Else gone with its link, or about to be replaced.
      if (link !== undefined && !wanted.has(cidr)) await this.#delete({ dst: cidr, ifIndex: link.index });
      this.#routed.delete(cidr);
    }
    if (this.#departed.size === 0) return;
    this.#options.connections.endOf(this.#departed);
    this.#departed.clear();
  }

  async #route({ endpoint, link }: Attached, { config }: NodeState, present: readonly Route[]): Promise<void> {
    const wanted = workloadRoutes(endpoint.workload, link.index, config);
    const actual = new Map(present.map((route) => [`${route.dst} ${route.metric}`, route]));
    for (const route of wanted) {
      const same = actual.get(`${route.dst} ${route.metric}`);
      if (same === undefined || !sameRoute(same, route)) await this.#options.rtnetlink.replaceRoute(route);
      this.#routed.set(route.dst, endpoint.match.name);
    }
    const metrics = new Map(wanted.map(({ dst, metric }) => [dst, metric]));
    for (const route of present) {
      const hasOtherPriority = metrics.has(route.dst) && metrics.get(route.dst) !== route.metric;
      if (hasOtherPriority && isOurs(route)) await this.#delete(route);
    }
  }

  /** Routes on workload interfaces that no endpoint explains go after their grace. */
  async #sweep({ state, links }: Work): Promise<void> {
    const { now, request } = this.#options;
    const wanted = new Set<string>();
    for (const [cidr, interfaceName] of wantedAddresses(state)) {
      const link = this.#options.links.of(interfaceName);
      if (link !== undefined) wanted.add(`${cidr} ${link.index}`);
    }
    const seen = new Set<string>();
    for (const [index, routes] of await this.#list())
      for (const route of links.workloads.has(index) ? routes : []) {
        const key = `${route.dst} ${index}`;
        if (!isOurs(route) || wanted.has(key)) continue;
        const since = this.#foreignSince.get(key) ?? now();
        if (now() - since >= FOREIGN_GRACE_MS) await this.#delete(route);
        else {
          this.#foreignSince.set(key, since);
          seen.add(key);
        }
      }
    for (const key of this.#foreignSince.keys()) if (!seen.has(key)) this.#foreignSince.delete(key);
    if (seen.size > 0) request(FOREIGN_GRACE_MS + 500);
  }

  #graceIsOver(): boolean {
    const now = this.#options.now();
    return [...this.#foreignSince.values()].some((since) => now - since >= FOREIGN_GRACE_MS);
  }

  /** Unicast routes of the main table by interface. */
  async #list(): Promise<ReadonlyMap<number, readonly Route[]>> {
    const byIndex = new Map<number, Route[]>();
    for (const route of await this.#options.rtnetlink.routes({ table: RT_TABLE_MAIN })) {
      if (route.ifIndex === undefined || route.type !== "unicast") continue;
      const list = byIndex.get(route.ifIndex);
      if (list === undefined) byIndex.set(route.ifIndex, [route]);
      else list.push(route);
    }
    return byIndex;
  }

  /** Fine if it is gone already. */
  async #delete(route: Parameters<Rtnetlink["deleteRoute"]>[0]): Promise<void> {
    try {
      await this.#options.rtnetlink.deleteRoute(route);
    } catch (error) {
      if (!isKernelError(error, "ESRCH", "ENODEV")) throw error;
    }
  }
}

/** Which interface each workload address belongs to. */
function wantedAddresses({ endpoints }: NodeState): Map<string, string> {
  const wanted = new Map<string, string>();
  for (const { active, workload, match } of endpoints.values())
    for (const address of active ? (workload?.addresses ?? []) : []) wanted.set(address, match.name);
  return wanted;
}
