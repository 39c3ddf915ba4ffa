import { compareAddresses, tryParseAddress, tryParseCidr } from "@percale/net";
import type { Address } from "@percale/net";
import * as z from "zod";
import { column } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { ObjectOf, StoreContext } from "../define.ts";
import { show } from "../issue.ts";
import { asNumber, durationWithin, name, selector, text } from "../scalars/schemas.ts";
import { unicastFault } from "../scalars/unicast.ts";
import { invalid } from "../status-error.ts";
import type { StatusError } from "../status-error.ts";
import { restartTime, secretRef } from "./bgp-configuration.ts";
import type { Node } from "./node.ts";

const gateway = text((value) => {
  const address = tryParseAddress(value);
  return address === undefined ? "must be an IP address" : unicastFault(address);
}, 64);

/** Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/bgppeer.go`. */
export const BGPPeer = defineResource({
  kind: "BGPPeer",
  scope: "Cluster",
  description: "A BGP session: which nodes open it, and with whom.",
  shortNames: ["bgpp", "bp"],
  traits: { readBy: ["bird"], shared: ["spec"], aliases: ["bgpps", "bps"] },
  looks: { icon: "bgp", page: "bgp", searched: true, template: { peerIP: "192.0.2.1", asNumber: 64_512 } },
  columns: [
    column("Node Selector", "spec.nodeSelector", "Nodes that peer"),
    column("Node", "spec.node", "The one node that peers"),
    column("Local ASN", "spec.localASNumber", "AS number this side uses", "integer"),
    column("Peer Selector", "spec.peerSelector", "Nodes to peer with"),
    column("Peer IP", "spec.peerIP", "Address to peer with"),
    column("Peer ASN", "spec.asNumber", "AS number of the other side", "integer"),
  ],
  laws: [
    "node excludes nodeSelector, and peerIP excludes peerSelector.",
    "peerSelector excludes asNumber: the selected nodes have their own. localWorkloadSelector needs asNumber, and excludes peerIP and peerSelector.",
    "asNumber is required with a peerIP that is no node's of this cluster.",
    "reachableBy needs a peerIP of its family.",
    "keepOriginalNextHop excludes nextHopMode.",
    "Every filter exists.",
  ],
  spec: z.strictObject({
    node: name
      .meta({ title: "Node", description: "The one node that peers. Neither node nor nodeSelector: all nodes." })
      .optional(),
    nodeSelector: selector.meta({ title: "Nodes", description: "Nodes that peer, by label." }).optional(),
    peerIP: text(peerAddressFault, 64)
      .meta({ title: "Peer IP", description: "The other side: address, address:port or [IPv6]:port." })
      .optional(),
    peerSelector: selector
      .meta({ title: "Peer nodes", description: "Nodes to peer with, by label; address and AS number come from them." })
      .optional(),
    localWorkloadSelector: selector
      .meta({ title: "Local workloads", description: "Local workloads to peer with, by label." })
      .optional(),
    asNumber: asNumber
      .meta({
        title: "Peer AS number",
        description: "AS number of the other side. Required with a peerIP that is no node's of this cluster.",
      })
      .optional(),
    localASNumber: asNumber
      .meta({ title: "Local AS number", description: "AS number of this side, if not the node's own." })
      .optional(),
    keepOriginalNextHop: z
      .boolean()
      .meta({ title: "Keep original next hop", description: "Deprecated: use nextHopMode Keep." })
      .optional(),
    nextHopMode: z
      .enum(["Auto", "Self", "Keep"])
      .meta({
        title: "Next hop",
        description: "Next hop of advertised routes: as BGP has it, this node, or unchanged.",
      })
      .optional(),
    password: secretRef.meta({ title: "Password", description: "TCP MD5 password of the session." }).optional(),
    sourceAddress: z
      .enum(["UseNodeIP", "None"])
      .meta({ title: "Source address", description: "None: let the kernel choose the address the session comes from." })
      .default("UseNodeIP"),
    maxRestartTime: restartTime
      .meta({ title: "Restart time", description: "How long to keep the routes of a restarting peer. Default: 2m0s." })
      .optional(),
    keepaliveTime: durationWithin("1s", "4m0s", "a keepalive must come within the hold time, 240 s")
      .meta({ title: "Keepalive time", description: "Time between keepalives. Default: a third of the hold time." })
      .optional(),
    numAllowedLocalASNumbers: z
      .int32()
      .min(0)
      .meta({
        title: "Own AS allowed in paths",
        description: "How often this side's AS number may stand in a received path.",
      })
      .optional(),
    ttlSecurity: z
      .int()
      .min(1)
      .max(255)
      .meta({ title: "TTL security", description: "Accept only packets from at most so many hops away (RFC 5082)." })
      .optional(),
    reachableBy: gateway
      .meta({ title: "Reachable by", description: "Gateway through which peerIP is reached; a static route is added." })
      .optional(),
    filters: z
      .array(z.string())
      .meta({ title: "Filters", description: "Names of BGPFilters, applied in order." })
      .meta({ "x-kubernetes-list-type": "atomic" })
      .optional(),
    reversePeering: z
      .enum(["Auto", "Manual"])
      .meta({
        title: "Reverse peering",
        description: "Auto: nodes chosen by peerSelector peer back without an object of their own.",
      })
      .default("Auto"),
    // As Calico Enterprise documents them, so that its manifests apply.
    failureDetectionMode: z
      .enum(["None", "BFDIfDirectlyConnected"])
      .meta({
        title: "Failure detection",
        description:
          "BFDIfDirectlyConnected: notice by BFD that a peer on the same link is gone. Default: None. Stored; no session goes by it in this version.",
      })
      .optional(),
    restartMode: z
      .enum(["GracefulRestart", "LongLivedGracefulRestart"])
      .meta({
        title: "Restart mode",
        description:
          "LongLivedGracefulRestart: keep a restarting peer's routes for longer (RFC 9494). Default: GracefulRestart. Stored; no session goes by it in this version.",
      })
      .optional(),
    birdGatewayMode: z
      .enum(["Recursive", "DirectIfDirectlyConnected"])
      .meta({
        title: "Gateway mode",
        description:
          "DirectIfDirectlyConnected: take a peer on the same link as the gateway itself, without looking its address up. Default: Recursive. Stored; no session goes by it in this version.",
      })
      .optional(),
  }),
  rules: (spec, report) => {
    const has = (value: string | undefined): boolean => value !== undefined && value !== "";
    const forbid = (key: string, other: string, why: string): void =>
      report(`spec.${key}`, "FieldValueForbidden", `cannot be combined with ${other}: ${why}`);
    const hasAsNumber = (spec.asNumber ?? 0) !== 0;
    if (has(spec.node) && has(spec.nodeSelector)) forbid("node", "nodeSelector", "keep one of them");
    if (has(spec.peerIP) && has(spec.peerSelector)) forbid("peerIP", "peerSelector", "keep one of them");
    if (has(spec.peerSelector) && hasAsNumber) forbid("asNumber", "peerSelector", "the selected nodes have their own");
    if (has(spec.localWorkloadSelector)) {
      if (has(spec.peerIP)) forbid("peerIP", "localWorkloadSelector", "the workload is the peer");
      if (has(spec.peerSelector)) forbid("peerSelector", "localWorkloadSelector", "the workload is the peer");
      if (!hasAsNumber)
        report("spec.asNumber", "FieldValueInvalid", "must be set with localWorkloadSelector, got nothing");
    }
    if (has(spec.reachableBy) && !has(spec.peerIP))
      forbid("reachableBy", "an empty peerIP", "there is nothing to reach");
    const peer = has(spec.peerIP) ? tryParsePeerAddress(spec.peerIP!)?.address : undefined;
    const gateway = tryParseAddress(spec.reachableBy ?? "");
    if (peer !== undefined && gateway !== undefined && peer.family !== gateway.family)
      report(
        "spec.reachableBy",
        "FieldValueInvalid",
        `must be IPv${peer.family} like peerIP, got ${show(spec.reachableBy)}`,
      );
    if (spec.keepOriginalNextHop === true && spec.nextHopMode !== undefined)
      forbid("keepOriginalNextHop", "nextHopMode", "keep nextHopMode");
  },
  store: (context) => filterIssue(context) ?? asNumberIssue(context),
});
export type BGPPeer = ObjectOf<typeof BGPPeer>;

/** `192.0.2.1`, `192.0.2.1:1790`, `2001:db8::1` or `[2001:db8::1]:1790`; undefined for anything else. */
export function tryParsePeerAddress(peerIP: string): { readonly address: Address; readonly port?: number } | undefined {
  const [, v6, v4, port] = /^(?:\[(.+)\]|([\d.]+)):(\d{1,5})$/.exec(peerIP) ?? [];
  const address = tryParseAddress(v6 ?? v4 ?? peerIP);
  if (address === undefined) return undefined;
  if (port === undefined) return { address };
  const isGood = Number(port) >= 1 && Number(port) <= 65535 && (v6 === undefined || v6.includes(":"));
  return isGood ? { address, port: Number(port) } : undefined;
}

function peerAddressFault(value: string): string | undefined {
  const peer = tryParsePeerAddress(value);
  if (peer === undefined) return "must be an IP address, IPv4:port or [IPv6]:port with port 1..65535";
  return unicastFault(peer.address);
}

function filterIssue({ operation, object, lookup }: StoreContext): StatusError | undefined {
  if (operation === "delete") return undefined;
  const { filters = [] } = object.spec as BGPPeer["spec"]; // called with objects of this kind only
  const missing = filters.flatMap((filter, i) =>
    lookup.get({ kind: "BGPFilter", name: filter }) === undefined ? [{ filter, i }] : [],
  );
  if (missing.length === 0) return undefined;
  return invalid(
    "BGPPeer",
    object.metadata.name,
    missing.map(({ filter, i }) => ({
      field: `spec.filters[${i}]`,
      reason: "FieldValueInvalid",
      message: `BGPFilter(s) not found: ${show(filter)}; create it first`,
    })),
  );
}

/** BIRD cannot speak to a peer of no AS; only nodes of ours have one that can be looked up. */
function asNumberIssue({ operation, object, lookup }: StoreContext): StatusError | undefined {
  if (operation === "delete") return undefined;
  const { peerIP = "", asNumber } = object.spec as BGPPeer["spec"]; // called with objects of this kind only
  const peer = tryParsePeerAddress(peerIP)?.address;
  if (peer === undefined || asNumber !== undefined) return undefined;
  for (const { spec } of lookup.list("Node") as Iterable<Node>)
    for (const text of [spec.bgp?.ipv4Address, spec.bgp?.ipv6Address]) {
      const own = tryParseCidr(text ?? "");
      if (own !== undefined && compareAddresses(own, peer) === 0) return undefined;
    }
  return invalid("BGPPeer", object.metadata.name, [
    {
      field: "spec.asNumber",
      reason: "FieldValueRequired",
      message: `is required: ${peerIP} is no node of this cluster, so its AS number cannot be looked up`,
    },
  ]);
}
