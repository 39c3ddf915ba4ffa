/** Felix parameters of every Linux dataplane, of iptables, nftables, XDP, overlays and WireGuard. */
import { isRegexp } from "#regexp";
import { tryParseCidr } from "@percale/net";
import * as z from "zod";
import { parsePort } from "../../scalars/port.ts";
import { anyCase, dscp, ipv4, ipv6, linkName, net, port, regexp, text } from "../../scalars/schemas.ts";
import {
  anyPort,
  bool,
  duration,
  interval,
  intFrom,
  matching,
  onOff,
  realPort,
  routePriority,
  row,
  str,
} from "./row.ts";

const tcp = (...ports: readonly number[]) => ports.map((port) => ({ protocol: "tcp", port }));
const udp = (...ports: readonly number[]) => ports.map((port) => ({ protocol: "udp", port }));
const protoPorts = z.array(
  z.strictObject({
    protocol: anyCase("TCP", "UDP", "SCTP")
      .meta({ title: "Protocol", description: "TCP, UDP or SCTP in any case; empty is TCP." })
      .optional(),
    port: anyPort.meta({ title: "Port", description: "Port number." }),
    net: net.meta({ title: "Addresses", description: "Only to or from these addresses; empty is any." }).optional(),
  }),
);
const ipv4Cidr = text((value) => (tryParseCidr(value)?.family === 4 ? undefined : "must be an IPv4 address or CIDR"));
const ifaceFilter = matching(
  /^[a-zA-Z0-9:._+-]{1,15}$/,
  "an interface name of at most 15 characters, + at its end for any suffix",
);
const tableRange = z.strictObject({
  min: intFrom(1, 0xffff_ffff).meta({ title: "First table", description: "First table." }),
  max: intFrom(1, 0xffff_ffff).meta({ title: "Last table", description: "Last table." }),
});
const mtu = intFrom(0, 65_535);
/** Names or their beginnings, joined by commas; where `patterns`, also /…/ with a regular expression. */
const interfaces = ({ patterns }: { readonly patterns: boolean }) =>
  text((value) => {
    const isGood = (part: string): boolean =>
      /^[a-zA-Z0-9_.-]{1,15}$/.test(part) || (patterns && /^\/.+\/$/.test(part) && isRegexp(part.slice(1, -1)));
    const wrong = value.split(",").find((part) => !isGood(part.trim()));
    return wrong === undefined
      ? undefined
      : `must be interface names of at most 15 characters${patterns ? " or /regular expressions/" : ""} joined by commas; ${JSON.stringify(wrong)} is none`;
  });
const allow = anyCase("Accept", "Return");
const deny = anyCase("Drop", "Reject");
/** Tests, accept, drop and the rest need eight bits of their own. */
const markMask = z
  .int()
  .min(0)
  .max(0xffff_ffff)
  .check(({ value, issues }) => {
    const bits = value.toString(2).replaceAll("0", "").length;
    if (bits < 8)
      issues.push({
        code: "custom",
        input: value,
        message: `must have at least 8 bits set, has ${bits}`,
        continue: true,
      });
  });
const numericPort = port.refine((value) => isNumeric(value), { error: "must be a number or a range, not a name" });

export const dataplaneRows = {
  establishedConnections: row(
    "Established connections",
    z.enum(["Cut", "Keep"]),
    "Cut",
    "What happens to open connections that a change denies",
  ),

  allowIPIPPacketsFromWorkloads: row(
    "IPIP packets from workloads",
    bool,
    false,
    "Let workloads send IPIP packets of their own",
    { effect: "live" },
  ),
  allowVXLANPacketsFromWorkloads: row(
    "VXLAN packets from workloads",
    bool,
    false,
    "Let workloads send VXLAN packets of their own",
    { effect: "live" },
  ),
  cgroupV2Path: row("cgroup v2 path", str, undefined, "Where the cgroup v2 hierarchy is mounted"),
  chainInsertMode: row(
    "Chain insert mode",
    anyCase("Insert", "Append"),
    "Insert",
    "Whether our rules come before or after others' in the kernel's chains",
  ),
  dataplaneDriver: row(
    "External dataplane driver",
    str,
    "calico-iptables-plugin",
    "External driver to run when the built-in one is off",
  ),
  dataplaneWatchdogTimeout: row(
    "Dataplane watchdog timeout",
    duration,
    "1m30s",
    "Deprecated: use healthTimeoutOverrides. Time after which a silent dataplane counts as dead",
  ),
  defaultEndpointToHostAction: row(
    "Workloads to their own node",
    anyCase("Drop", "Accept", "Return"),
    "Drop",
    "What happens to packets from a workload to its own node, after egress policy",
    { effect: "live" },
  ),
  deviceRouteProtocol: row("Route protocol number", intFrom(0, 255), 3, "Protocol number on routes the agent writes", {
    effect: "live",
  }),
  deviceRouteSourceAddress: row(
    "Route source address, IPv4",
    ipv4.max(45),
    undefined,
    "Source address on IPv4 routes; unset: the kernel chooses",
  ),
  deviceRouteSourceAddressIPv6: row(
    "Route source address, IPv6",
    ipv6.max(45),
    undefined,
    "Source address on IPv6 routes; unset: the kernel chooses",
  ),
  disableConntrackInvalidCheck: row(
    "Pass packets conntrack calls invalid",
    bool,
    false,
    "Let packets pass that connection tracking calls invalid",
    { effect: "live" },
  ),
  endpointStatusPathPrefix: row(
    "Endpoint status directory",
    str,
    "/var/run/calico",
    "Directory of endpoint status files, which pods may wait for",
  ),
  externalNodesList: row(
    "External nodes",
    z.array(ipv4Cidr),
    undefined,
    "Machines outside the cluster that may send overlay packets",
  ),
  failsafeInboundHostPorts: row(
    "Ports always open inbound",
    protoPorts,
    [...tcp(22, 179, 2379, 2380, 5473, 6443, 6666, 6667), ...udp(68)],
    "Node ports open to the outside whatever policy says; [] none",
  ),
  failsafeOutboundHostPorts: row(
    "Ports always open outbound",
    protoPorts,
    [...udp(53, 67), ...tcp(179, 2379, 2380, 5473, 6443, 6666, 6667)],
    "Ports a node may reach whatever policy says; [] none",
  ),
  floatingIPs: row(
    "Floating IPs",
    onOff,
    "Disabled",
    "Send packets for the addresses of the floating-IP annotation to their pods",
  ),
  ipForwarding: row("IP forwarding", onOff, "Enabled", "Switch on IP forwarding", { effect: "live" }),
  ipv4ElevatedRoutePriority: row(
    "IPv4 route metric, live migration",
    routePriority,
    512,
    "Metric of IPv4 routes during a live migration",
  ),
  ipv4NormalRoutePriority: row("IPv4 route metric", routePriority, 1024, "Metric of IPv4 routes", { effect: "live" }),
  ipv6ElevatedRoutePriority: row(
    "IPv6 route metric, live migration",
    routePriority,
    512,
    "Metric of IPv6 routes during a live migration",
  ),
  ipv6NormalRoutePriority: row("IPv6 route metric", routePriority, 1024, "Metric of IPv6 routes", { effect: "live" }),
  interfaceExclude: row(
    "Excluded interfaces",
    interfaces({ patterns: true }),
    "kube-ipvs0",
    "Interfaces never taken as host endpoints, joined by commas; /…/ is a regular expression",
  ),
  interfacePrefix: row(
    "Workload interface prefix",
    interfaces({ patterns: false }),
    "cali",
    "What names of workload interfaces start with, joined by commas",
    { effect: "live" },
  ),
  interfaceRefreshInterval: row(
    "Interface refresh interval",
    duration,
    "1m30s",
    "Time between full scans of the interfaces; 0 off",
  ),
  ipv6Support: row("IPv6", bool, true, "Handle IPv6", { effect: "live" }),
  istioAmbientMode: row("Istio ambient mode", onOff, "Disabled", "Work together with Istio's ambient mode"),
  istioDSCPMark: row("Istio DSCP mark", dscp, 23, "DSCP of packets meant for ztunnel"),
  liveMigrationRouteConvergenceTime: row(
    "Live migration route convergence",
    duration,
    "30s",
    "How long the elevated metric stays after a migration",
  ),
  localSubnetL2Reachability: row(
    "ARP and NDP on the local subnet",
    z.enum(["Disabled", "PodsAndLoadBalancers"]),
    "Disabled",
    "Answer ARP and NDP for local pod and load balancer addresses of the node's subnet",
  ),
  localSubnetL2ReachabilityRefreshInterval: row(
    "ARP and NDP refresh interval",
    duration,
    "2m0s",
    "Time between announcements of those addresses; 0 off",
  ),
  mtuIfacePattern: row(
    "Interfaces for MTU",
    regexp,
    "^((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)",
    "Interfaces whose MTU counts",
  ),
  natOutgoingAddress: row(
    "Outgoing NAT address",
    ipv4.max(45),
    undefined,
    "Source address of masqueraded packets; unset: the interface's",
    { effect: "live" },
  ),
  natOutgoingExclusions: row(
    "Outgoing NAT exclusions",
    z.enum(["IPPoolsOnly", "IPPoolsAndHostIPs"]),
    "IPPoolsOnly",
    "Destinations that are not masqueraded",
    { effect: "live" },
  ),
  natPortRange: row(
    "Outgoing NAT ports",
    numericPort,
    undefined,
    "Source ports of masqueraded packets; unset: the kernel chooses",
    { effect: "live" },
  ),
  nftablesFlowTableDataIfacePattern: row(
    "Flow table interfaces",
    regexp,
    undefined,
    "Node interfaces in the flow table; empty: between pods only",
  ),
  nftablesFlowTableOffload: row(
    "Flow table",
    z.enum(["All", "Disabled"]),
    "Disabled",
    "Send established connections through a flow table",
  ),
  nftablesMode: row(
    "nftables",
    z.enum(["Enabled", "Disabled", "Auto"]),
    "Auto",
    "Use nftables; Auto: if kube-proxy does",
  ),
  netlinkTimeout: row("Netlink timeout", duration, "10s", "Time a netlink request may take"),
  policySyncPathPrefix: row(
    "Policy sync directory",
    str,
    undefined,
    "Directory of the sockets that serve policy to proxies",
  ),
  programClusterRoutes: row(
    "Cluster routes written by the agent",
    z.enum(["Enabled", "Disabled", "EnabledIPIPOnly", "EnabledNoEncapOnly"]),
    "EnabledIPIPOnly",
    "Pools whose cluster routes the agent writes; BIRD writes the others'",
  ),
  removeExternalRoutes: row(
    "Remove external routes",
    bool,
    true,
    "Remove routes to workload interfaces that others wrote",
  ),
  requireMTUFile: row("Wait for the MTU file", bool, false, "Wait for the MTU file before starting"),
  routeRefreshInterval: row(
    "Route refresh interval",
    duration,
    "1m30s",
    "Time between full scans of the routes; 0 off",
  ),
  routeSource: row(
    "Source of cluster routes",
    anyCase("CalicoIPAM", "WorkloadIPs"),
    "CalicoIPAM",
    "Where cluster routes are calculated from",
  ),
  routeSyncDisabled: row("Disable route sync", bool, false, "Never touch routes: policy only"),
  routeTableRange: row(
    "Route tables, one range",
    z.strictObject({
      min: intFrom(1, 250).meta({ title: "First table", description: "First table." }),
      max: intFrom(1, 250).meta({ title: "Last table", description: "Last table." }),
    }),
    undefined,
    "Deprecated: use routeTableRanges. Route tables the agent may use",
  ),
  routeTableRanges: row(
    "Route tables",
    z.array(tableRange),
    undefined,
    "Route tables the agent may use; 253-255 are left alone",
  ),
  serviceLoopPrevention: row(
    "Service loop prevention",
    anyCase("Drop", "Reject", "Disabled"),
    "Drop",
    "What to do with packets to service addresses that nobody serves",
  ),
  sidecarAccelerationEnabled: row(
    "Sidecar acceleration",
    bool,
    false,
    "Experiment: short-cut between an application and its sidecar",
  ),
  useInternalDataplaneDriver: row("Built-in dataplane", bool, true, "Use the built-in dataplane"),
  workloadSourceSpoofing: row(
    "Workload source spoofing",
    anyCase("Disabled", "Any"),
    "Disabled",
    "Whether pods may name source prefixes to send from by annotation",
    { effect: "live" },
  ),

  ipsetsRefreshInterval: row(
    "IP set refresh interval",
    duration,
    "1m30s",
    "Time between full scans of the IP sets; 0 off",
  ),
  iptablesBackend: row("iptables backend", z.enum(["Legacy", "NFT", "Auto"]), "Auto", "Which iptables to use"),
  iptablesFilterAllowAction: row(
    "Allowed packets, filter table",
    allow,
    "Accept",
    "Verdict of allowed packets in the filter table",
  ),
  iptablesFilterDenyAction: row("Denied packets, filter table", deny, "Drop", "Verdict of denied packets"),
  iptablesLockProbeInterval: row(
    "xtables lock probe interval",
    duration,
    "50ms",
    "Time between tries for the xtables lock",
  ),
  iptablesMangleAllowAction: row(
    "Allowed packets, mangle table",
    allow,
    "Accept",
    "Verdict of allowed packets in the mangle table",
  ),
  iptablesMarkMask: row(
    "Packet mark bits, iptables",
    markMask,
    0xffff_0000,
    "Bits of the packet mark that belong to the agent",
  ),
  iptablesNATOutgoingInterfaceFilter: row(
    "Outgoing NAT interfaces",
    ifaceFilter,
    undefined,
    "Masquerade only what leaves by these interfaces",
  ),
  iptablesPostWriteCheckInterval: row(
    "Post-write check interval",
    duration,
    "5s",
    "Wait before rules just written are read back",
  ),
  iptablesRefreshInterval: row(
    "Rule refresh interval, iptables",
    duration,
    "3m0s",
    "Time between full scans of the rules; 0 off",
  ),
  kubeNodePortRanges: row(
    "Node port ranges",
    z.array(numericPort).max(7),
    ["30000:32767"],
    "Node ports, where kube-proxy runs ipvs",
  ),

  nftablesFilterAllowAction: row(
    "Allowed packets, filter chains",
    allow,
    "Accept",
    "Verdict of allowed packets in filter chains",
    { effect: "live" },
  ),
  nftablesFilterDenyAction: row("Denied packets, filter chains", deny, "Drop", "Verdict of denied packets", {
    effect: "live",
  }),
  nftablesMangleAllowAction: row(
    "Allowed packets, mangle chains",
    allow,
    "Accept",
    "Verdict of allowed packets in mangle chains",
  ),
  nftablesMarkMask: row(
    "Packet mark bits, nftables",
    markMask,
    0xffff_0000,
    "Bits of the packet mark that belong to the agent",
    { effect: "live" },
  ),
  nftablesRefreshInterval: row(
    "Rule refresh interval, nftables",
    interval,
    "3m0s",
    "Time between full scans of the rules; 0 off",
    { effect: "live" },
  ),

  genericXDPEnabled: row("Generic XDP", bool, false, "Allow XDP on drivers without support of their own"),
  xdpEnabled: row("XDP", bool, true, "Drop what untracked policy denies in XDP"),
  xdpRefreshInterval: row("XDP refresh interval", duration, "1m30s", "Time between full scans of XDP; 0 off"),

  vxlanEnabled: row("VXLAN device", bool, undefined, "Make the VXLAN device or not; unset: as the pools need"),
  vxlanMTU: row("VXLAN MTU, IPv4", mtu, 0, "MTU of the IPv4 VXLAN device; 0 from the node's interfaces", {
    unit: "bytes",
  }),
  vxlanMTUV6: row("VXLAN MTU, IPv6", mtu, 0, "MTU of the IPv6 VXLAN device; 0 from the node's interfaces", {
    unit: "bytes",
  }),
  vxlanPort: row("VXLAN port", realPort, 4789, "UDP port of VXLAN", { unit: "UDP", effect: "live" }),
  vxlanVNI: row("VXLAN VNI", intFrom(0, 0xff_ffff), 4096, "VNI of VXLAN"),
  ipipEnabled: row("IPIP device", bool, undefined, "Make the IPIP device or not; unset: as the pools need"),
  ipipMTU: row("IPIP MTU", mtu, 0, "MTU of the IPIP device; 0 from the node's interfaces", { unit: "bytes" }),

  wireguardEnabled: row("WireGuard, IPv4", bool, false, "Encrypt IPv4 between nodes"),
  wireguardEnabledV6: row("WireGuard, IPv6", bool, false, "Encrypt IPv6 between nodes"),
  wireguardHostEncryptionEnabled: row("Encrypt node traffic", bool, false, "Encrypt the nodes' own packets too"),
  wireguardInterfaceName: row("WireGuard device, IPv4", linkName, "wireguard.cali", "IPv4 device"),
  wireguardInterfaceNameV6: row("WireGuard device, IPv6", linkName, "wg-v6.cali", "IPv6 device"),
  wireguardListeningPort: row("WireGuard port, IPv4", realPort, 51820, "UDP port for IPv4", { unit: "UDP" }),
  wireguardListeningPortV6: row("WireGuard port, IPv6", realPort, 51821, "UDP port for IPv6", { unit: "UDP" }),
  wireguardMTU: row("WireGuard MTU, IPv4", mtu, 0, "MTU of the IPv4 device; 0 from the node's interfaces", {
    unit: "bytes",
  }),
  wireguardMTUV6: row("WireGuard MTU, IPv6", mtu, 0, "MTU of the IPv6 device; 0 from the node's interfaces", {
    unit: "bytes",
  }),
  wireguardKeepAlive: row("WireGuard keepalive", duration, "0s", "Time between keepalives; 0 none"),
  wireguardRoutingRulePriority: row(
    "WireGuard routing rule priority",
    intFrom(1, 32765),
    99,
    "Priority of the routing rule",
  ),
  wireguardThreadingEnabled: row("WireGuard threads", bool, false, "Spread decryption over threads"),
} as const;

function isNumeric(value: number | string): boolean {
  try {
    return parsePort(value).kind === "range";
  } catch {
    return true; // reported as no port at all
  }
}
