import { describe, expect, test } from "vitest";
import { WorkloadEndpoint, parseWorkloadEndpointName, prepareObject, workloadEndpointName } from "../index.ts";
import { faultsOf, objectWith, specOf } from "../testdata/cases.ts";

const v4 = { cidr: "10.48.0.0/16" };
const v6 = { cidr: "fd00:10::/48" };
const loadBalancer = { ...v4, allowedUses: ["LoadBalancer"] };

describe("an IP pool", () => {
  test.each<[name: string, spec: object, expected: string[]]>([
    ["needs a CIDR", {}, ["cidr: Required"]],
    ["needs a good CIDR", { cidr: "10.48.0.0/33" }, ["cidr: Invalid"]],
    ["has no host bits", { cidr: "10.48.0.1/16" }, ["cidr: Invalid"]],
    ["has IPv4 blocks of 20..32", { ...v4, blockSize: 19 }, ["blockSize: Invalid"]],
    ["has IPv6 blocks of 116..128", { ...v6, blockSize: 64 }, ["blockSize: Invalid"]],
    ["is as large as a block", { cidr: "10.48.0.0/27" }, ["cidr: Invalid"]],
    ["is as large as a block unless disabled", { cidr: "10.48.0.0/27", disabled: true }, []],
    ["may be one block", { cidr: "10.48.0.0/30", blockSize: 30 }, []],
    ["has one overlay", { ...v4, ipipMode: "Always", vxlanMode: "CrossSubnet" }, ["vxlanMode: Forbidden"]],
    ["has no IPIP over IPv6", { ...v6, ipipMode: "Always" }, ["ipipMode: Forbidden"]],
    ["for load balancers is not tunnelled", { ...loadBalancer, ipipMode: "Always" }, ["ipipMode: Forbidden"]],
    ["for load balancers is not in VXLAN", { ...loadBalancer, vxlanMode: "Always" }, ["vxlanMode: Forbidden"]],
    ["for load balancers is exported", { ...loadBalancer, disableBGPExport: true }, ["disableBGPExport: Forbidden"]],
    [
      "for load balancers is for nothing else",
      { ...v4, allowedUses: ["LoadBalancer", "Workload"] },
      ["allowedUses: Forbidden"],
    ],
    ["for load balancers is for all nodes", { ...loadBalancer, nodeSelector: "has(a)" }, ["nodeSelector: Invalid"]],
    [
      "for tunnels has no namespaces",
      { ...v4, namespaceSelector: "has(a)", allowedUses: ["Tunnel"] },
      ["namespaceSelector: Forbidden"],
    ],
    ["for workloads may have namespaces", { ...v4, namespaceSelector: "has(a)", allowedUses: ["Workload"] }, []],
    ["knows no global()", { ...v4, nodeSelector: "global()" }, ["nodeSelector: Invalid"]],
    ["keeps off IPv4 link-local", { cidr: "169.254.8.0/24" }, ["cidr: Invalid"]],
    ["keeps off what holds link-local", { cidr: "169.0.0.0/8" }, ["cidr: Invalid"]],
    ["keeps off IPv6 link-local", { cidr: "fe80::/64" }, ["cidr: Invalid"]],
    ["has each use once", { ...v4, allowedUses: ["Tunnel", "Tunnel"] }, ["allowedUses[1]: Duplicate"]],
  ])("%s", (_, spec, expected) => {
    expect(faultsOf("IPPool", spec)).toEqual(expected);
  });

  test("is stored with its CIDR in canonical text and every default", () => {
    expect(specOf("IPPool", { cidr: "FD00:0010:0::/48" })).toEqual({
      cidr: "fd00:10::/48",
      blockSize: 122,
      ipipMode: "Never",
      vxlanMode: "Never",
      natOutgoing: false,
      disabled: false,
      disableBGPExport: false,
      nodeSelector: "all()",
      allowedUses: ["Workload", "Tunnel"],
      assignmentMode: "Automatic",
    });
  });

  test.each<[name: string, old: object, spec: object, expected: string[]]>([
    ["keeps its CIDR", v4, { cidr: "10.49.0.0/16" }, ["cidr: Invalid"]],
    ["may spell its CIDR differently", v6, { cidr: "fd00:0010::0/48" }, []],
    ["keeps its block size", v4, { ...v4, blockSize: 27 }, ["blockSize: Invalid"]],
    ["may name its block size", v4, { ...v4, blockSize: 26 }, []],
    ["stays for load balancers", loadBalancer, { ...v4, allowedUses: ["Workload"] }, ["allowedUses: Invalid"]],
    ["may be disabled", v4, { ...v4, disabled: true }, []],
  ])("%s on update", (_, old, spec, expected) => {
    expect(faultsOf("IPPool", spec, { old })).toEqual(expected);
  });
});

test("a pool is for workloads and tunnels unless it says otherwise, with a namespaceSelector for workloads", () => {
  const usesOf = (spec: object): unknown =>
    (specOf("IPPool", { cidr: "10.0.0.0/16", ...spec }) as { allowedUses: unknown }).allowedUses;
  expect(usesOf({})).toEqual(["Workload", "Tunnel"]);
  expect(usesOf({ allowedUses: [] })).toEqual(["Workload", "Tunnel"]);
  expect(usesOf({ namespaceSelector: "has(a)" })).toEqual(["Workload"]);
  expect(usesOf({ namespaceSelector: "" })).toEqual(["Workload", "Tunnel"]);
});

describe("BGP configuration", () => {
  const cidr = [{ cidr: "10.0.0.0/24" }];
  test.each<[name: string, object: string, spec: object, expected: string[]]>([
    ["may be empty", "default", {}, []],
    [
      "keeps cluster-wide fields in default",
      "node.n1",
      {
        asNumber: 64512,
        nodeToNodeMeshEnabled: true,
        serviceClusterIPs: cidr,
        serviceExternalIPs: cidr,
        serviceLoadBalancerIPs: cidr,
        nodeMeshPassword: {},
        nodeMeshMaxRestartTime: "1m",
      },
      [
        "nodeToNodeMeshEnabled",
        "asNumber",
        "serviceLoadBalancerIPs",
        "serviceExternalIPs",
        "serviceClusterIPs",
        "nodeMeshPassword",
        "nodeMeshMaxRestartTime",
      ].map((key) => `${key}: Invalid`),
    ],
    ["takes AS numbers in three spellings", "default", { asNumber: "1.10" }, []],
    ["refuses other AS numbers", "default", { asNumber: "65536.1" }, ["asNumber: TypeInvalid"]],
    ["takes severities in any case", "default", { logSeverityScreen: "dEBUG" }, []],
    ["takes no other severity", "default", { logSeverityScreen: "Loud" }, ["logSeverityScreen: Invalid"]],
    [
      "has masked service CIDRs",
      "default",
      { serviceClusterIPs: [{ cidr: "10.0.0.1/24" }] },
      ["serviceClusterIPs[0].cidr: Invalid"],
    ],
    [
      "has no mesh settings without mesh",
      "default",
      { nodeToNodeMeshEnabled: false, nodeMeshPassword: {}, nodeMeshMaxRestartTime: "1m" },
      ["nodeMeshPassword: Invalid", "nodeMeshMaxRestartTime: Invalid"],
    ],
    [
      "has communities for prefixes",
      "default",
      { communities: [{ name: "a", value: "1:2" }] },
      ["communities: Invalid"],
    ],
    [
      "knows community values",
      "default",
      {
        communities: [
          { name: "a", value: "65536:1" },
          { name: "b", value: "65536:1:1" },
        ],
        prefixAdvertisements: [{ cidr: "10.0.0.0/8", communities: ["b"] }],
      },
      ["communities[0].value: Invalid"],
    ],
    [
      "names communities it has",
      "default",
      { prefixAdvertisements: [{ cidr: "10.0.0.0/8", communities: ["a", "1:2"] }] },
      ["prefixAdvertisements[0].communities[0]: Invalid"],
    ],
    [
      "ignores some interfaces, not all",
      "default",
      { ignoredInterfaces: ["eth*", "*"] },
      ["ignoredInterfaces[1]: Invalid"],
    ],
    ["listens on a port", "default", { listenPort: 65536 }, ["listenPort: Invalid"]],
    [
      "peers with workloads in each family",
      "default",
      { localWorkloadPeeringIPV4: "fd00::1", localWorkloadPeeringIPV6: "10.0.0.1" },
      ["localWorkloadPeeringIPV4: Invalid", "localWorkloadPeeringIPV6: Invalid"],
    ],
    [
      "has metrics the kernel takes",
      "default",
      { ipv4NormalRoutePriority: -1, ipv6NormalRoutePriority: 2147483647 },
      ["ipv4NormalRoutePriority: Invalid", "ipv6NormalRoutePriority: Invalid"],
    ],
  ])("%s", (_, name, spec, expected) => {
    expect(faultsOf("BGPConfiguration", spec, { name })).toEqual(expected);
  });

  test("stores AS numbers as numbers and durations as Go spells them", () => {
    expect(specOf("BGPConfiguration", { asNumber: "1.10", nodeMeshMaxRestartTime: "90s" })).toEqual({
      logSeverityScreen: "Info",
      serviceLoadBalancerAggregation: "Enabled",
      asNumber: 65546,
      nodeMeshMaxRestartTime: "1m30s",
    });
  });
});

describe("a BGP peer", () => {
  test.each<[name: string, spec: object, expected: string[]]>([
    ["is for one node or a selection", { node: "a", nodeSelector: "all()" }, ["node: Forbidden"]],
    ["has an address or a selection", { peerIP: "192.0.2.1", peerSelector: "all()" }, ["peerIP: Forbidden"]],
    ["has no AS number with a selection", { peerSelector: "all()", asNumber: 1 }, ["asNumber: Forbidden"]],
    [
      "with workloads has no address",
      { localWorkloadSelector: "all()", peerIP: "192.0.2.1", asNumber: 1 },
      ["peerIP: Forbidden"],
    ],
    [
      "with workloads has no peers",
      { localWorkloadSelector: "all()", peerSelector: "all()", asNumber: 1 },
      ["asNumber: Forbidden", "peerSelector: Forbidden"],
    ],
    ["with workloads has an AS number", { localWorkloadSelector: "all()" }, ["asNumber: Invalid"]],
    ["is reached somewhere", { reachableBy: "192.0.2.1" }, ["reachableBy: Forbidden"]],
    ["is reached in its own family", { peerIP: "192.0.2.1", reachableBy: "fd00::1" }, ["reachableBy: Invalid"]],
    ["has one next-hop mode", { keepOriginalNextHop: true, nextHopMode: "Keep" }, ["keepOriginalNextHop: Forbidden"]],
    ["takes a port", { peerIP: "192.0.2.1:1790" }, []],
    ["takes an IPv6 port in brackets", { peerIP: "[2001:db8::1]:1790" }, []],
    ["refuses port 0", { peerIP: "192.0.2.1:0" }, ["peerIP: Invalid"]],
    ["refuses brackets around IPv4", { peerIP: "[192.0.2.1]:179" }, ["peerIP: Invalid"]],
    ["refuses names", { peerIP: "router" }, ["peerIP: Invalid"]],
    ["counts hops in a byte", { ttlSecurity: 256 }, ["ttlSecurity: Invalid"]],
    ["sends keepalives within the hold time", { keepaliveTime: "100h" }, ["keepaliveTime: Invalid"]],
    ["sends keepalives at all", { keepaliveTime: "0s" }, ["keepaliveTime: Invalid"]],
    ["tells its restart time in 12 bits", { maxRestartTime: "1h8m16s" }, ["maxRestartTime: Invalid"]],
    ["needs no interface to be reached", { peerIP: "fe80::1" }, ["peerIP: Invalid"]],
    ["is one machine", { peerIP: "224.0.0.5" }, ["peerIP: Invalid"]],
    ["is reached through one", { peerIP: "2001:db8::1", reachableBy: "fe80::1" }, ["reachableBy: Invalid"]],
  ])("%s", (_, spec, expected) => {
    expect(faultsOf("BGPPeer", spec)).toEqual(expected);
  });
});

describe("Felix configuration", () => {
  test.each<[name: string, object: string, spec: object, expected: string[]]>([
    ["selects nodes by an object of its own", "default", { nodeSelector: "all()" }, ["nodeSelector: Forbidden"]],
    ["selects nodes elsewhere than in node.*", "node.a", { nodeSelector: "all()" }, ["nodeSelector: Forbidden"]],
    ["selects nodes", "edge", { nodeSelector: "has(edge)" }, []],
    ["has enums with their case", "default", { nftablesMode: "enabled" }, ["nftablesMode: NotSupported"]],
    ["has some enums in any case", "default", { chainInsertMode: "APPEND", iptablesFilterDenyAction: "" }, []],
    [
      "has durations",
      "default",
      { netlinkTimeout: "soon", iptablesLockProbeInterval: "-1s" },
      ["netlinkTimeout: Invalid", "iptablesLockProbeInterval: Invalid"],
    ],
    ["looks at the rules after a second", "default", { nftablesRefreshInterval: "1s" }, []],
    ["looks at the rules after weeks", "default", { nftablesRefreshInterval: "596h31m23s" }, []],
    ["never looks at the rules", "default", { nftablesRefreshInterval: "0" }, []],
    ...["1ms", "999ms", "0.5ms", "596h31m24s", "2562047h", "soon"].map(
      (nftablesRefreshInterval): [string, string, object, string[]] => [
        `looks at the rules no oftener nor later than timers can: ${nftablesRefreshInterval}`,
        "default",
        { nftablesRefreshInterval },
        ["nftablesRefreshInterval: Invalid"],
      ],
    ),
    ["has ports", "default", { healthPort: 65536, debugPort: -1 }, ["healthPort: Invalid", "debugPort: Invalid"]],
    ["has masks of at least eight bits", "default", { nftablesMarkMask: 0x7f00 }, ["nftablesMarkMask: Invalid"]],
    ["has regular expressions that compile", "default", { bpfDataIfacePattern: "(" }, ["bpfDataIfacePattern: Invalid"]],
    [
      "has failsafe ports",
      "default",
      {
        failsafeInboundHostPorts: [
          { protocol: "ICMP", port: 1 },
          { protocol: "tcp", port: 22, net: "10.0.0.1/8" },
          { port: 80 },
        ],
      },
      ["failsafeInboundHostPorts[0].protocol: Invalid", "failsafeInboundHostPorts[1].net: Invalid"],
    ],
    [
      "has one way to name route tables",
      "default",
      { routeTableRange: { min: 1, max: 250 }, routeTableRanges: [] },
      ["routeTableRange: Forbidden"],
    ],
    [
      "has route tables in order",
      "default",
      { routeTableRanges: [{ min: 5, max: 4 }] },
      ["routeTableRanges[0]: Invalid"],
    ],
    [
      "has at most 65535 route tables",
      "default",
      { routeTableRanges: [{ min: 1, max: 65536 }] },
      ["routeTableRanges: Invalid"],
    ],
    [
      "has source addresses per family",
      "default",
      { natOutgoingAddress: "fd00::1", deviceRouteSourceAddress: "x", deviceRouteSourceAddressIPv6: "10.0.0.1" },
      ["deviceRouteSourceAddress: Invalid", "deviceRouteSourceAddressIPv6: Invalid", "natOutgoingAddress: Invalid"],
    ],
    [
      "has numbered node ports",
      "default",
      { kubeNodePortRanges: ["30000:32767", "http"] },
      ["kubeNodePortRanges[1]: Invalid"],
    ],
    [
      "has at most seven node port ranges",
      "default",
      { kubeNodePortRanges: [1, 2, 3, 4, 5, 6, 7, 8] },
      ["kubeNodePortRanges: TooMany"],
    ],
    [
      "has IPv4 external nodes",
      "default",
      { externalNodesList: ["192.0.2.1", "fd00::1"] },
      ["externalNodesList[1]: Invalid"],
    ],
    ["has a region that is a label", "default", { openstackRegion: "a".repeat(47) }, ["openstackRegion: Invalid"]],
    [
      "has timers",
      "default",
      { bpfConntrackTimeouts: { tcpSynSent: "Auto", udpTimeout: "60" } },
      ["bpfConntrackTimeouts.udpTimeout: Invalid"],
    ],
    [
      "has log rates",
      "default",
      { logActionRateLimit: "0/minute", logPrefix: "a;b" },
      ["logActionRateLimit: Invalid", "logPrefix: Invalid"],
    ],
    [
      "has expressions in RE2's syntax",
      "default",
      { mtuIfacePattern: "(?i)eth", bpfDataIfacePattern: "a(?=b)", bpfL3IfacePattern: "(a)\\1" },
      ["bpfDataIfacePattern: Invalid", "bpfL3IfacePattern: Invalid"],
    ],
    [
      "has interfaces by name, prefix and expression",
      "default",
      { interfaceExclude: "kube-ipvs0,/^docker.*/,/(?=x)/", interfacePrefix: "cali,/x/" },
      ["interfaceExclude: Invalid", "interfacePrefix: Invalid"],
    ],
    [
      "has durations that Go's 64 bits hold, in milliseconds or more",
      "default",
      { netlinkTimeout: "2562047h", reportingTTL: "2562048h", reportingInterval: "5us" },
      ["reportingInterval: Invalid", "reportingTTL: Invalid"],
    ],
    [
      "has sizes and numbers that the kernel can count",
      "default",
      { vxlanPort: 65536, vxlanVNI: 2 ** 24, vxlanMTU: -1, bpfMapSizeRoute: -1, deviceRouteProtocol: 256 },
      [
        "deviceRouteProtocol: Invalid",
        "vxlanMTU: Invalid",
        "vxlanPort: Invalid",
        "vxlanVNI: Invalid",
        "bpfMapSizeRoute: Invalid",
      ],
    ],
    ["knows its fields", "default", { bpfEnable: true }, ["bpfEnable: Forbidden"]],
  ])("%s", (_, name, spec, expected) => {
    expect(faultsOf("FelixConfiguration", spec, { name })).toEqual(expected);
  });

  test("accepts fractions of a second", () => {
    expect(specOf("FelixConfiguration", { netlinkTimeout: "1.5s" })).toMatchObject({ netlinkTimeout: "1.5s" });
  });

  test.each([
    [true, "Enabled"],
    [false, "Disabled"],
  ])("the deprecated connect-time switch (%s) sets both fields it stood for", (old, mode) => {
    expect(specOf("FelixConfiguration", { bpfConnectTimeLoadBalancingEnabled: old })).toMatchObject({
      bpfConnectTimeLoadBalancing: mode,
      bpfHostNetworkedNATWithoutCTLB: "Disabled",
    });
  });
});

describe("IPAM kinds", () => {
  test.each<[kind: string, spec: object, expected: string[]]>([
    ["IPAMConfiguration", {}, []],
    ["IPAMConfiguration", { autoAllocateBlocks: false }, ["autoAllocateBlocks: Invalid"]],
    ["IPAMConfiguration", { maxBlocksPerHost: 5 }, ["maxBlocksPerHost: Invalid"]],
    [
      "IPAMConfiguration",
      { strictAffinity: true, maxBlocksPerHost: 5, ipCooldownSeconds: 1201 },
      ["ipCooldownSeconds: Invalid"],
    ],
    ["BlockAffinity", { state: "confirmed", node: "a", cidr: "10.0.0.0/26", deleted: true }, ["deleted: Invalid"]],
    [
      "BlockAffinity",
      { state: "gone", node: "", cidr: "x" },
      ["state: NotSupported", "node: Invalid", "cidr: Invalid"],
    ],
    ["IPAMHandle", { handleID: "H", block: { "10.0.0.0/26": 2 } }, []],
    [
      "IPAMBlock",
      {
        cidr: "10.0.0.0/30",
        allocations: [0, null, 1, null],
        unallocated: [3, 1],
        attributes: [{ handle_id: "h", secondary: { node: "a" } }, { releasedAt: "2026-08-01T10:05:00Z" }],
        affinity: "host:a",
      },
      [],
    ],
    [
      "IPAMBlock",
      { cidr: "10.0.0.0/30", allocations: [], unallocated: [], attributes: [], affinity: "a" },
      ["affinity: Invalid"],
    ],
    ["ClusterInformation", { clusterGUID: "xyz" }, ["clusterGUID: Invalid"]],
  ])("%s %j", (kind, spec, expected) => {
    expect(faultsOf(kind, spec)).toEqual(expected);
  });
});

test("a node has no empty BGP section, and addresses of the right family", () => {
  expect(faultsOf("Node", { bgp: {} })).toEqual(["bgp: Invalid"]);
  expect(faultsOf("Node", { bgp: { ipv4Address: "192.0.2.1/24", ipv6Address: "192.0.2.1/24" } })).toEqual([
    "bgp.ipv6Address: Invalid",
  ]);
});

describe("a workload endpoint", () => {
  const spec = { orchestrator: "k8s", node: "node-1", pod: "web-0", endpoint: "eth0" };
  const name = "node--1-k8s-web--0-eth0";
  test.each<[orchestrator: string, expected: string]>([
    ["k8s", "node--1-k8s-web--0-eth0"],
    ["cni", "node--1-cni-c1-eth0"],
    ["libnetwork", "node--1-libnetwork-libnetwork-eth0"],
    ["openstack", "node--1-openstack-vm--a-eth0"],
  ])("of %s is called %s", (orchestrator, expected) => {
    const parts = { ...spec, orchestrator, containerID: "c1", workload: "vm-a" };
    expect(workloadEndpointName(parts)).toEqual({ name: expected });
    expect(parseWorkloadEndpointName(expected)).toMatchObject({ orchestrator, node: "node-1", endpoint: "eth0" });
  });

  test("takes the computed name, and labels that the system sets", () => {
    const raw = {
      ...objectWith("WorkloadEndpoint", { ...spec, serviceAccountName: "api" }),
      metadata: { namespace: "shop", labels: { a: "1", "projectcalico.org/namespace": "fake" } },
    };
    const result = prepareObject(WorkloadEndpoint, raw, { operation: "create" });
    expect("object" in result && result.object.metadata).toEqual({
      name,
      namespace: "shop",
      labels: {
        a: "1",
        "projectcalico.org/namespace": "shop",
        "projectcalico.org/orchestrator": "k8s",
        "projectcalico.org/serviceaccount": "api",
      },
    });
  });

  test.each<[name: string, extra: object, expected: string[]]>([
    ["has an interface that can exist", { interfaceName: "cali 1" }, ["interfaceName: Invalid"]],
    ["has one interface, not all", { interfaceName: "*" }, ["interfaceName: Invalid"]],
    ["has an interface that is no path", { interfaceName: ".." }, ["interfaceName: Invalid"]],
    ["has single addresses", { ipNetworks: ["10.0.0.0/24"] }, ["ipNetworks[0]: Invalid"]],
    [
      "has NAT inside its addresses",
      { ipNetworks: ["10.0.0.1/32"], ipNATs: [{ internalIP: "10.0.0.2", externalIP: "192.0.2.1" }] },
      ["ipNATs[0].internalIP: Invalid"],
    ],
    [
      "has NAT in one family",
      { ipNetworks: ["10.0.0.1/32"], ipNATs: [{ internalIP: "10.0.0.1", externalIP: "fd00::1" }] },
      ["ipNATs[0]: Invalid"],
    ],
    ["has ports with names", { ports: [{ protocol: "TCP", port: 80 }] }, ["ports[0].name: Invalid"]],
    ["has host ports without", { ports: [{ protocol: "TCP", port: 80, hostPort: 8080 }] }, []],
    [
      "has ports of protocols that have them",
      { ports: [{ name: "a", protocol: "ICMP", port: 80 }] },
      ["ports[0].protocol: Invalid"],
    ],
    ["has parts that can be told apart", { pod: "-web" }, ["pod: Invalid"]],
    ["has a MAC", { mac: "ee:ee" }, ["mac: Invalid"]],
  ])("%s", (_, extra, expected) => {
    expect(faultsOf("WorkloadEndpoint", { ...spec, ...extra }, { name })).toEqual(expected);
  });

  test("called otherwise is refused", () => {
    expect(faultsOf("WorkloadEndpoint", spec, { name: "web" })).toEqual(["metadata.name: Invalid"]);
  });
});
