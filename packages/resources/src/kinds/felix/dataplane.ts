/** Felix parameters of every Linux dataplane, of iptables, nftables, XDP, overlays and WireGuard. */
import { isRegexp } from "#regexp";
import { tryParseCidr } from "@percale/net";
import { z } from "zod";
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
    protocol: anyCase("TCP", "UDP", "SCTP").describe("TCP, UDP or SCTP in any case; empty is TCP.").optional(),
    port: anyPort.describe("Port number."),
    net: net.describe("Only to or from these addresses; empty is any.").optional(),
  }),
);
const ipv4Cidr = text((value) => (tryParseCidr(value)?.family === 4 ? undefined : "must be an IPv4 address or CIDR"));
const ifaceFilter = matching(
  /^[a-zA-Z0-9:._+-]{1,15}$/,
  "an interface name of at most 15 characters, + at its end for any suffix",
);
const tableRange = z.strictObject({
  min: intFrom(1, 0xffff_ffff).describe("First table."),
  max: intFrom(1, 0xffff_ffff).describe("Last table."),
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
  allowIPIPPacketsFromWorkloads: row(bool, false, "Let workloads send IPIP packets of their own"),
  allowVXLANPacketsFromWorkloads: row(bool, false, "Let workloads send VXLAN packets of their own"),
  cgroupV2Path: row(str, undefined, "Where the cgroup v2 hierarchy is mounted"),
  chainInsertMode: row(
    anyCase("Insert", "Append"),
    "Insert",
    "Whether our rules come before or after others' in the kernel's chains",
  ),
  dataplaneDriver: row(str, "calico-iptables-plugin", "External driver to run when the built-in one is off"),
  dataplaneWatchdogTimeout: row(
    duration,
    "1m30s",
    "Deprecated: use healthTimeoutOverrides. Time after which a silent dataplane counts as dead",
  ),
  defaultEndpointToHostAction: row(
    anyCase("Drop", "Accept", "Return"),
    "Drop",
    "Fate of packets from a workload to its own node, after egress policy",
  ),
  deviceRouteProtocol: row(intFrom(0, 255), 3, "Protocol number on routes the agent writes"),
  deviceRouteSourceAddress: row(ipv4.max(45), undefined, "Source address on IPv4 routes; unset: the kernel chooses"),
  deviceRouteSourceAddressIPv6: row(
    ipv6.max(45),
    undefined,
    "Source address on IPv6 routes; unset: the kernel chooses",
    "Device route source address IPv6",
  ),
  disableConntrackInvalidCheck: row(bool, false, "Let packets pass that connection tracking calls invalid"),
  endpointStatusPathPrefix: row(str, "/var/run/calico", "Directory of endpoint status files, which pods may wait for"),
  externalNodesList: row(z.array(ipv4Cidr), undefined, "Machines outside the cluster that may send overlay packets"),
  failsafeInboundHostPorts: row(
    protoPorts,
    [...tcp(22, 179, 2379, 2380, 5473, 6443, 6666, 6667), ...udp(68)],
    "Node ports open to the outside whatever policy says; [] none",
  ),
  failsafeOutboundHostPorts: row(
    protoPorts,
    [...udp(53, 67), ...tcp(179, 2379, 2380, 5473, 6443, 6666, 6667)],
    "Ports a node may reach whatever policy says; [] none",
  ),
  floatingIPs: row(onOff, "Disabled", "Lead addresses of the floating-IP annotation to their pods", "Floating IPs"),
  ipForwarding: row(onOff, "Enabled", "Switch on IP forwarding"),
  ipv4ElevatedRoutePriority: row(routePriority, 512, "Metric of IPv4 routes during a live migration"),
  ipv4NormalRoutePriority: row(routePriority, 1024, "Metric of IPv4 routes"),
  ipv6ElevatedRoutePriority: row(routePriority, 512, "Metric of IPv6 routes during a live migration"),
  ipv6NormalRoutePriority: row(routePriority, 1024, "Metric of IPv6 routes"),
  interfaceExclude: row(
    interfaces({ patterns: true }),
    "kube-ipvs0",
    "Interfaces never taken as host endpoints, joined by commas; /…/ is a regular expression",
  ),
  interfacePrefix: row(
    interfaces({ patterns: false }),
    "cali",
    "What names of workload interfaces start with, joined by commas",
  ),
  interfaceRefreshInterval: row(duration, "1m30s", "Time between full looks at the interfaces; 0 off"),
  ipv6Support: row(bool, true, "Handle IPv6"),
  istioAmbientMode: row(onOff, "Disabled", "Work together with Istio's ambient mode"),
  istioDSCPMark: row(dscp, 23, "DSCP of packets meant for ztunnel"),
  liveMigrationRouteConvergenceTime: row(duration, "30s", "How long the elevated metric stays after a migration"),
  localSubnetL2Reachability: row(
    z.enum(["Disabled", "PodsAndLoadBalancers"]),
    "Disabled",
    "Answer ARP and NDP for local pod and load balancer addresses of the node's subnet",
  ),
  localSubnetL2ReachabilityRefreshInterval: row(
    duration,
    "2m0s",
    "Time between announcements of those addresses; 0 off",
  ),
  mtuIfacePattern: row(regexp, "^((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)", "Interfaces whose MTU counts"),
  natOutgoingAddress: row(ipv4.max(45), undefined, "Source address of masqueraded packets; unset: the interface's"),
  natOutgoingExclusions: row(
    z.enum(["IPPoolsOnly", "IPPoolsAndHostIPs"]),
    "IPPoolsOnly",
    "Destinations that are not masqueraded",
  ),
  natPortRange: row(numericPort, undefined, "Source ports of masqueraded packets; unset: the kernel chooses"),
  nftablesFlowTableDataIfacePattern: row(
    regexp,
    undefined,
    "Node interfaces in the flow table; empty: between pods only",
  ),
  nftablesFlowTableOffload: row(
    z.enum(["All", "Disabled"]),
    "Disabled",
    "Send established connections through a flow table",
  ),
  nftablesMode: row(z.enum(["Enabled", "Disabled", "Auto"]), "Auto", "Use nftables; Auto: as kube-proxy does"),
  netlinkTimeout: row(duration, "10s", "Time a netlink request may take"),
  policySyncPathPrefix: row(str, undefined, "Directory of the sockets that serve policy to proxies"),
  programClusterRoutes: row(
    z.enum(["Enabled", "Disabled", "EnabledIPIPOnly", "EnabledNoEncapOnly"]),
    "EnabledIPIPOnly",
    "Pools whose cluster routes the agent writes; BIRD writes the others'",
  ),
  removeExternalRoutes: row(bool, true, "Remove routes to workload interfaces that others wrote"),
  requireMTUFile: row(bool, false, "Wait for the MTU file before starting"),
  routeRefreshInterval: row(duration, "1m30s", "Time between full looks at the routes; 0 off"),
  routeSource: row(anyCase("CalicoIPAM", "WorkloadIPs"), "CalicoIPAM", "Where cluster routes are calculated from"),
  routeSyncDisabled: row(bool, false, "Never touch routes: policy only"),
  routeTableRange: row(
    z.strictObject({ min: intFrom(1, 250).describe("First table."), max: intFrom(1, 250).describe("Last table.") }),
    undefined,
    "Deprecated: use routeTableRanges. Route tables the agent may use",
  ),
  routeTableRanges: row(z.array(tableRange), undefined, "Route tables the agent may use; 253-255 are left alone"),
  serviceLoopPrevention: row(
    anyCase("Drop", "Reject", "Disabled"),
    "Drop",
    "What to do with packets to service addresses that nobody serves",
  ),
  sidecarAccelerationEnabled: row(bool, false, "Experiment: short-cut between an application and its sidecar"),
  useInternalDataplaneDriver: row(bool, true, "Use the built-in dataplane"),
  workloadSourceSpoofing: row(
    anyCase("Disabled", "Any"),
    "Disabled",
    "Whether pods may name source prefixes to send from by annotation",
  ),

  ipsetsRefreshInterval: row(duration, "1m30s", "Time between full looks at the IP sets; 0 off"),
  iptablesBackend: row(z.enum(["Legacy", "NFT", "Auto"]), "Auto", "Which iptables to use"),
  iptablesFilterAllowAction: row(allow, "Accept", "Verdict of allowed packets in the filter table"),
  iptablesFilterDenyAction: row(deny, "Drop", "Verdict of denied packets"),
  iptablesLockProbeInterval: row(duration, "50ms", "Time between tries for the xtables lock"),
  iptablesMangleAllowAction: row(allow, "Accept", "Verdict of allowed packets in the mangle table"),
  iptablesMarkMask: row(markMask, 0xffff_0000, "Bits of the packet mark that belong to the agent"),
  iptablesNATOutgoingInterfaceFilter: row(ifaceFilter, undefined, "Masquerade only what leaves by these interfaces"),
  iptablesPostWriteCheckInterval: row(duration, "5s", "Wait before rules just written are read back"),
  iptablesRefreshInterval: row(duration, "3m0s", "Time between full looks at the rules; 0 off"),
  kubeNodePortRanges: row(z.array(numericPort).max(7), ["30000:32767"], "Node ports, where kube-proxy runs ipvs"),

  nftablesFilterAllowAction: row(allow, "Accept", "Verdict of allowed packets in filter chains"),
  nftablesFilterDenyAction: row(deny, "Drop", "Verdict of denied packets"),
  nftablesMangleAllowAction: row(allow, "Accept", "Verdict of allowed packets in mangle chains"),
  nftablesMarkMask: row(markMask, 0xffff_0000, "Bits of the packet mark that belong to the agent"),
  nftablesRefreshInterval: row(interval, "3m0s", "Time between full looks at the rules; 0 off"),

  genericXDPEnabled: row(bool, false, "Allow XDP on drivers without support of their own"),
  xdpEnabled: row(bool, true, "Drop what untracked policy denies in XDP"),
  xdpRefreshInterval: row(duration, "1m30s", "Time between full looks at XDP; 0 off"),

  vxlanEnabled: row(bool, undefined, "Make the VXLAN device or not; unset: as the pools need"),
  vxlanMTU: row(mtu, 0, "MTU of the IPv4 VXLAN device; 0 from the node's interfaces"),
  vxlanMTUV6: row(mtu, 0, "MTU of the IPv6 VXLAN device; 0 from the node's interfaces", "VXLAN MTU v6"),
  vxlanPort: row(realPort, 4789, "UDP port of VXLAN"),
  vxlanVNI: row(intFrom(0, 0xff_ffff), 4096, "VNI of VXLAN"),
  ipipEnabled: row(bool, undefined, "Make the IPIP device or not; unset: as the pools need"),
  ipipMTU: row(mtu, 0, "MTU of the IPIP device; 0 from the node's interfaces"),

  wireguardEnabled: row(bool, false, "Encrypt IPv4 between nodes"),
  wireguardEnabledV6: row(bool, false, "Encrypt IPv6 between nodes"),
  wireguardHostEncryptionEnabled: row(bool, false, "Encrypt the nodes' own packets too"),
  wireguardInterfaceName: row(linkName, "wireguard.cali", "IPv4 device"),
  wireguardInterfaceNameV6: row(linkName, "wg-v6.cali", "IPv6 device"),
  wireguardListeningPort: row(realPort, 51820, "UDP port for IPv4"),
  wireguardListeningPortV6: row(realPort, 51821, "UDP port for IPv6"),
  wireguardMTU: row(mtu, 0, "MTU of the IPv4 device; 0 from the node's interfaces"),
  wireguardMTUV6: row(mtu, 0, "MTU of the IPv6 device; 0 from the node's interfaces", "Wireguard MTU v6"),
  wireguardKeepAlive: row(duration, "0s", "Time between keepalives; 0 none"),
  wireguardRoutingRulePriority: row(intFrom(1, 32765), 99, "Priority of the routing rule"),
  wireguardThreadingEnabled: row(bool, false, "Spread decryption over threads"),
} as const;

function isNumeric(value: number | string): boolean {
  try {
    return parsePort(value).kind === "range";
  } catch {
    return true; // reported as no port at all
  }
}
