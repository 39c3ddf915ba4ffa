import { turns } from "@percale/daemon";
import {
  Conntrack,
  inNetns,
  isKernelError,
  NUD_PERMANENT,
  openRtnetlink,
  readSysctl,
  RT_TABLE_MAIN,
  writeSysctl,
} from "@percale/kernel";
import type { Link, Neighbour, Route, Rtnetlink } from "@percale/kernel";
import { parseCidr } from "@percale/net";
import type { ActiveEndpoint, DataplaneConfig, NodeState } from "@percale/policy";
import { findDenied } from "../connections.ts";
import type { DataplaneLog, EndpointState } from "../face.ts";
import type { WorkloadLinks } from "../nft/desired.ts";
import { InterfaceTable } from "./interfaces.ts";
import { isOurs, sameRoute, workloadRoutes } from "./plan.ts";
import { nodeSysctls, workloadSysctls } from "./sysctls.ts";
import type { Sysctl } from "./sysctls.ts";

/** The CNI client routes a new workload before its endpoint is known here. */
export const FOREIGN_ROUTE_GRACE_MS = 10_000;

interface Options {
  readonly netns?: string | undefined;
  readonly log: DataplaneLog;
  readonly now: () => number;
  /** Something of an interface changed: reconcile it. */
  readonly onTouched: (interfaceNames: ReadonlySet<string>) => void;
  /** A sysctl of the node changed: apply them. */
  readonly onNodeSettings: () => void;
}

/** Settings, routes and neighbours of workload interfaces. Level-triggered; close it. */
export class WorkloadRoutes {
  readonly #options: Options;
  readonly #rtnetlink: Rtnetlink;
  readonly #interfaces: InterfaceTable;
  readonly #states = new Map<string, EndpointState>();
  /** Address → interface that we routed it to. */
  readonly #routed = new Map<string, string>();
  /** When a route that nobody wants was first seen. */
  readonly #foreignSince = new Map<string, number>();
  readonly #defaultRpFilter: string;
  #stopMonitor: (() => void) | undefined;
  #conntrack: Conntrack | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#rtnetlink = openRtnetlink(options.netns === undefined ? {} : { netns: options.netns });
    this.#interfaces = new InterfaceTable(this.#rtnetlink);
    this.#defaultRpFilter = readRpFilter(options.netns);
  }

  get routeCount(): number {
    return this.#routed.size;
  }

  get states(): ReadonlyMap<string, EndpointState> {
    return this.#states;
  }

  async start(): Promise<void> {
    this.#stopMonitor = this.#rtnetlink.monitor((event) => {
      if (event.t === "lost") this.#rescanInBackground();
      const touched = this.#interfaces.note(event);
      if (event.t === "routeRemoved" || event.t === "neighbourRemoved") {
        const index = event.t === "routeRemoved" ? event.route.ifIndex : event.neighbour.ifIndex;
        const name = index === undefined ? undefined : this.#interfaces.nameOf(index);
        if (name !== undefined) touched.add(name);
      }
      if (event.t === "settings") {
        const name = event.ifIndex === undefined ? undefined : this.#interfaces.nameOf(event.ifIndex);
        if (name !== undefined) touched.add(name);
        if (event.ifIndex === undefined) this.#options.onNodeSettings();
      }
      if (touched.size > 0) this.#options.onTouched(touched);
    });
    await this.#interfaces.rescan();
  }

  async rescan(): Promise<void> {
    const touched = await this.#interfaces.rescan();
    if (touched.size > 0) this.#options.onTouched(touched);
  }

  get interfaces(): Pick<InterfaceTable, "claims" | "renamed"> {
    return this.#interfaces;
  }

  /** Which links are whose now, with these endpoints. */
  settle(endpoints: Iterable<ActiveEndpoint>, { interfacePrefixes }: DataplaneConfig): WorkloadLinks {
    const wanted = new Set(Array.from(endpoints, ({ interfaceName }) => interfaceName));
    return this.#interfaces.claims.settle(wanted, interfacePrefixes);
  }

  applyNode(config: DataplaneConfig): readonly string[] {
    return this.#write(nodeSysctls({ ipForwarding: config.ipForwarding, ipv6: config.ipv6Support }));
  }

  /** A pass looks once at what the kernel has, however many endpoints it reconciles. */
  beginPass(): void {
    this.#routesByIndex = undefined;
    this.#neighbours = undefined;
  }
  #routesByIndex: Map<number, Route[]> | undefined;
  #neighbours: Map<string, Neighbour> | undefined;

  /** Makes one endpoint's interface right and says how it stands. */
  async reconcile(endpoint: ActiveEndpoint, config: DataplaneConfig): Promise<EndpointState> {
    const state = await this.#reconcile(endpoint, config).catch((error: unknown) => ({
      state: "error" as const,
      detail: error instanceof Error ? error.message : String(error),
    }));
    const full = { key: endpoint.key, interfaceName: endpoint.interfaceName, ...state };
    this.#states.set(endpoint.key, full);
    return full;
  }

  forgetState(key: string): void {
    this.#states.delete(key);
  }

  waiting(endpoint: ActiveEndpoint, owner: string): void {
    const detail = `interface ${endpoint.interfaceName} belongs to ${owner}`;
    this.#states.set(endpoint.key, {
      key: endpoint.key,
      interfaceName: endpoint.interfaceName,
      state: "error",
      detail,
    });
  }

  /**
   * Takes away routes of addresses that no endpoint has any more, and ends their connections: the next owner of an address
   * must not inherit what its last one was allowed.
   */
  async release(wanted: ReadonlyMap<string, string>): Promise<void> {
    const departed = new Set<string>();
    for (const [address, interfaceName] of this.#routed) {
      if (wanted.get(address) === interfaceName) continue;
      departed.add(address);
      this.#routed.delete(address);
      const link = this.#interfaces.linkOf(interfaceName);
      if (link === undefined || wanted.has(address)) continue; // gone with its link, or about to be replaced
      await this.#ignoring(["ESRCH", "ENODEV"], this.#rtnetlink.deleteRoute({ dst: address, ifIndex: link.index }));
    }
    if (departed.size === 0) return;
    this.#conntrack ??= new Conntrack({ netns: this.#options.netns });
    this.#conntrack.deleteByAddress(new Set(Array.from(departed, (cidr) => cidr.slice(0, cidr.indexOf("/")))));
  }

  /** Ends connections of local workloads that policy would not let begin now. Returns how many. */
  async endDenied(state: NodeState): Promise<number> {
    const addresses = Array.from(state.endpoints.values()).flatMap((endpoint) => endpoint.addresses);
    const own = new Set((await this.#rtnetlink.addresses()).map(({ address }) => address.split("/")[0]!));
    this.#conntrack ??= new Conntrack({ netns: this.#options.netns });
    const connections = this.#conntrack.connections(new Set(addresses.map((cidr) => cidr.slice(0, cidr.indexOf("/")))));
    let ended = 0;
    const turn = turns();
    for (const { connection, isDenied } of findDenied(connections, state, own)) {
      if (isDenied && this.#conntrack.delete(connection)) ended++;
      const others = turn(); // long lists of members make it slow, and packets of others do not wait
      if (others !== undefined) await others;
    }
    return ended;
  }

  /** Sweeps routes on workload interfaces that no endpoint explains, after their grace. */
  async sweep(endpoints: Iterable<ActiveEndpoint>): Promise<number> {
    const wanted = new Set<string>();
    for (const endpoint of endpoints) {
      const link = this.#interfaces.linkOf(endpoint.interfaceName);
      if (endpoint.active && link !== undefined)
        for (const cidr of endpoint.addresses) wanted.add(`${cidr} ${link.index}`);
    }
    const seen = new Set<string>();
    let swept = 0;
    for (const route of await this.#rtnetlink.routes({ table: RT_TABLE_MAIN })) {
      if (route.ifIndex === undefined || !this.#interfaces.claims.links.workloads.has(route.ifIndex) || !isOurs(route))
        continue;
      const key = `${route.dst} ${route.ifIndex}`;
      if (wanted.has(key)) continue;
      seen.add(key);
      const since = this.#foreignSince.get(key) ?? this.#options.now();
      this.#foreignSince.set(key, since);
      if (this.#options.now() - since < FOREIGN_ROUTE_GRACE_MS) continue;
      await this.#ignoring(["ESRCH", "ENODEV"], this.#rtnetlink.deleteRoute(route));
      swept++;
    }
    for (const key of this.#foreignSince.keys()) if (!seen.has(key)) this.#foreignSince.delete(key);
    return swept;
  }

  /** Deletes every route that we made. */
  async remove(): Promise<void> {
    await this.release(new Map());
  }

  close(): void {
    this.#stopMonitor?.();
    this.#rtnetlink.close();
    this.#conntrack?.close();
  }

  async #reconcile(
    endpoint: ActiveEndpoint,
    config: DataplaneConfig,
  ): Promise<Pick<EndpointState, "state" | "detail" | "ifIndex">> {
    if (!endpoint.active) return { state: "down", detail: "endpoint is not active" };
    if (!config.interfacePrefixes.some((prefix) => endpoint.interfaceName.startsWith(prefix)))
      return {
        state: "error",
        detail: `${endpoint.interfaceName} is no workload's interface: those begin with ${config.interfacePrefixes.join(" or ")}`,
      };
    const link = this.#interfaces.linkOf(endpoint.interfaceName);
    if (link === undefined) return { state: "down", detail: `interface ${endpoint.interfaceName} is missing` };
    if (!link.running) return { state: "down", detail: `interface ${link.name} is down` };
    const families = new Set(endpoint.addresses.map((cidr) => parseCidr(cidr).family));
    const spoofs = config.workloadSourceSpoofing === "Any" && endpoint.allowSpoofedSourcePrefixes.length > 0;
    const failed = this.#write(
      workloadSysctls(link.name, {
        ipv6: config.ipv6Support,
        hasV4: families.has(4),
        hasV6: families.has(6),
        rpFilter: spoofs ? "0" : this.#defaultRpFilter,
      }),
    );
    await this.#route(endpoint, link, config);
    const ifIndex = link.index;
    if (failed.length > 0) return { state: "down", detail: `cannot write ${failed.join(", ")}`, ifIndex };
    return { state: "up", ifIndex };
  }

  async #route(endpoint: ActiveEndpoint, link: Link, config: DataplaneConfig): Promise<void> {
    const wanted = workloadRoutes(endpoint, link.index, config);
    const present = (await this.#listRoutes()).get(link.index) ?? [];
    const actual = new Map(present.map((route) => [`${route.dst} ${route.metric}`, route]));
    for (const route of wanted) {
      const present = actual.get(`${route.dst} ${route.metric}`);
      if (present === undefined || !sameRoute(present, route)) await this.#rtnetlink.replaceRoute(route);
      this.#routed.set(route.dst, endpoint.interfaceName);
    }
    const metrics = new Map(wanted.map(({ dst, metric }) => [dst, metric]));
    for (const route of present) {
      const hasOtherPriority = metrics.has(route.dst) && metrics.get(route.dst) !== route.metric;
      if (hasOtherPriority && isOurs(route)) await this.#ignoring(["ESRCH"], this.#rtnetlink.deleteRoute(route));
    }
    if (endpoint.mac === undefined) return;
    this.#neighbours ??= new Map((await this.#rtnetlink.neighbours()).map((n) => [`${n.address} ${n.ifIndex}`, n]));
    const known = this.#neighbours;
    for (const cidr of endpoint.addresses) {
      const address = cidr.slice(0, cidr.indexOf("/"));
      if (address.includes(":")) continue; // the kernel resolves IPv6 itself
      const present = known.get(`${address} ${link.index}`);
      if (present?.mac === endpoint.mac.toLowerCase() && (present.state & NUD_PERMANENT) !== 0) continue;
      const neighbour = { ifIndex: link.index, address, mac: endpoint.mac, state: NUD_PERMANENT, flags: 0 };
      await this.#rtnetlink.replaceNeighbour(neighbour);
    }
  }

  /** Unicast routes of the main table by interface. */
  async #listRoutes(): Promise<Map<number, Route[]>> {
    if (this.#routesByIndex !== undefined) return this.#routesByIndex;
    const byIndex = new Map<number, Route[]>();
    for (const route of await this.#rtnetlink.routes({ table: RT_TABLE_MAIN })) {
      if (route.ifIndex === undefined || route.type !== "unicast") continue;
      const list = byIndex.get(route.ifIndex);
      if (list === undefined) byIndex.set(route.ifIndex, [route]);
      else list.push(route);
    }
    this.#routesByIndex = byIndex;
    return byIndex;
  }

  /** Returns the paths that could not be written. */
  #write(sysctls: readonly Sysctl[]): string[] {
    const failed: string[] = [];
    inNetns(this.#options.netns, () => {
      for (const { path, value, optional } of sysctls)
        try {
          if (readSysctl(path) !== value) writeSysctl(path, value);
        } catch {
          if (optional !== true) failed.push(path); // told as the endpoint's state, tried again on the next pass
        }
    });
    return failed;
  }

  #rescanInBackground(): void {
    this.rescan().catch((error: unknown) =>
      this.#options.log.error("interface rescan failed", { error: String(error) }),
    );
  }

  async #ignoring(codes: readonly string[], work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!isKernelError(error, ...codes)) throw error;
    }
  }
}

function readRpFilter(netns: string | undefined): string {
  try {
    return readSysctl("net/ipv4/conf/default/rp_filter", netns === undefined ? {} : { netns });
  } catch {
    return "1"; // what the check would be if we could see it
  }
}
