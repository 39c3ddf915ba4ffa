import { describe, expect, test } from "vitest";
import { API_VERSION, apiVersionOf } from "../../object.ts";
import { convertedPolicy } from "../policy-spec.ts";
import { convertClusterNetworkPolicy, convertNetworkPolicy } from "./convert.ts";
import { derivedUid } from "./derived-uid.ts";

const PODS = "projectcalico.org/orchestrator == 'k8s'";

describe("a Kubernetes network policy", () => {
  test("stands in the tier default at order 1000, and governs ingress unless it says otherwise", () => {
    expect(convertNetworkPolicy({ podSelector: {} }).spec).toEqual({
      tier: "default",
      order: 1000,
      selector: PODS,
      types: ["Ingress"],
      ingress: [],
      egress: [],
    });
  });

  test("selects by labels in their order of names, then by expressions as they are given", () => {
    const podSelector = {
      matchLabels: { role: "db", app: "x" },
      matchExpressions: [
        { key: "tier", operator: "In" as const, values: ["a", "b"] },
        { key: "zone", operator: "NotIn" as const, values: ["z"] },
        { key: "keep", operator: "Exists" as const },
        { key: "drop", operator: "DoesNotExist" as const },
      ],
    };
    expect(convertNetworkPolicy({ podSelector }).spec.selector).toBe(
      `${PODS} && app == 'x' && role == 'db' && tier in { 'a', 'b' } && zone not in { 'z' } && has(keep) && ! has(drop)`,
    );
  });

  test("is a rule for each protocol and peer; ports are sorted, joined, and named ones come first", () => {
    const { spec } = convertNetworkPolicy({
      podSelector: {},
      ingress: [
        {
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 443 },
            { protocol: "TCP", port: "web" },
            { protocol: "TCP", port: 80, endPort: 82 },
            { protocol: "TCP", port: 83 },
          ],
          from: [
            { podSelector: { matchLabels: { app: "a" } } },
            { namespaceSelector: {} },
            { ipBlock: { cidr: "10.0.0.1/8", except: ["10.1.0.0/16"] } },
          ],
        },
      ],
    });
    const tcp = { protocol: "TCP", destination: { ports: ["web", "80:83", 443] } };
    const udp = { protocol: "UDP", destination: { ports: [53] } };
    const sources = [
      { selector: `${PODS} && app == 'a'` },
      { selector: PODS, namespaceSelector: "all()" },
      { nets: ["10.0.0.0/8"], notNets: ["10.1.0.0/16"] },
    ];
    expect(spec.ingress).toEqual(
      [tcp, udp].flatMap((group) => sources.map((source) => ({ action: "Allow", ...group, source }))),
    );
  });

  test("egress has peer and ports on one side; a protocol without a port is all of it", () => {
    const egress = [
      { to: [{ podSelector: {} }], ports: [{ protocol: "TCP" as const, port: 80 }, { protocol: "TCP" as const }] },
    ];
    expect(convertNetworkPolicy({ podSelector: {}, egress, policyTypes: ["Egress"] }).spec.egress).toEqual([
      { action: "Allow", protocol: "TCP", source: {}, destination: { selector: PODS } },
    ]);
  });

  test("a rule that cannot be said allows nothing, and is told; the others stand", () => {
    const ingress = [{ from: [{ ipBlock: { cidr: "nonsense" } }] }, {}];
    expect(convertNetworkPolicy({ podSelector: {}, ingress })).toMatchObject({
      spec: { ingress: [{ action: "Allow", source: {}, destination: {} }] },
      faults: ['spec.ingress[0]: "nonsense" is no CIDR; the rule allows nothing'],
    });
  });
});

describe("a Kubernetes cluster network policy", () => {
  test("stands in the tier of its kind, by its priority; a rule keeps its name", () => {
    const subject = { namespaces: { matchLabels: { team: "a" } } };
    const ingress = [
      {
        name: "web",
        action: "Accept" as const,
        from: [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: "x" } } } }],
        protocols: [{ destinationNamedPort: "http" }, { tcp: { destinationPort: { range: { start: 80, end: 81 } } } }],
      },
    ];
    const source = { selector: `${PODS} && app == 'x'`, namespaceSelector: "all()" };
    const metadata = { annotations: { name: "web" } };
    expect(convertClusterNetworkPolicy({ tier: "Baseline", priority: 7, subject, ingress })).toEqual({
      spec: {
        tier: "kube-baseline",
        order: 7,
        selector: PODS,
        namespaceSelector: "team == 'a'",
        types: ["Ingress"],
        ingress: [
          { action: "Allow", source, destination: { ports: ["http"] }, metadata },
          { action: "Allow", protocol: "TCP", source, destination: { ports: ["80:81"] }, metadata },
        ],
        egress: [],
      },
      faults: [],
    });
  });

  test("what cannot be said denies everything where it denied or passed, and allows nothing where it allowed", () => {
    const rule = (action: "Accept" | "Deny" | "Pass") => ({ action, to: [{ nodes: {} }] });
    const egress = [rule("Accept"), rule("Deny"), rule("Pass")];
    const { spec, faults } = convertClusterNetworkPolicy({
      tier: "Admin",
      priority: 1,
      subject: { namespaces: {} },
      egress,
    });
    const denied = { action: "Deny", source: {}, destination: {} };
    expect(spec.egress).toEqual([denied, denied]);
    expect(faults).toEqual([
      "spec.egress[0]: nodes cannot be matched here; the rule allows nothing",
      "spec.egress[1]: nodes cannot be matched here; the rule denies everything instead",
      "spec.egress[2]: nodes cannot be matched here; the rule denies everything instead",
    ]);
  });
});

test.each([
  ["no networks", { action: "Accept" as const, to: [{ networks: [] }] }, "an empty peer cannot be matched here"],
  [
    "no protocol",
    { action: "Accept" as const, to: [{ namespaces: {} }], protocols: [{}] },
    "a protocol that is none cannot be matched",
  ],
])("a rule for %s allows nothing, rather than everything", (_, rule, fault) => {
  const subject = { namespaces: {} };
  const { spec, faults } = convertClusterNetworkPolicy({ tier: "Admin", priority: 1, subject, egress: [rule] });
  expect([spec.egress, faults]).toEqual([[], [`spec.egress[0]: ${fault}; the rule allows nothing`]]);
});

test("a peer of namespaces is their pods: no network set and no host that lacks the label too", () => {
  const namespaces = { matchExpressions: [{ key: "env", operator: "DoesNotExist" as const }] };
  const ingress = [{ action: "Accept" as const, from: [{ namespaces }] }];
  const subject = { namespaces: {} };
  expect(convertClusterNetworkPolicy({ tier: "Admin", priority: 1, subject, ingress }).spec.ingress).toEqual([
    { action: "Allow", source: { selector: PODS, namespaceSelector: "! has(env)" }, destination: {} },
  ]);
});

test("what is derived from an object has the object's UID with the bits of each byte reversed", () => {
  const uid = "6f1c2b60-1d2e-4f3a-9b4c-5d6e7f8091a2";
  expect(derivedUid(uid)).toBe("f638d406-b874-4f5c-9b32-ba76fe018945");
  expect(derivedUid(derivedUid(uid))).toBe(uid);
  const kind = "KubernetesNetworkPolicy";
  const metadata = { name: "a", namespace: "shop", uid, labels: { a: "b" } };
  const policy = { apiVersion: apiVersionOf(kind), kind, metadata, spec: { podSelector: {} } };
  expect(convertedPolicy(policy)).toMatchObject({
    apiVersion: API_VERSION,
    kind,
    metadata: { name: "a", namespace: "shop", uid: derivedUid(uid) },
    spec: { order: 1000 },
  });
});
