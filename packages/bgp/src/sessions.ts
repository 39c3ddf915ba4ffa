import { formatAddress, tryParseAddress, tryParseCidr } from "@percale/net";
import { BGPConfiguration, DEFAULT_AS, formatRef, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { matches, parseSelector } from "@percale/selector";
import type { BgpConfigurationObject, BgpInputs, BgpPeerObject, NodeObject, SecretRef } from "./model.ts";
import { DEFAULT_PORT } from "./port.ts";

/** Longer ones go through BIRD and fail in the kernel (TCP_MD5SIG_MAXKEYLEN). */
const MAX_PASSWORD_BYTES = 80;

export interface Session {
  /** Part of the outside contract: `Mesh_10_0_0_2`, `Global_…`, `Node_…`, `_port_<n>` for an explicit port. */
  readonly name: string;
  readonly kind: "Mesh" | "Global" | "Node";
  readonly family: 4 | 6;
  readonly peerAddress: string;
  readonly peerNode?: string | undefined;
  readonly port: number;
  readonly remoteAs: number;
  readonly localAs: number;
  readonly passive: boolean;
  /** This node's address, where the session is pinned to it. */
  readonly sourceAddress?: string | undefined;
  readonly password?: string | undefined;
  readonly restartSeconds?: number | undefined;
  readonly keepaliveSeconds?: number | undefined;
  readonly ttlHops?: number | undefined;
  readonly nextHop?: "self" | "keep" | undefined;
  readonly allowLocalAs?: number | undefined;
  /** Set when the peer is a client of this route reflector. */
  readonly rrClusterId?: string | undefined;
  readonly reachableBy?: string | undefined;
  /** The object that asks for it: a BGPPeer, or the other node of the mesh. */
  readonly ref: ObjectRef;
}

/** An object, or a part of one, that is not programmed, and why. */
export interface Rejected {
  readonly ref: ObjectRef;
  readonly message: string;
}

export interface BgpPlan {
  /** Sorted by name. */
  readonly sessions: readonly Session[];
  readonly rejected: readonly Rejected[];
}

/** Which sessions this node has. Source of the rules: projectcalico/calico `confd/pkg/backends/calico/bgp_processor.go`. */
export function sessionsOf(inputs: BgpInputs): BgpPlan {
  return new Planner(inputs).plan();
}

/** The address of a node in one family, canonical. */
export function nodeAddress(node: NodeObject, family: 4 | 6): string | undefined {
  const text = family === 4 ? node.spec.bgp?.ipv4Address : node.spec.bgp?.ipv6Address;
  const cidr = text === undefined ? undefined : tryParseCidr(text);
  return cidr?.family === family ? formatAddress(cidr) : undefined;
}

export function configurationOf(
  inputs: BgpInputs,
  node: string,
): { readonly global: BgpConfigurationObject["spec"]; readonly own: BgpConfigurationObject["spec"] } {
  const named = (name: string) =>
    inputs.configurations.find((one) => one.metadata.name === name && !isRefused(inputs, one))?.spec ?? {};
  return { global: named("default"), own: named(`node.${node}`) };
}

export function isRefused({ refused }: BgpInputs, object: KubeObject): boolean {
  return refused?.has(formatRef(refOf(object))) === true;
}

/** `4294.566` is one number of 32 bits. */
export function parseAsNumber(value: number | string): number {
  if (typeof value === "number") return value;
  const [high, low] = value.split(".");
  return low === undefined ? Number(high) : Number(high) * 65536 + Number(low);
}

class Planner {
  readonly #inputs: BgpInputs;
  readonly #me: NodeObject | undefined;
  readonly #rejected: Rejected[] = [];
  readonly #sessionByKey = new Map<string, Session>();
  readonly #globalAs: number;

  constructor(inputs: BgpInputs) {
    this.#inputs = { ...inputs, nodes: inputs.nodes.toSorted(byAge) };
    this.#me = inputs.nodes.find(({ metadata }) => metadata.name === inputs.node);
    this.#globalAs = parseAsNumber(configurationOf(inputs, inputs.node).global.asNumber ?? DEFAULT_AS);
  }

  plan(): BgpPlan {
    this.#explainRefusals();
    for (const configuration of this.#inputs.configurations) this.#explainUnbuilt(configuration);
    if (this.#me !== undefined) {
      const peers = this.#inputs.peers
        .filter((peer) => !isRefused(this.#inputs, peer))
        .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      this.#mesh(this.#me);
      for (const peer of peers) if (isGlobal(peer)) this.#expand(peer, "Global");
      for (const peer of peers) if (!isGlobal(peer) && this.#isLocalSide(peer, this.#me)) this.#expand(peer, "Node");
      for (const peer of peers) this.#reverse(peer, this.#me);
      for (const peer of peers) this.#explainGaps(peer);
    }
    const sessions = [...this.#sessionByKey.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { sessions, rejected: this.#rejected };
  }

  #mesh(me: NodeObject): void {
    const { global } = configurationOf(this.#inputs, me.metadata.name);
    if (global.nodeToNodeMeshEnabled === false || me.spec.bgp?.routeReflectorClusterID !== undefined) return;
    for (const family of [4, 6] as const) {
      const own = nodeAddress(me, family);
      for (const node of own === undefined ? [] : this.#inputs.nodes) {
        const address = nodeAddress(node, family);
        if (node === me || address === undefined || isRefused(this.#inputs, node)) continue;
        if (node.spec.bgp?.routeReflectorClusterID !== undefined) continue;
        if (address === own) {
          this.#explainClone(refOf(node), address, me.metadata.name);
          continue;
        }
        this.#add(`mesh ${address}`, {
          name: `Mesh_${symbol(address)}`,
          kind: "Mesh",
          family,
          peerAddress: address,
          peerNode: node.metadata.name,
          port: this.#portOf(node),
          remoteAs: this.#asOf(node),
          localAs: this.#asOf(me),
          passive: address > own!, // compared as text, because the other end does the same
          sourceAddress: own,
          password: this.#password(global.nodeMeshPassword, { kind: BGPConfiguration.kind, name: "default" }),
          restartSeconds: seconds(global.nodeMeshMaxRestartTime),
          ref: refOf(node),
        });
      }
    }
  }

  #expand(peer: BgpPeerObject, kind: "Global" | "Node"): void {
    const { peerIP, peerSelector } = peer.spec;
    if (peer.spec.localWorkloadSelector !== undefined && peer.spec.localWorkloadSelector !== "")
      return this.#reject(peer, "spec.localWorkloadSelector: peering with local workloads is not built yet");
    if (peerSelector !== undefined && peerSelector !== "") {
      for (const node of this.#inputs.nodes) if (selects(peerSelector, node)) this.#toNode(peer, kind, node);
      return;
    }
    const endpoint = parsePeerIp(peerIP ?? "");
    if (endpoint === undefined)
      return this.#reject(peer, `spec.peerIP: must be IP or IP:port, got ${peerIP ?? "nothing"}`);
    const { address, family } = endpoint;
    const node = this.#inputs.nodes.find((one) => nodeAddress(one, family) === address);
    const given = peer.spec.asNumber;
    if (given === undefined && node === undefined)
      return this.#reject(peer, `spec.asNumber: is required, ${address} is no node's address`);
    const remoteAs = given === undefined || parseAsNumber(given) === 0 ? this.#globalAs : parseAsNumber(given);
    const isOurs = node !== undefined && this.#asOf(node) === remoteAs;
    this.#session(peer, kind, {
      family,
      address,
      remoteAs,
      port: endpoint.port ?? (isOurs ? this.#portOf(node) : DEFAULT_PORT),
      hasPort: endpoint.port !== undefined,
      node,
    });
  }

  #toNode(peer: BgpPeerObject, kind: "Global" | "Node", node: NodeObject, only?: 4 | 6): void {
    for (const family of [4, 6] as const) {
      const address = nodeAddress(node, family);
      if (address === undefined || (only !== undefined && only !== family)) continue;
      this.#session(peer, kind, {
        family,
        address,
        remoteAs: this.#asOf(node),
        port: this.#portOf(node),
        hasPort: false,
        node,
      });
    }
  }

  /** This node is on the far side of somebody's BGPPeer: it needs a session back. */
  #reverse(peer: BgpPeerObject, me: NodeObject): void {
    const { reversePeering, localWorkloadSelector, peerSelector, peerIP, node, nodeSelector } = peer.spec;
    if (reversePeering === "Manual" || (localWorkloadSelector ?? "") !== "") return;
    const endpoint = parsePeerIp(peerIP ?? "");
    const isRemote =
      (peerSelector ?? "") !== ""
        ? selects(peerSelector!, me)
        : endpoint !== undefined &&
          nodeAddress(me, endpoint.family) === endpoint.address &&
          (peer.spec.asNumber === undefined || parseAsNumber(peer.spec.asNumber) === this.#asOf(me)) &&
          (endpoint.port ?? this.#portOf(me)) === this.#portOf(me);
    if (!isRemote) return;
    for (const other of this.#inputs.nodes) {
      const isLocal = (node ?? "") !== "" ? other.metadata.name === node : selects(nodeSelector ?? "", other);
      if (isLocal && other !== me) this.#toNode(peer, "Node", other, endpoint?.family);
    }
  }

  #session(
    peer: BgpPeerObject,
    kind: "Global" | "Node",
    to: {
      family: 4 | 6;
      address: string;
      remoteAs: number;
      port: number;
      hasPort: boolean;
      node: NodeObject | undefined;
    },
  ): void {
    const me = this.#me!;
    const { spec } = peer;
    const own = nodeAddress(me, to.family);
    if (own === undefined || own === to.address) return;
    const isByAddress = (spec.peerIP ?? "") !== "";
    const localAs =
      isByAddress && spec.localASNumber !== undefined ? parseAsNumber(spec.localASNumber) : this.#asOf(me);
    const isInternal = localAs === to.remoteAs;
    const clusterId = me.spec.bgp?.routeReflectorClusterID;
    const isClient = clusterId !== undefined && isInternal && to.node?.spec.bgp?.routeReflectorClusterID !== clusterId;
    this.#add(
      `${to.address} ${to.port}`,
      {
        name: `${kind}_${symbol(to.address)}${to.hasPort ? `_port_${to.port}` : ""}`,
        kind,
        family: to.family,
        peerAddress: to.address,
        peerNode: to.node?.metadata.name,
        port: to.port,
        remoteAs: to.remoteAs,
        localAs,
        passive: kind === "Global" && isByAddress && to.node !== undefined && to.address > own,
        sourceAddress: spec.sourceAddress === "None" ? undefined : own,
        password: this.#password(spec.password, refOf(peer)),
        restartSeconds: seconds(spec.maxRestartTime),
        keepaliveSeconds: seconds(spec.keepaliveTime),
        ttlHops: spec.ttlSecurity === 0 ? undefined : spec.ttlSecurity,
        nextHop: nextHopOf(spec, isInternal),
        allowLocalAs: isByAddress && spec.numAllowedLocalASNumbers !== 0 ? spec.numAllowedLocalASNumbers : undefined,
        rrClusterId: isClient ? clusterId : undefined,
        reachableBy: isByAddress ? spec.reachableBy : undefined,
        ref: refOf(peer),
      },
      peer,
    );
  }

  #add(key: string, session: Session, peer?: BgpPeerObject): void {
    const taken = this.#sessionByKey.get(key);
    if (taken === undefined) this.#sessionByKey.set(key, session);
    else if (peer === undefined) this.#explainClone(session.ref, session.peerAddress, taken.peerNode);
    else if (formatRef(taken.ref) !== formatRef(refOf(peer)))
      this.#reject(
        peer,
        `${session.peerAddress} port ${session.port}: ${taken.kind === "Mesh" ? "the mesh" : taken.ref.name} has this session already`,
      );
  }

  #explainClone(ref: ObjectRef, address: string, holder = "another node"): void {
    this.#rejected.push({ ref, message: `${address} is the address of ${holder}, too: no session of the mesh` });
  }

  #explainRefusals(): void {
    const { configurations, nodes, peers, pools, affinities, refused } = this.#inputs;
    for (const object of [configurations, nodes, peers, pools, affinities].flat()) {
      const words = refused?.get(formatRef(refOf(object)));
      if (words !== undefined) this.#rejected.push({ ref: refOf(object), message: `BIRD refuses it: ${words}` });
    }
  }

  /** A setting without effect must not look as if it had one. */
  #explainUnbuilt(configuration: BgpConfigurationObject): void {
    const { name } = configuration.metadata;
    if (name !== "default" && name !== `node.${this.#inputs.node}`) return;
    const set = UNBUILT.filter((key) => isSet((configuration.spec as Readonly<Record<string, unknown>>)[key]));
    if (set.length > 0)
      this.#rejected.push({
        ref: refOf(configuration),
        message: `${set.map((key) => `spec.${key}`).join(", ")}: not built yet, without effect`,
      });
  }

  #explainGaps(peer: BgpPeerObject): void {
    if ((peer.spec.filters ?? []).length > 0 && this.#sessionOf(peer) !== undefined)
      this.#reject(peer, "spec.filters: BGPFilters are not built yet; the session runs without them");
  }

  #sessionOf(peer: BgpPeerObject): Session | undefined {
    return [...this.#sessionByKey.values()].find(({ ref }) => formatRef(ref) === formatRef(refOf(peer)));
  }

  #isLocalSide(peer: BgpPeerObject, me: NodeObject): boolean {
    const { node, nodeSelector } = peer.spec;
    return (node ?? "") !== "" ? node === me.metadata.name : selects(nodeSelector ?? "", me);
  }

  #asOf(node: NodeObject): number {
    return parseAsNumber(node.spec.bgp?.asNumber ?? this.#globalAs);
  }

  #portOf(node: NodeObject): number {
    const { global, own } = configurationOf(this.#inputs, node.metadata.name);
    return own.listenPort ?? global.listenPort ?? DEFAULT_PORT;
  }

  /** Undefined when there is none, or none that works: the session then stays down at the end that has one. */
  #password(from: SecretRef | undefined, ref: ObjectRef): string | undefined {
    const key = from?.secretKeyRef;
    if (key === undefined) return undefined;
    const password = this.#inputs.passwords?.get(`${key.name}/${key.key}`);
    const fault =
      password === undefined
        ? `secret ${key.name} has no key ${key.key}`
        : /["\n\r\0]/.test(password)
          ? "a BGP password cannot hold quotes or line breaks"
          : new TextEncoder().encode(password).length > MAX_PASSWORD_BYTES
            ? `a BGP password has at most ${MAX_PASSWORD_BYTES} bytes`
            : undefined;
    if (fault !== undefined && !this.#rejected.some(({ message }) => message === fault))
      this.#rejected.push({ ref, message: fault });
    return fault === undefined ? password : undefined;
  }

  #reject(peer: BgpPeerObject, message: string): void {
    this.#rejected.push({ ref: refOf(peer), message });
  }
}

/** Fields of BGPConfiguration that nothing here reads. */
const UNBUILT = [
  "serviceClusterIPs",
  "serviceExternalIPs",
  "serviceLoadBalancerIPs",
  "communities",
  "prefixAdvertisements",
  "localWorkloadPeeringIPV4",
  "localWorkloadPeeringIPV6",
  "programClusterRoutes",
] as const;

function isSet(value: unknown): boolean {
  return value !== undefined && (!Array.isArray(value) || value.length > 0);
}

/** Oldest first: of two nodes with one address the newcomer gives way, at every node alike. */
function byAge(a: NodeObject, b: NodeObject): number {
  const age = ({ metadata }: NodeObject): string => `${metadata.creationTimestamp ?? ""} ${metadata.name}`;
  return age(a) < age(b) ? -1 : 1;
}

function isGlobal({ spec }: BgpPeerObject): boolean {
  return (spec.node ?? "") === "" && (spec.nodeSelector ?? "") === "";
}

function nextHopOf(
  { nextHopMode, keepOriginalNextHop }: BgpPeerObject["spec"],
  isInternal: boolean,
): Session["nextHop"] {
  switch (nextHopMode) {
    case "Self":
      return "self";
    case "Keep":
      return "keep";
    case "Auto":
      return undefined;
    case undefined: // the older field speaks
      return keepOriginalNextHop === true && !isInternal ? "keep" : undefined;
  }
}

function selects(selector: string, node: NodeObject): boolean {
  return selector === "" || matches(parseSelector(selector), new Map(Object.entries(node.metadata.labels ?? {})));
}

function symbol(address: string): string {
  return address.replaceAll(/[.:]/g, "_");
}

function parsePeerIp(text: string): { address: string; family: 4 | 6; port?: number } | undefined {
  const [, bracketed, port6] = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? [];
  const [, plain, port4] = /^(\d+\.\d+\.\d+\.\d+)(?::(\d+))?$/.exec(text) ?? [];
  const parsed = tryParseAddress(bracketed ?? plain ?? text);
  const port = port6 ?? port4;
  if (parsed === undefined) return undefined;
  return { address: formatAddress(parsed), family: parsed.family, ...(port !== undefined && { port: Number(port) }) };
}

/** `2m`, `120s`, `1h30m`: whole seconds, as BIRD takes them. */
function seconds(duration: string | undefined): number | undefined {
  if (duration === undefined) return undefined;
  const unit = { h: 3600, m: 60, s: 1, ms: 0.001 } as const;
  let total = 0;
  for (const [, value, name] of duration.matchAll(/([\d.]+)(ms|h|m|s)/g))
    total += Number(value) * unit[name as keyof typeof unit];
  return Math.max(1, Math.round(total));
}
