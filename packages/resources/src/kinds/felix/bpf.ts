/** Felix parameters of the eBPF dataplane. */
import * as z from "zod";
import { anyCase, cidr, port, regexp } from "../../scalars/schemas.ts";
import { anyPort, bool, duration, intFrom, matching, onOff, row } from "./row.ts";

/** The kernel counts a map's entries in 32 bits. */
const MAX_ENTRIES = 0xffff_ffff;
const size = intFrom(1, MAX_ENTRIES);
const timer = matching(/^(([0-9]*(\.[0-9]*)?(ms|s|h|m|us)+)+|Auto)$/, "a duration or Auto (the kernel's own timer)");

const timeouts = z.strictObject({
  creationGracePeriod: timer
    .meta({ title: "Grace period", description: "Age a connection must have before it can be cleaned up." })
    .optional(),
  tcpSynSent: timer
    .meta({ title: "TCP, SYN sent", description: "Timeout of a TCP connection that nobody answered." })
    .optional(),
  tcpEstablished: timer
    .meta({ title: "TCP, established", description: "Timeout of an idle TCP connection." })
    .optional(),
  tcpFinsSeen: timer
    .meta({ title: "TCP, FINs seen", description: "Timeout of a TCP connection that both sides closed." })
    .optional(),
  tcpResetSeen: timer
    .meta({ title: "TCP, reset seen", description: "Timeout of a TCP connection that was reset." })
    .optional(),
  udpTimeout: timer.meta({ title: "UDP", description: "Timeout of an idle UDP exchange." }).optional(),
  genericTimeout: timer
    .meta({ title: "Other protocols", description: "Timeout of an idle exchange of another protocol." })
    .optional(),
  icmpTimeout: timer.meta({ title: "ICMP", description: "Timeout of an idle ICMP exchange." }).optional(),
});

export const bpfRows = {
  bpfAttachType: row(
    "Attach type",
    z.enum(["TC", "TCX", "Netkit"]),
    "Netkit",
    "How programs are attached to interfaces",
  ),
  bpfCTLBLogFilter: row(
    "Log connect-time balancing",
    z.enum(["all"]),
    undefined,
    "Log the connect-time load balancer when log filters are set",
  ),
  bpfConnectTimeLoadBalancing: row(
    "Connect-time load balancing",
    z.enum(["TCP", "Enabled", "Disabled"]),
    "TCP",
    "Choose a service's endpoint when a process connects",
  ),
  bpfConnectTimeLoadBalancingEnabled: row(
    "Connect-time load balancing, old switch",
    bool,
    undefined,
    "Deprecated: sets bpfConnectTimeLoadBalancing and bpfHostNetworkedNATWithoutCTLB",
  ),
  bpfConntrackMode: row(
    "Conntrack clean-up",
    z.enum(["Auto", "Userspace", "BPFProgram"]),
    "Auto",
    "Who cleans up old connections",
  ),
  bpfConntrackLogLevel: row(
    "Conntrack clean-up log level",
    anyCase("Off", "Debug"),
    "Off",
    "How much the clean-up program logs",
  ),
  bpfConntrackTimeouts: row(
    "Conntrack timeouts",
    timeouts,
    undefined,
    "Timeouts of idle connections, by kind; Auto: as the kernel's own tracking has it",
  ),
  bpfDSROptoutCIDRs: row(
    "Clients without DSR",
    z.array(cidr),
    undefined,
    "Clients that are answered through the node they asked",
  ),
  bpfDataIfacePattern: row(
    "Data interfaces",
    regexp,
    "^((en|wl|ww|sl|ib)[Popsx].*|(eth|wlan|wwan|bond).*)",
    "Interfaces towards the network that get programs",
  ),
  bpfDisableGROForIfaces: row("Interfaces without GRO", regexp, undefined, "Interfaces on which GRO is switched off"),
  bpfDisableUnprivileged: row("Forbid unprivileged eBPF", bool, true, "Forbid eBPF to unprivileged users"),
  bpfEnabled: row("eBPF dataplane", bool, false, "Use the eBPF dataplane"),
  bpfEnforceRPF: row(
    "Reverse path filter",
    anyCase("Disabled", "Strict", "Loose"),
    "Loose",
    "How strictly packets must come from where they could be answered",
  ),
  bpfExcludeCIDRsFromNAT: row(
    "Service addresses without NAT",
    z.array(cidr),
    undefined,
    "Service addresses left to the node",
  ),
  bpfExportBufferSizeMB: row("Event ring size", intFrom(1, 4095), 1, "Size of the event ring in MB", { unit: "MB" }),
  bpfExtToServiceConnmark: row(
    "Mark on outside connections",
    intFrom(0, 0xffff_ffff),
    0,
    "Mark on connections from outside to services",
  ),
  bpfExternalServiceMode: row(
    "External service mode",
    anyCase("Tunnel", "DSR"),
    "Tunnel",
    "Way back of packets from services to the outside",
  ),
  bpfForceTrackPacketsFromIfaces: row(
    "Interfaces the kernel tracks",
    z.array(matching(/^[a-zA-Z0-9:._+-]{1,15}$/, "an interface name, + at its end for any suffix")),
    ["docker+"],
    "Interfaces whose packets the kernel tracks as well",
  ),
  bpfHostConntrackBypass: row("Bypass kernel conntrack", bool, false, "Keep packets away from the kernel's tracking"),
  bpfHostNetworkedNATWithoutCTLB: row(
    "NAT for node processes",
    onOff,
    "Enabled",
    "Translate services for the node's own processes without the connect-time balancer",
  ),
  bpfIPFragTimeout: row(
    "IP fragment timeout",
    duration,
    "0s",
    "Time to wait for missing fragments; 0 as the kernel does",
  ),
  bpfIPFragmentReassemblyEnabled: row(
    "IP fragment reassembly",
    bool,
    true,
    "Load the reassembly program (kernels after 5.10)",
  ),
  bpfJITHardening: row(
    "JIT hardening",
    z.enum(["Auto", "Strict"]),
    "Auto",
    "Auto: lower JIT hardening from 2 to 1, which the programs need to be fast",
  ),
  bpfKubeProxyHealthzPort: row("Service health port", anyPort, 10256, "Port of the service health server; 0 off", {
    unit: "TCP",
  }),
  bpfKubeProxyIptablesCleanupEnabled: row("Remove kube-proxy's rules", bool, true, "Remove kube-proxy's rules"),
  bpfKubeProxyMinSyncPeriod: row("Service sync interval", duration, "1s", "Least time between updates of services"),
  bpfL3IfacePattern: row("Layer 3 interfaces", regexp, undefined, "More layer-3 interfaces that get programs"),
  bpfLogFilters: row(
    "Log filters",
    z.record(z.string(), z.string()),
    undefined,
    "Interface (or all, weps, heps) to a pcap filter: only these packets are logged",
  ),
  bpfLogLevel: row("eBPF log level", anyCase("Off", "Info", "Debug"), "Off", "How much the programs log"),
  bpfMaglevMaxEndpointsPerService: row(
    "Maglev endpoints per service",
    intFrom(1, 3000),
    100,
    "Largest number of endpoints of a service with consistent hashing",
  ),
  bpfMaglevMaxServices: row(
    "Maglev services",
    intFrom(1, 3000),
    100,
    "Largest number of services with consistent hashing",
  ),
  bpfMapSizeConntrack: row("Map size, conntrack", size, 512_000, "Connections the map holds", { unit: "entries" }),
  bpfMapSizeConntrackCleanupQueue: row(
    "Map size, conntrack clean-up",
    size,
    100_000,
    "Connections queued for clean-up",
    { unit: "entries" },
  ),
  bpfMapSizeConntrackScaling: row(
    "Conntrack map grows",
    anyCase("Disabled", "DoubleIfFull"),
    "DoubleIfFull",
    "Whether a full connection map grows",
  ),
  bpfMapSizeIPSets: row("Map size, IP sets", size, 1_048_576, "Members of all address sets", { unit: "entries" }),
  bpfMapSizeIfState: row("Map size, interfaces", size, 1000, "Interfaces", { unit: "entries" }),
  bpfMapSizeNATAffinity: row("Map size, NAT affinities", size, 65_536, "Client affinities of services", {
    unit: "entries",
  }),
  bpfMapSizeNATBackend: row("Map size, NAT backends", size, 262_144, "Endpoints of services", { unit: "entries" }),
  bpfMapSizeNATFrontend: row("Map size, NAT frontends", size, 65_536, "Addresses of services", { unit: "entries" }),
  bpfMapSizePerCpuConntrack: row(
    "Map size, conntrack per CPU",
    intFrom(0, MAX_ENTRIES),
    0,
    "Connections per CPU, instead of bpfMapSizeConntrack; 0 off",
    { unit: "entries" },
  ),
  bpfMapSizeRoute: row("Map size, routes", size, 262_144, "Routes", { unit: "entries" }),
  bpfOverlayHostSourceIP: row(
    "Source IP over the overlay",
    z.enum(["TunnelAddress", "HostAddress"]),
    "TunnelAddress",
    "Source address of the node's own packets over the overlay",
  ),
  bpfPSNATPorts: row("Ports for source NAT", port, "20000:29999", "Source ports used when two connections collide"),
  bpfPolicyDebugEnabled: row("Policy debug data", bool, true, "Keep what is needed to explain policy programs"),
  bpfProfiling: row("Profiling", onOff, "Disabled", "Measure programs"),
  bpfRedirectToPeer: row(
    "Redirect to peer",
    z.enum(["Enabled", "Disabled", "L2Only"]),
    "Enabled",
    "Hand packets straight into the pod; L2Only is an old name of Enabled",
  ),
} as const;
