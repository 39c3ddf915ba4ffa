import { describe, expect, test } from "vitest";
import { faultsOf, specOf } from "../../testdata/cases.ts";

describe("Kubernetes' network policy", () => {
  const kind = "KubernetesNetworkPolicy";
  const from = (peer: object, ports: readonly object[] = []): object => ({
    podSelector: {},
    ingress: [{ from: [peer], ports }],
  });
  const expression = (one: object): object => ({ podSelector: { matchExpressions: [{ key: "a", ...one }] } });

  test("is completed as kube-apiserver does it", () => {
    expect(specOf(kind, { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }], egress: [{}] })).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ ports: [{ port: 80, protocol: "TCP" }] }],
      egress: [{}],
    });
    expect(specOf(kind, { podSelector: {}, egress: [] })).toMatchObject({ policyTypes: ["Ingress"] });
  });

  test.each<[name: string, spec: object, expected: string[]]>([
    ["has peers that say who", from({}), ["ingress[0].from[0]: Required"]],
    ["takes an empty selector as one", from({ podSelector: {} }), []],
    ["has blocks alone", from({ podSelector: {}, ipBlock: { cidr: "10.0.0.0/8" } }), ["ingress[0].from[0]: Forbidden"]],
    ["has blocks with a length", from({ ipBlock: { cidr: "10.0.0.1" } }), ["ingress[0].from[0].ipBlock.cidr: Invalid"]],
    ["has good blocks", from({ ipBlock: { cidr: "10.0.0.0/40" } }), ["ingress[0].from[0].ipBlock.cidr: Invalid"]],
    [
      "excepts what is within",
      from({ ipBlock: { cidr: "10.0.0.0/8", except: ["11.0.0.0/16", "10.0.0.0/8", "10.1.0.0/16"] } }),
      ["ingress[0].from[0].ipBlock.except[0]: Invalid", "ingress[0].from[0].ipBlock.except[1]: Invalid"],
    ],
    ["has ports by number or name", from({ podSelector: {} }, [{ port: 80 }, { port: "http" }]), []],
    ["has ports of 1..65535", from({ podSelector: {} }, [{ port: 70_000 }]), ["ingress[0].ports[0].port: Invalid"]],
    [
      "takes no 0 and no empty text for a port that was not given, which would mean all",
      from({ podSelector: {} }, [{ port: 0 }, { port: "" }, { port: 80, endPort: 0 }, { protocol: "" }]),
      [
        "ingress[0].ports[0].port: Invalid",
        "ingress[0].ports[1].port: Invalid",
        "ingress[0].ports[2].endPort: Invalid",
        "ingress[0].ports[3].protocol: NotSupported",
        "ingress[0].ports[2].endPort: Invalid",
      ],
    ],
    ["has no number as a text", from({ podSelector: {} }, [{ port: "80" }]), ["ingress[0].ports[0].port: Invalid"]],
    [
      "has ranges of numbers",
      from({ podSelector: {} }, [{ port: "http", endPort: 90 }, { endPort: 90 }, { port: 80, endPort: 79 }]),
      [
        "ingress[0].ports[0].endPort: Invalid",
        "ingress[0].ports[1].endPort: Invalid",
        "ingress[0].ports[2].endPort: Invalid",
      ],
    ],
    ["compares with values", expression({ operator: "In" }), ["podSelector.matchExpressions[0].values: Required"]],
    [
      "asks for a label without values",
      expression({ operator: "Exists", values: ["b"] }),
      ["podSelector.matchExpressions[0].values: Forbidden"],
    ],
    ["selects by labels", { podSelector: { matchLabels: { "a b": "c" } } }, ["podSelector.matchLabels: Invalid"]],
    ["knows two types", { podSelector: {}, policyTypes: ["Both"] }, ["policyTypes[0]: NotSupported"]],
    ["has no fields of another kind", { podSelector: {}, tier: "default" }, ["tier: Forbidden"]],
  ])("%s", (_, spec, expected) => {
    expect(faultsOf(kind, spec)).toEqual(expected);
  });
});

describe("Kubernetes' cluster network policy", () => {
  const everywhere = { namespaces: {} };
  const policy = { tier: "Admin", priority: 1, subject: everywhere };
  const ingress = (rule: object): object => ({ ...policy, ingress: [{ action: "Deny", from: [everywhere], ...rule }] });

  test.each<[name: string, spec: object, expected: string[]]>([
    ["is well as it is", ingress({}), []],
    ["has one of two tiers", { ...policy, tier: "Default" }, ["tier: NotSupported"]],
    ["has a priority of 0..1000", { ...policy, priority: 1001 }, ["priority: Invalid"]],
    ["says whom it is about in one way", { ...policy, subject: {} }, ["subject: Invalid"]],
    ["has peers", ingress({ from: [] }), ["ingress[0].from: Invalid"]],
    [
      "has ports in one way",
      ingress({ protocols: [{ tcp: { destinationPort: { number: 1, range: { start: 2, end: 1 } } } }] }),
      [
        "ingress[0].protocols[0].tcp.destinationPort: Forbidden",
        "ingress[0].protocols[0].tcp.destinationPort.range: Invalid",
      ],
    ],
    [
      "takes no 0 and no empty text for a port that was not given, which would mean all",
      ingress({ protocols: [{ tcp: { destinationPort: { number: 0 } } }, { destinationNamedPort: "" }] }),
      [
        "ingress[0].protocols[0].tcp.destinationPort.number: Invalid",
        "ingress[0].protocols[1].destinationNamedPort: Invalid",
      ],
    ],
    ["accepts, denies or passes", ingress({ action: "Allow" }), ["ingress[0].action: NotSupported"]],
    [
      "keeps what cannot be matched",
      { ...policy, egress: [{ action: "Deny", to: [{ domainNames: ["a.example"] }] }] },
      [],
    ],
    [
      "says which networks, names, protocol and port it means: none would be all",
      {
        ...policy,
        egress: [
          {
            action: "Accept",
            to: [{ networks: [] }, { domainNames: [] }],
            protocols: [{}, { tcp: { destinationPort: {} } }],
          },
        ],
      },
      [
        "egress[0].to[0].networks: Invalid",
        "egress[0].to[1].domainNames: Invalid",
        "egress[0].protocols[0]: Invalid",
        "egress[0].protocols[1].tcp.destinationPort: Invalid",
      ],
    ],
  ])("%s", (_, spec, expected) => {
    expect(faultsOf("KubernetesClusterNetworkPolicy", spec, { name: "p" })).toEqual(expected);
  });
});

describe("a service", () => {
  test.each<[name: string, spec: object, expected: string[]]>([
    ["has a port", {}, ["ports: Required"]],
    ["may be headless", { clusterIP: "None" }, []],
    ["may be a name", { type: "ExternalName", externalName: "a.example" }, []],
    ["as a name has one", { type: "ExternalName" }, ["externalName: Required"]],
    [
      "has names for several ports",
      { ports: [{ port: 80 }, { port: 81 }] },
      ["ports[0].name: Required", "ports[1].name: Required"],
    ],
    [
      "has each port once",
      {
        ports: [
          { name: "a", port: 80 },
          { name: "b", port: 80 },
        ],
      },
      ["ports[1]: Duplicate"],
    ],
    [
      "has each name once",
      {
        ports: [
          { name: "a", port: 80 },
          { name: "a", port: 81 },
        ],
      },
      ["ports[1].name: Duplicate"],
    ],
    [
      "has addresses",
      { ports: [{ port: 80 }], externalIPs: ["x"], clusterIP: "y" },
      ["externalIPs[0]: Invalid", "clusterIP: Invalid"],
    ],
  ])("%s", (_, spec, expected) => {
    expect(faultsOf("Service", spec, { name: "web" })).toEqual(expected);
  });

  test("is completed as kube-apiserver does it, without an address", () => {
    expect(specOf("Service", { ports: [{ port: 80 }] }, "web")).toEqual({
      type: "ClusterIP",
      sessionAffinity: "None",
      internalTrafficPolicy: "Cluster",
      ports: [{ port: 80, protocol: "TCP", targetPort: 80 }],
    });
  });

  test("is named so that a host may be called so", () => {
    expect(faultsOf("Service", { clusterIP: "None" }, { name: "1st" })).toEqual(["metadata.name: Invalid"]);
  });
});

describe("an endpoint slice", () => {
  const slice = { addressType: "IPv4", endpoints: [{ addresses: ["10.0.0.1"] }] };
  test.each<[name: string, fields: object, old: object | undefined, expected: string[]]>([
    ["has addresses of its type", { ...slice, addressType: "IPv6" }, undefined, ["endpoints[0].addresses[0]: Invalid"]],
    ["may have names", { addressType: "FQDN", endpoints: [{ addresses: ["a.example"] }] }, undefined, []],
    ["may list nobody, as a controller's first one does", { addressType: "IPv4", endpoints: null }, undefined, []],
    ["keeps its type", { addressType: "FQDN", endpoints: [] }, slice, ["addressType: Invalid"]],
    [
      "has at least one address of each",
      { ...slice, endpoints: [{ addresses: [] }] },
      undefined,
      ["endpoints[0].addresses: Invalid"],
    ],
  ])("%s", (_, fields, old, expected) => {
    expect(faultsOf("EndpointSlice", fields, { name: "web", ...(old !== undefined && { old }) })).toEqual(expected);
  });
});
