import { describe, expect, test } from "vitest";
import { NetworkPolicy, NetworkSet, prepareObject } from "../index.ts";
import { faultsOf, objectWith, specOf } from "../testdata/cases.ts";

type Case = readonly [name: string, rule: object, expected: readonly string[]];

const tcp = { action: "Allow", protocol: "TCP" };
const nets = (count: number): string[] => Array.from({ length: count }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);

describe("a rule", () => {
  const cases: readonly Case[] = [
    ["needs an action", {}, ["action: Required"]],
    ["has one of four actions", { action: "allow" }, ["action: NotSupported"]],
    ["may say its IP version", { action: "Pass", ipVersion: 6 }, []],
    ["knows two IP versions", { action: "Pass", ipVersion: 5 }, ["ipVersion: NotSupported"]],
    ["takes protocols by number", { action: "Allow", protocol: 255 }, []],
    ["takes protocols by number in text", { action: "Allow", protocol: "47" }, []],
    ["refuses protocol 0", { action: "Allow", protocol: 0 }, ["protocol: Invalid"]],
    ["cannot decode protocol 256", { action: "Allow", notProtocol: 256 }, ["notProtocol: TypeInvalid"]],
    ["knows protocol names in one case only", { action: "Allow", protocol: "tcp" }, ["protocol: Invalid"]],
    ["an ICMP code needs a type", { action: "Allow", protocol: "ICMP", icmp: { code: 1 } }, ["icmp.code: Invalid"]],
    ["a negated ICMP code needs a type", { action: "Allow", notICMP: { code: 1 } }, ["notICMP.code: Invalid"]],
    ["ICMP types end at 254", { action: "Allow", protocol: 1, icmp: { type: 255 } }, ["icmp.type: Invalid"]],
    ["ICMP codes end at 255", { action: "Allow", protocol: 58, icmp: { type: 1, code: 255 } }, []],
    ["icmp needs an ICMP protocol", { ...tcp, icmp: { type: 8 } }, ["icmp: Invalid"]],
    ["icmp needs a protocol", { action: "Allow", icmp: { type: 8 } }, ["icmp: Invalid"]],
    ["notICMP needs none", { action: "Allow", notICMP: { type: 8 } }, []],
    ["ICMP is IPv4", { action: "Allow", protocol: "ICMP", ipVersion: 6 }, ["ipVersion: Invalid"]],
    ["ICMPv6 is IPv6", { action: "Allow", notProtocol: 58, ipVersion: 4 }, ["ipVersion: Invalid"]],
    ["http needs TCP", { action: "Allow", protocol: "UDP", http: {} }, ["protocol: Invalid"]],
    ["http takes protocol 6", { action: "Allow", protocol: 6, http: { methods: ["GET"] } }, []],
    ["http only allows", { action: "Deny", http: {} }, ["http: Forbidden"]],
    [
      "http methods do not repeat",
      { action: "Allow", http: { methods: ["GET", "GET"] } },
      ["http.methods[1]: Invalid"],
    ],
    [
      "an http path is exact or a prefix",
      { action: "Allow", http: { paths: [{}, { exact: "/", prefix: "/" }] } },
      ["http.paths[0]: Invalid", "http.paths[1]: Invalid"],
    ],
    [
      "an http path is only a path",
      {
        action: "Allow",
        http: { paths: [{ exact: "a" }, { prefix: "/a?b" }, { prefix: "/a b" }, { exact: "/a#b" }, { exact: "/a" }] },
      },
      [0, 1, 2, 3].map((i) => `http.paths[${i}]: Invalid`),
    ],
    [
      "at most 20 http methods",
      { action: "Allow", http: { methods: Array.from({ length: 21 }, (_, i) => `M${i}`) } },
      ["http.methods: TooMany"],
    ],
    [
      "numbered ports need a protocol",
      { action: "Allow", source: { ports: [80, "http"] } },
      ["source.ports[0]: Invalid"],
    ],
    ["named ports need none", { action: "Allow", destination: { notPorts: ["http"] } }, []],
    [
      "ports need a protocol that has them",
      { action: "Allow", protocol: "ICMP", destination: { ports: ["http"] } },
      ["destination.ports: Invalid"],
    ],
    ["SCTP has ports", { action: "Allow", protocol: 132, destination: { ports: ["1:65535"] } }, []],
    [
      "UDPLite ports are not matched",
      { action: "Allow", protocol: "UDPLite", source: { notPorts: [1] } },
      ["source.notPorts: Invalid"],
    ],
    ["port 0 is refused", { ...tcp, destination: { ports: [0] } }, ["destination.ports[0]: Invalid"]],
    [
      "port 65536 cannot be decoded",
      { ...tcp, destination: { ports: [65536] } },
      ["destination.ports[0]: TypeInvalid"],
    ],
    ["a range goes up", { ...tcp, destination: { ports: ["90:80"] } }, ["destination.ports[0]: TypeInvalid"]],
    [
      "a port name has a letter",
      { ...tcp, destination: { ports: ["a-1", "8-8", "a--b", "-a", "Http", "a".repeat(16)] } },
      [1, 2, 3, 4, 5].map((i) => `destination.ports[${i}]: Invalid`),
    ],
    [
      "at most 50 ports",
      { ...tcp, destination: { ports: Array.from({ length: 51 }, (_, i) => i + 1) } },
      ["destination.ports: TooMany"],
    ],
    ["256 nets are fine", { action: "Allow", source: { nets: nets(256) } }, []],
    ["at most 256 nets", { action: "Allow", source: { nets: nets(257) } }, ["source.nets: TooMany"]],
    [
      "nets do not repeat",
      { action: "Allow", source: { nets: ["10.0.0.0/8", "10.0.0.0/8"] } },
      ["source.nets[1]: Duplicate"],
    ],
    ["a net has a prefix length", { action: "Allow", source: { nets: ["10.0.0.1"] } }, ["source.nets[0]: Invalid"]],
    ["a net has no host bits", { action: "Allow", source: { nets: ["10.0.0.1/8"] } }, ["source.nets[0]: Invalid"]],
    ["a net is a net", { action: "Allow", source: { nets: ["web"] } }, ["source.nets[0]: Invalid"]],
    [
      "nets are of one family",
      { action: "Allow", source: { nets: ["10.0.0.0/8"] }, destination: { notNets: ["fd00::/8"] } },
      [": Invalid"],
    ],
    [
      "nets agree with the IP version",
      { action: "Allow", ipVersion: 6, source: { nets: ["10.0.0.0/8"] } },
      ["source.nets[0]: Invalid"],
    ],
    [
      "not everything IPv4 can be excluded",
      { action: "Allow", source: { notNets: ["0.0.0.0/0"] } },
      ["source.notNets[0]: Invalid"],
    ],
    [
      "not everything IPv6 can be excluded",
      { action: "Allow", source: { notNets: ["0::0/0"] } },
      ["source.notNets[0]: Invalid"],
    ],
    ["everything can be named", { action: "Allow", source: { nets: ["0.0.0.0/0"] } }, []],
    ["a selector parses", { action: "Allow", source: { selector: "a ==" } }, ["source.selector: Invalid"]],
    [
      "a selector has 1024 characters",
      { action: "Allow", source: { notSelector: `a == "${"x".repeat(1024)}"` } },
      ["source.notSelector: TooLong"],
    ],
    [
      "global() is for namespaceSelector",
      { action: "Allow", source: { selector: "global()" } },
      ["source.selector: Invalid"],
    ],
    ["global() stands in namespaceSelector", { action: "Allow", source: { namespaceSelector: " global( ) " } }, []],
    [
      "global() stands alone",
      { action: "Allow", source: { namespaceSelector: "global() || has(a)" } },
      ["source.namespaceSelector: Invalid"],
    ],
    [
      "service accounts are a set",
      { action: "Allow", source: { serviceAccounts: { names: ["a", "a"] } } },
      ["source.serviceAccounts.names[1]: Duplicate"],
    ],
    [
      "annotations are checked",
      { action: "Allow", metadata: { annotations: { "a b": "" } } },
      ["metadata.annotations: Invalid"],
    ],
  ];
  test.each(cases)("%s", (_, rule, expected) => {
    const at = expected.map((fault) => (fault.startsWith(":") ? `ingress[0]${fault}` : `ingress[0].${fault}`));
    expect(faultsOf("NetworkPolicy", { ingress: [rule] })).toEqual(at);
  });

  test("http is for ingress", () => {
    expect(faultsOf("NetworkPolicy", { egress: [{ action: "Allow", http: {} }] })).toEqual(["egress[0].http: Invalid"]);
  });

  test("a range decodes with blanks of no kind, and single ports become numbers", () => {
    const rule = { ...tcp, destination: { ports: ["80", "80:80", "80:90", "http"] } };
    expect(specOf("NetworkPolicy", { ingress: [rule] })).toMatchObject({
      ingress: [{ destination: { ports: [80, 80, "80:90", "http"] } }],
    });
  });
});

describe("services in a rule", () => {
  const service = { services: { name: "api", namespace: "shop" } };
  test.each<[name: string, kind: string, spec: object, expected: string[]]>([
    ["are the destination of egress", "NetworkPolicy", { egress: [{ action: "Allow", destination: service }] }, []],
    ["are the source of ingress", "NetworkPolicy", { ingress: [{ action: "Allow", source: service }] }, []],
    [
      "are no destination of ingress",
      "NetworkPolicy",
      { ingress: [{ action: "Allow", destination: service }] },
      ["ingress[0].destination.services: Invalid"],
    ],
    [
      "are no source of egress",
      "NetworkPolicy",
      { egress: [{ action: "Allow", source: service }] },
      ["egress[0].source.services: Invalid"],
    ],
    [
      "say the destination's ports",
      "NetworkPolicy",
      { egress: [{ ...tcp, destination: { ...service, ports: [80], notPorts: [81] } }] },
      ["egress[0].destination.ports: Forbidden", "egress[0].destination.notPorts: Forbidden"],
    ],
    [
      "leave the source's ports alone",
      "NetworkPolicy",
      { ingress: [{ ...tcp, source: { ...service, ports: [80] } }] },
      [],
    ],
    [
      "need a name",
      "NetworkPolicy",
      { ingress: [{ action: "Allow", source: { services: {} } }] },
      ["ingress[0].source.services.name: Required"],
    ],
    [
      "need a namespace in a cluster-wide policy",
      "GlobalNetworkPolicy",
      { ingress: [{ action: "Allow", source: { services: { name: "a" } } }] },
      ["ingress[0].source.services.namespace: Invalid"],
    ],
    [
      "need none in a namespaced one",
      "NetworkPolicy",
      { ingress: [{ action: "Allow", source: { services: { name: "a", namespace: "" } } }] },
      [],
    ],
    [
      "stand alone",
      "NetworkPolicy",
      {
        ingress: [
          {
            action: "Allow",
            source: {
              ...service,
              selector: "has(a)",
              notSelector: "has(b)",
              namespaceSelector: "all()",
              nets: ["10.0.0.0/8"],
              notNets: ["10.1.0.0/16"],
              serviceAccounts: {},
            },
          },
        ],
      },
      ["namespaceSelector", "selector", "notSelector", "nets", "notNets", "serviceAccounts"].map(
        (key) => `ingress[0].source.${key}: Forbidden`,
      ),
    ],
  ])("%s", (_, kind, spec, expected) => {
    expect(faultsOf(kind, spec)).toEqual(expected);
  });
});

describe("a policy's name", () => {
  const long = "a".repeat(100);
  const nameFaults = (kind: string, name: string): string[] => faultsOf(kind, {}, { name });
  test.each(["p", "default.p", long, `${long}.${long}`, "a".repeat(253)])("may be %s", (name) => {
    expect(nameFaults("NetworkPolicy", name)).toEqual([]);
    expect(nameFaults("GlobalNetworkPolicy", name)).toEqual([]);
  });

  test.each(["a.b.c", "a".repeat(254), "A", "-a", "a.", "", "a_b", `${long}.${long}.c`])("may not be %j", (name) => {
    expect(nameFaults("NetworkPolicy", name)).toHaveLength(1);
    expect(nameFaults("GlobalNetworkPolicy", name)).toHaveLength(1);
  });

  test.each(["knp.default.a.b.c", "ossg.default.x"])("may be %s in a namespace only", (name) => {
    expect(nameFaults("NetworkPolicy", name)).toEqual([]);
    expect(nameFaults("GlobalNetworkPolicy", name)).toHaveLength(1);
  });
});

describe("a policy", () => {
  const allow = { action: "Allow" };
  test.each<[name: string, kind: string, spec: object, expected: string[]]>([
    ["may be empty", "NetworkPolicy", {}, []],
    ["takes any finite order", "NetworkPolicy", { order: -1.5 }, []],
    [
      "has no global() in its own selectors",
      "GlobalNetworkPolicy",
      { selector: "global()", serviceAccountSelector: "global()", namespaceSelector: "global()" },
      ["selector: Invalid", "serviceAccountSelector: Invalid", "namespaceSelector: Invalid"],
    ],
    [
      "has selectors that parse",
      "GlobalNetworkPolicy",
      { selector: "!", serviceAccountSelector: "x", namespaceSelector: "(" },
      ["selector: Invalid", "serviceAccountSelector: Invalid", "namespaceSelector: Invalid"],
    ],
    [
      "selects namespaces only cluster-wide",
      "NetworkPolicy",
      { namespaceSelector: "all()" },
      ["namespaceSelector: Forbidden"],
    ],
    ["has types once each", "NetworkPolicy", { types: ["Egress", "Egress"] }, ["types[1]: Duplicate"]],
    ["has two types", "NetworkPolicy", { types: ["ingress"] }, ["types[0]: NotSupported"]],
    [
      "has 1024 rules per direction",
      "NetworkPolicy",
      { egress: Array.from({ length: 1025 }, () => allow) },
      ["egress: TooMany"],
    ],
    ["knows one hint", "NetworkPolicy", { performanceHints: ["Fast"] }, ["performanceHints[0]: NotSupported"]],
    [
      "is not both before DNAT and untracked",
      "GlobalNetworkPolicy",
      { preDNAT: true, doNotTrack: true, applyOnForward: true, types: ["Ingress"] },
      ["preDNAT: Forbidden"],
    ],
    [
      "before DNAT has no egress",
      "GlobalNetworkPolicy",
      { preDNAT: true, applyOnForward: true, egress: [allow] },
      ["egress: Forbidden", "types: Forbidden"],
    ],
    ["before DNAT applies on forward", "GlobalNetworkPolicy", { preDNAT: true }, ["applyOnForward: Invalid"]],
    [
      "untracked applies on forward",
      "GlobalNetworkPolicy",
      { doNotTrack: true, applyOnForward: false },
      ["applyOnForward: Invalid"],
    ],
  ])("%s", (_, kind, spec, expected) => {
    expect(faultsOf(kind, spec)).toEqual(expected);
  });

  test.each<[spec: object, types: string[]]>([
    [{}, ["Ingress"]],
    [{ ingress: [allow] }, ["Ingress"]],
    [{ egress: [allow] }, ["Egress"]],
    [{ ingress: [allow], egress: [allow] }, ["Ingress", "Egress"]],
    [{ types: [], egress: [allow] }, ["Egress"]],
    [{ types: ["Egress", "Ingress"] }, ["Egress", "Ingress"]],
  ])("of %j has types %j", (spec, types) => {
    expect(specOf("NetworkPolicy", spec)).toMatchObject({ types });
  });

  test("carries its tier as a label, whatever the user wrote there", () => {
    const raw = objectWith("NetworkPolicy", { tier: "net-sec" });
    const labelled = { ...raw, metadata: { ...raw.metadata, labels: { a: "1", "projectcalico.org/tier": "x" } } };
    const result = prepareObject(NetworkPolicy, labelled, { operation: "create" });
    expect("object" in result && result.object.metadata.labels).toEqual({
      a: "1",
      "projectcalico.org/tier": "net-sec",
    });
  });

  test("without a tier stands in the default one", () => {
    expect(specOf("NetworkPolicy", { tier: "" })).toMatchObject({ tier: "default" });
  });
});

describe("a profile", () => {
  test.each<[name: string, spec: object, expected: string[]]>([
    ["checks its rules", { egress: [{ action: "Allow", http: {} }] }, ["egress[0].http: Invalid"]],
    [
      "checks its labels",
      { labelsToApply: { "a b": "x", c: "-" } },
      ["labelsToApply: Invalid", "labelsToApply[c]: Invalid"],
    ],
    ["may be empty", {}, []],
  ])("%s", (_, spec, expected) => {
    expect(faultsOf("Profile", spec)).toEqual(expected);
  });
});

describe("a tier", () => {
  test.each<[name: string, tier: string, spec: object, expected: string[]]>([
    ["may pass or deny", "mine", { defaultAction: "Allow" }, ["defaultAction: NotSupported"]],
    [
      "built in keeps order and action",
      "kube-admin",
      { order: 1, defaultAction: "Deny" },
      ["order: Invalid", "defaultAction: Invalid"],
    ],
    ["built in may be written as it is", "kube-baseline", { order: 10_000_000, defaultAction: "Pass" }, []],
    ["default is the default", "default", {}, []],
  ])("%s", (_, name, spec, expected) => {
    expect(faultsOf("Tier", spec, { name })).toEqual(expected);
  });

  test("without an order stands where the default tier does", () => {
    expect(specOf("Tier", {}, "mine")).toEqual({ order: 1_000_000, defaultAction: "Deny" });
  });
});

test("a network set takes host bits, bare addresses and both families, but no namespace label", () => {
  expect(faultsOf("NetworkSet", { nets: ["10.0.0.1/8", "10.0.0.1", "fd00::1"] })).toEqual([]);
  expect(faultsOf("GlobalNetworkSet", { nets: ["x", "10.0.0.1", "10.0.0.1"] })).toEqual([
    "nets[0]: Invalid",
    "nets[2]: Duplicate",
  ]);
  const raw = objectWith("NetworkSet", {});
  const labelled = { ...raw, metadata: { ...raw.metadata, labels: { "projectcalico.org/namespace": "x" } } };
  const result = prepareObject(NetworkSet, labelled, { operation: "create" });
  expect("error" in result && result.issues).toMatchObject([{ field: "metadata.labels[projectcalico.org/namespace]" }]);
});
