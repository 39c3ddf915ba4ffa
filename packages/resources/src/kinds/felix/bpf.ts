/** Felix parameters of the eBPF dataplane. */
import { z } from "zod";
import { anyCase, cidr, port, regexp } from "../../scalars/schemas.ts";
import { anyPort, bool, duration, intFrom, matching, onOff, row } from "./row.ts";

/** The kernel counts a map's entries in 32 bits. */
const MAX_ENTRIES = 0xffff_ffff;
const size = intFrom(1, MAX_ENTRIES);
const timer = matching(/^(([0-9]*(\.[0-9]*)?(ms|s|h|m|us)+)+|Auto)$/, "a duration or Auto (the kernel's own timer)");

const timeouts = z.strictObject({
  creationGracePeriod: timer.describe("Life of a connection before it can be cleaned up.").optional(),
  tcpSynSent: timer.describe("Life of a TCP connection that nobody answered.").optional(),
  tcpEstablished: timer.describe("Life of an idle TCP connection.").optional(),
  tcpFinsSeen: timer.describe("Life of a TCP connection both sides closed.").optional(),
  tcpResetSeen: timer.describe("Life of a TCP connection that was reset.").optional(),
  udpTimeout: timer.describe("Life of an idle UDP exchange.").optional(),
  genericTimeout: timer.describe("Life of an idle exchange of another protocol.").optional(),
  icmpTimeout: timer.describe("Life of an idle ICMP exchange.").optional(),
});

export const bpfRows = {
  bpfAttachType: row(z.enum(["TC", "TCX", "Netkit"]), "Netkit", "How programs are attached to interfaces"),
  bpfCTLBLogFilter: row(z.enum(["all"]), undefined, "Log the connect-time load balancer when log filters are set"),
  bpfConnectTimeLoadBalancing: row(
    z.enum(["TCP", "Enabled", "Disabled"]),
    "TCP",
    "Choose a service's endpoint when a process connects",
  ),
  bpfConnectTimeLoadBalancingEnabled: row(
    bool,
    undefined,
    "Deprecated: sets bpfConnectTimeLoadBalancing and bpfHostNetworkedNATWithoutCTLB",
  ),
  bpfConntrackMode: row(z.enum(["Auto", "Userspace", "BPFProgram"]), "Auto", "Who cleans up old connections"),
  bpfConntrackLogLevel: row(anyCase("Off", "Debug"), "Off", "How much the clean-up program logs"),
  bpfConntrackTimeouts: row(
    timeouts,
    undefined,
    "Life of idle connections, by kind; Auto: as the kernel's own tracking has it",
  ),
  bpfDSROptoutCIDRs: row(z.array(cidr), undefined, "Clients that are answered through the node they asked"),
  bpfDataIfacePattern: row(
    regexp,
    "^((en|wl|ww|sl|ib)[Popsx].*|(eth|wlan|wwan|bond).*)",
    "Interfaces towards the network that get programs",
  ),
  bpfDisableGROForIfaces: row(regexp, undefined, "Interfaces on which GRO is switched off"),
  bpfDisableUnprivileged: row(bool, true, "Forbid eBPF to unprivileged users"),
  bpfEnabled: row(bool, false, "Use the eBPF dataplane"),
  bpfEnforceRPF: row(
    anyCase("Disabled", "Strict", "Loose"),
    "Loose",
    "How strictly packets must come from where they could be answered",
  ),
  bpfExcludeCIDRsFromNAT: row(z.array(cidr), undefined, "Service addresses left to the node"),
  bpfExportBufferSizeMB: row(intFrom(1, 4095), 1, "Size of the event ring in MB"),
  bpfExtToServiceConnmark: row(intFrom(0, 0xffff_ffff), 0, "Mark on connections from outside to services"),
  bpfExternalServiceMode: row(anyCase("Tunnel", "DSR"), "Tunnel", "Way back of packets from services to the outside"),
  bpfForceTrackPacketsFromIfaces: row(
    z.array(matching(/^[a-zA-Z0-9:._+-]{1,15}$/, "an interface name, + at its end for any suffix")),
    ["docker+"],
    "Interfaces whose packets the kernel tracks as well",
  ),
  bpfHostConntrackBypass: row(bool, false, "Keep packets away from the kernel's tracking"),
  bpfHostNetworkedNATWithoutCTLB: row(
    onOff,
    "Enabled",
    "Translate services for the node's own processes without the connect-time balancer",
  ),
  bpfIPFragTimeout: row(duration, "0s", "Time to wait for missing fragments; 0 as the kernel does"),
  bpfIPFragmentReassemblyEnabled: row(bool, true, "Load the reassembly program (kernels after 5.10)"),
  bpfJITHardening: row(
    z.enum(["Auto", "Strict"]),
    "Auto",
    "Auto: lower JIT hardening from 2 to 1, which the programs need to be fast",
  ),
  bpfKubeProxyHealthzPort: row(anyPort, 10256, "Port of the service health server; 0 off"),
  bpfKubeProxyIptablesCleanupEnabled: row(bool, true, "Remove kube-proxy's rules"),
  bpfKubeProxyMinSyncPeriod: row(duration, "1s", "Least time between updates of services"),
  bpfL3IfacePattern: row(regexp, undefined, "More layer-3 interfaces that get programs"),
  bpfLogFilters: row(
    z.record(z.string(), z.string()),
    undefined,
    "Interface (or all, weps, heps) to a pcap filter: only these packets are logged",
  ),
  bpfLogLevel: row(anyCase("Off", "Info", "Debug"), "Off", "How much the programs log"),
  bpfMaglevMaxEndpointsPerService: row(intFrom(1, 3000), 100, "Most endpoints of a service with consistent hashing"),
  bpfMaglevMaxServices: row(intFrom(1, 3000), 100, "Most services with consistent hashing"),
  bpfMapSizeConntrack: row(size, 512_000, "Connections the map holds"),
  bpfMapSizeConntrackCleanupQueue: row(size, 100_000, "Connections queued for clean-up"),
  bpfMapSizeConntrackScaling: row(
    anyCase("Disabled", "DoubleIfFull"),
    "DoubleIfFull",
    "Whether a full connection map grows",
  ),
  bpfMapSizeIPSets: row(size, 1_048_576, "Members of all address sets"),
  bpfMapSizeIfState: row(size, 1000, "Interfaces"),
  bpfMapSizeNATAffinity: row(size, 65_536, "Client affinities of services"),
  bpfMapSizeNATBackend: row(size, 262_144, "Endpoints of services"),
  bpfMapSizeNATFrontend: row(size, 65_536, "Addresses of services"),
  bpfMapSizePerCpuConntrack: row(
    intFrom(0, MAX_ENTRIES),
    0,
    "Connections per CPU, instead of bpfMapSizeConntrack; 0 off",
  ),
  bpfMapSizeRoute: row(size, 262_144, "Routes"),
  bpfOverlayHostSourceIP: row(
    z.enum(["TunnelAddress", "HostAddress"]),
    "TunnelAddress",
    "Source address of the node's own packets over the overlay",
  ),
  bpfPSNATPorts: row(port, "20000:29999", "Source ports used when two connections collide"),
  bpfPolicyDebugEnabled: row(bool, true, "Keep what is needed to explain policy programs"),
  bpfProfiling: row(onOff, "Disabled", "Measure programs"),
  bpfRedirectToPeer: row(
    z.enum(["Enabled", "Disabled", "L2Only"]),
    "Enabled",
    "Hand packets straight into the pod; L2Only is an old word for Enabled",
  ),
} as const;
