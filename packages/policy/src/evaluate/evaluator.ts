import { containsAddress, formatAddress, parseAddress } from "@percale/net";
import { protocolNumber } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { HOST_VERDICTS } from "../compile/config.ts";
import type { DataplaneConfig } from "../model.ts";
import type { Selection } from "../select/selection.ts";
import type { ObjectChange, ObjectVersions } from "../versions/object-versions.ts";
import type { KnownAddress } from "./addresses.ts";
import { Cluster } from "./cluster.ts";
import type { EndpointView, NodeView } from "./cluster.ts";
import { Counting } from "./coverage.ts";
import type { Coverage } from "./coverage.ts";
import { protectionOf, reachOf } from "./protection.ts";
import type { Reach, Stop } from "./protection.ts";
import { stopsOf } from "./protections.ts";
import type {
  Decision,
  Direction,
  EffectivePolicies,
  Explanation,
  Half,
  Peer,
  Query,
  ResolvedPeer,
  Verdict,
} from "./query.ts";
import type { Sight } from "./rule.ts";
import { Shadowing } from "./shadows.ts";
import { explainHalf, walk } from "./walk.ts";
import type { Outcome } from "./walk.ts";

/** A query names an endpoint or node that is not there, an address or protocol that is none. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

/** Answers about one state of the cluster, and goes on doing so: indexed when it is made, compiles what questions need. */
export interface Evaluator {
  /** What it was made of: of kinds that say nothing about packets too, and invalid ones. */
  readonly objects: ObjectVersions;
  /** Of the same state. */
  readonly selection: Selection;
  /** Of the state after these changes, at the cost of the changes: what came since, or a draft. */
  with(changes: Iterable<ObjectChange>): Evaluator;
  /** The whole story. Throws QueryError. */
  explain(query: Query): Explanation;
  /** The verdict alone, for matrices. Throws QueryError. */
  verdict(query: Query): Verdict;
  /** `namespace/name` of the workload endpoint that has an address. */
  endpointAt(address: string): string | undefined;
  /** Throws QueryError. */
  effectivePolicies(endpoint: { readonly namespace: string; readonly name: string }): EffectivePolicies;
  /** Counts what is in force where, beginning with what was counted of another state; undefined if that is of this one. */
  coverageAfter(before: Coverage): Counting | undefined;
  /** Finds policies that others leave nothing to. */
  shadowing(): Shadowing;
}

export function createEvaluator(objects: Iterable<KubeObject>): Evaluator {
  return evaluatorOf(Cluster.of(objects));
}

function evaluatorOf(cluster: Cluster): Evaluator {
  return {
    objects: cluster.objects,
    selection: cluster.selection,
    with: (changes) => evaluatorOf(cluster.with(changes)),
    explain: (query) => explain(cluster, query),
    verdict: (query) => {
      const flight = resolve(cluster, query);
      return decide(flight, (direction, endpoint, packet) => walk(cluster, { endpoint, direction, packet })).verdict;
    },
    endpointAt: (address) => cluster.endpointAt(address)?.key,
    coverageAfter: (before) => (before.of === cluster.selection ? undefined : new Counting(cluster, before)),
    shadowing: () => new Shadowing(cluster),
    effectivePolicies: ({ namespace, name }) => effectiveOn(cluster, endpointOf(cluster, `${namespace}/${name}`)),
  };
}

function effectiveOn(cluster: Cluster, endpoint: EndpointView): EffectivePolicies {
  const stops = {
    ingress: stopsOf(cluster, endpoint, "ingress"),
    egress: stopsOf(cluster, endpoint, "egress"),
  };
  const reached = {
    ingress: reachByTier(stops.ingress),
    egress: reachByTier(stops.egress),
  };
  return {
    tiers: cluster.tiersOf(endpoint).map(({ info, policies }) => {
      const [ingress, egress] = [reached.ingress.get(info.name), reached.egress.get(info.name)];
      return {
        ...info,
        ingress: policies.ingress.map(({ ref }) => ref),
        egress: policies.egress.map(({ ref }) => ref),
        reach: { ...(ingress !== undefined && { ingress }), ...(egress !== undefined && { egress }) },
      };
    }),
    profiles: endpoint.profileNames.map((name) => ({ name, exists: cluster.profileOf(name).exists })),
    protection: { ingress: protectionOf(stops.ingress), egress: protectionOf(stops.egress) },
  };
}

function reachByTier(stops: readonly Stop[]): ReadonlyMap<string | undefined, Reach> {
  const reach = reachOf(stops);
  return new Map(stops.map(({ tier }, at) => [tier, reach[at]!]));
}

export interface Difference {
  readonly query: Query;
  readonly before: Explanation;
  readonly after: Explanation;
}

/** Queries whose verdict changes, in their order. What one side cannot answer (an endpoint that is gone) is left out. */
export function compare(before: Evaluator, after: Evaluator, queries: Iterable<Query>): readonly Difference[] {
  const differences: Difference[] = [];
  for (const query of queries) {
    try {
      if (before.verdict(query) !== after.verdict(query))
        differences.push({ query, before: before.explain(query), after: after.explain(query) });
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
    }
  }
  return differences;
}

interface WorkloadEnd {
  readonly kind: "workload";
  readonly endpoint: EndpointView;
  readonly node: NodeView;
}

type End = WorkloadEnd | { readonly kind: "node"; readonly node: NodeView } | { readonly kind: "network" };

interface Flight {
  readonly from: End;
  readonly to: End;
  readonly ipVersion: 4 | 6;
  /** Undefined if an end has no address of the family. */
  readonly packet: Sight | undefined;
}

type Ask<T extends Outcome> = (direction: Direction, endpoint: EndpointView, packet: Sight) => T;

interface Judgement<T extends Outcome> {
  readonly verdict: Verdict;
  readonly decision: Decision;
  /** Whose deny action counts. */
  readonly config: DataplaneConfig | undefined;
  readonly egress?: T;
  readonly ingress?: T;
}

/** Egress at the source, then ingress at the destination; the first no is final. */
function decide<T extends Outcome>({ from, to, packet }: Flight, ask: Ask<T>): Judgement<T> {
  if (packet === undefined)
    return settled("deny", { by: "no address", message: "one end has no address of this IP version" });
  switch (from.kind) {
    case "workload":
      return sent(from, to, packet, ask);
    case "node":
      if (to.kind === "workload" && to.node.name === from.node.name)
        return settled("allow", {
          by: "node to own workload",
          message: `processes of ${to.node.name} always reach the workloads on it`,
        });
      return received(to, packet, ask);
    case "network":
      return received(to, packet, ask);
  }
}

function sent<T extends Outcome>(from: WorkloadEnd, to: End, packet: Sight, ask: Ask<T>): Judgement<T> {
  const { config } = from.node;
  const refused = gate(from.endpoint, config, packet);
  if (refused !== undefined) return { ...settled("deny", refused), config };
  const isOwnNode = to.kind === "node" && to.node.name === from.node.name;
  if (isOwnNode && isNeighbourDiscovery(packet))
    return settled("allow", {
      by: "neighbour discovery",
      direction: "egress",
      message: "neighbour discovery with the own node is accepted before policy",
    });
  const egress = ask("egress", from.endpoint, packet);
  if (egress.verdict === "deny") return { verdict: "deny", decision: egress.decision, config, egress };
  return isOwnNode ? { ...toHost(config), egress } : received(to, packet, ask, egress);
}

/** `egress`: how a workload's own policy has let it go. */
function received<T extends Outcome>(to: End, packet: Sight, ask: Ask<T>, egress?: T): Judgement<T> {
  switch (to.kind) {
    case "workload": {
      const ingress = ask("ingress", to.endpoint, packet);
      const { verdict, decision } = ingress;
      return { verdict, decision, config: to.node.config, ...(egress !== undefined && { egress }), ingress };
    }
    case "node":
    case "network":
      if (egress !== undefined) return { verdict: "allow", decision: egress.decision, config: undefined, egress };
      return settled("allow", {
        by: "no workload involved",
        message: "neither end is a workload: no policy of ours applies",
      });
  }
}

function explain(cluster: Cluster, query: Query): Explanation {
  const flight = resolve(cluster, query);
  const judgement = decide<Half>(flight, (direction, endpoint, packet) =>
    explainHalf(cluster, { endpoint, direction, packet }),
  );
  const { verdict, decision, egress, ingress, config } = judgement;
  const isHostReject = decision.by === "host action" && config?.defaultEndpointToHostAction === "Reject";
  const isDropped = decision.by === "spoofed source" || decision.by === "host action";
  return {
    verdict,
    denyAction: isHostReject || (!isDropped && config?.filterDenyAction === "Reject") ? "Reject" : "Drop",
    from: describe(flight.from, flight.packet?.source, query.from),
    to: describe(flight.to, flight.packet?.destination, query.to),
    ipVersion: flight.ipVersion,
    ...(egress !== undefined && { egress }),
    ...(ingress !== undefined && { ingress }),
    decision,
  };
}

function settled(verdict: Verdict, decision: Decision): Judgement<never> {
  return { verdict, decision, config: undefined };
}

/** What a workload may not send whatever its policy says. */
function gate(endpoint: EndpointView, config: DataplaneConfig, packet: Sight): Decision | undefined {
  const { address } = packet.source;
  const isOwn = endpoint.addresses.some((own) => own === packet.source);
  const isLent =
    config.workloadSourceSpoofing === "Any" && endpoint.spoofable.some((prefix) => containsAddress(prefix, address));
  if (!isOwn && !isLent)
    return {
      by: "spoofed source",
      direction: "egress",
      message: `${formatAddress(address)} is no address of ${endpoint.key}`,
    };
  const isVxlan = packet.protocol === 17 && packet.destinationPort === config.vxlanPort;
  const isIpip = packet.protocol === 4;
  if ((isVxlan && !config.allowVXLANPacketsFromWorkloads) || (isIpip && !config.allowIPIPPacketsFromWorkloads))
    return {
      by: "encapsulation",
      direction: "egress",
      message: `workloads may not send ${isVxlan ? "VXLAN" : "IPIP"}: see allow${isVxlan ? "VXLAN" : "IPIP"}PacketsFromWorkloads`,
    };
  return undefined;
}

const DISCOVERY_TYPES: ReadonlySet<number> = new Set([130, 131, 132, 133, 135, 136]);

function isNeighbourDiscovery({ ipVersion, protocol, icmp }: Sight): boolean {
  return ipVersion === 6 && protocol === 58 && icmp !== undefined && DISCOVERY_TYPES.has(icmp.type);
}

/** After the workload's own policy has allowed. */
function toHost(config: DataplaneConfig): Judgement<never> {
  const action = config.defaultEndpointToHostAction;
  const message =
    action === "Return"
      ? "defaultEndpointToHostAction is Return: the node's own rules decide, taken to accept"
      : `defaultEndpointToHostAction is ${action}`;
  return {
    verdict: HOST_VERDICTS[action],
    decision: { by: "host action", direction: "egress", message },
    config,
  };
}

function resolve(cluster: Cluster, query: Query): Flight {
  const from = endOf(cluster, query.from);
  const to = endOf(cluster, query.to);
  const sources =
    query.sourceAddress === undefined ? addressesOf(cluster, from, query.from) : [look(cluster, query.sourceAddress)];
  const destinations = addressesOf(cluster, to, query.to);
  const familyOf = (list: readonly KnownAddress[], family: 4 | 6) =>
    list.find(({ address }) => address.family === family);
  const families = query.ipVersion === undefined ? ([4, 6] as const) : [query.ipVersion];
  const ipVersion =
    families.find((f) => familyOf(sources, f) !== undefined && familyOf(destinations, f) !== undefined) ??
    query.ipVersion ??
    4;
  const source = familyOf(sources, ipVersion);
  const destination = familyOf(destinations, ipVersion);
  const protocol = protocolNumber(query.protocol);
  if (protocol === undefined) throw new QueryError(`unknown protocol ${JSON.stringify(query.protocol)}`);
  const isIcmp = protocol === 1 || protocol === 58;
  const icmp = query.icmp ?? (isIcmp ? { type: ipVersion === 4 ? 8 : 128, code: 0 } : undefined);
  return {
    from,
    to,
    ipVersion,
    packet:
      source === undefined || destination === undefined
        ? undefined
        : { ipVersion, protocol, source, destination, sourcePort: query.sourcePort, destinationPort: query.port, icmp },
  };
}

function endOf(cluster: Cluster, peer: Peer): End {
  if ("endpoint" in peer) {
    const endpoint = endpointOf(cluster, `${peer.endpoint.namespace}/${peer.endpoint.name}`);
    return { kind: "workload", endpoint, node: cluster.node(endpoint.node) };
  }
  if ("node" in peer) {
    if (!cluster.hasNode(peer.node)) throw new QueryError(`there is no node ${peer.node}`);
    return { kind: "node", node: cluster.node(peer.node) };
  }
  const { address } = look(cluster, peer.ip);
  const text = formatAddress(address);
  const endpoint = cluster.endpointAt(text);
  if (endpoint !== undefined) return { kind: "workload", endpoint, node: cluster.node(endpoint.node) };
  const node = cluster.nodeAt(text);
  return node === undefined ? { kind: "network" } : { kind: "node", node };
}

function endpointOf(cluster: Cluster, key: string): EndpointView {
  const endpoint = cluster.endpoint(key);
  if (endpoint === undefined) throw new QueryError(`there is no workload endpoint ${key}`);
  return endpoint;
}

function addressesOf(cluster: Cluster, end: End, peer: Peer): readonly KnownAddress[] {
  if ("ip" in peer) return [look(cluster, peer.ip)];
  switch (end.kind) {
    case "workload":
      return end.endpoint.addresses;
    case "node":
      return end.node.addresses;
    case "network":
      return [];
  }
}

function look(cluster: Cluster, text: string): KnownAddress {
  try {
    return cluster.look(parseAddress(text));
  } catch {
    throw new QueryError(`${JSON.stringify(text)} is no IP address`);
  }
}

function describe(end: End, known: KnownAddress | undefined, peer: Peer): ResolvedPeer {
  const address = known === undefined ? undefined : formatAddress(known.address);
  switch (end.kind) {
    case "workload":
      return { kind: "workload", name: end.endpoint.key, node: end.node.name, address };
    case "node":
      return { kind: "node", name: end.node.name, address };
    case "network":
      return { kind: "network", name: address ?? ("ip" in peer ? peer.ip : ""), address };
  }
}
