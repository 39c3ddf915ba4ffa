import { createEvaluator } from "@percale/policy";
import { definitionOf, prepareObject } from "@percale/resources";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { endpointRowOf } from "../policy/testdata/endpoint-row.ts";
import type { PolicyObject } from "../policy/spec.ts";
import { cloneText, newText } from "./new-text.ts";

const endpoint = (namespace: string, pod: string, last: number, labels: Record<string, string>) => ({
  apiVersion: "projectcalico.org/v3",
  kind: "WorkloadEndpoint",
  metadata: { name: `n1-k8s-${pod}-eth0`, namespace, labels: { ...labels, "projectcalico.org/namespace": namespace } },
  spec: { pod, node: "n1", ipNetworks: [`10.0.0.${last}/32`], profiles: [] },
});
const objects = [
  endpoint("shop", "web-x7f2", 1, { app: "web" }),
  endpoint("shop", "db-0", 2, { "app.kubernetes.io/name": "db" }),
  endpoint("bank", "vault", 3, { role: "vault" }),
];
const policy = (name: string, selector: string, order: number): PolicyObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name, namespace: "shop" },
  spec: { tier: "default", order, selector, types: ["Ingress"] },
});

type Asked = Parameters<typeof newText>[0];
const nothing: Asked = {
  kind: "NetworkPolicy",
  from: null,
  verdict: null,
  source: "",
  destination: "",
  port: Number.NaN,
  protocol: "TCP",
  tier: undefined,
};
/** What the server says of it. */
function made(asked: Partial<Asked>, policies: readonly PolicyObject[] = [], all = objects) {
  const endpoints = all.map(endpointRowOf);
  const meant = (text = "") =>
    endpoints.find(({ namespace, name }) => text === name || text === `${namespace}/${name}`);
  const destination = meant(asked.destination);
  const tiers =
    destination &&
    createEvaluator([...all, ...policies]).effectivePolicies({
      namespace: destination.namespace,
      name: destination.objectName,
    }).tiers;
  const inForce = new Set(tiers?.flatMap(({ ingress }) => ingress.map(({ name }) => name)));
  const sizes = Map.groupBy(endpoints, ({ namespace }) => namespace);
  const known = {
    source: meant(asked.source),
    destination,
    outside: new Map([["customers", "192.0.2.1"]]),
    pools: [
      { metadata: { name: "pool" }, spec: { cidr: "10.65.0.0/16" } },
      { metadata: { name: "odd" }, spec: {} },
    ],
    namespaces: Array.from(sizes, ([name, own]) => ({ name, endpoints: own.length })).sort(
      (a, b) => b.endpoints - a.endpoints,
    ),
    applying: policies.filter(({ metadata }) => inForce.has(metadata.name)),
    taken: new Set(policies.map(({ metadata }) => metadata.name)),
  };
  return parse(newText({ ...nothing, ...asked }, known));
}

test.each([
  ["NetworkPolicy", { name: "", namespace: "shop" }, { tier: "default", types: ["Ingress"] }],
  ["GlobalNetworkPolicy", { name: "" }, { tier: "default", types: ["Ingress"] }],
  ["Tier", { name: "" }, { order: 500, defaultAction: "Pass" }],
  ["IPPool", { name: "pool-1" }, { cidr: "10.245.0.0/16", natOutgoing: true }],
  ["NetworkSet", { name: "", namespace: "shop" }, { nets: ["192.0.2.0/24"] }],
  ["GlobalNetworkSet", { name: "" }, { nets: ["192.0.2.0/24"] }],
  ["BGPPeer", { name: "" }, { peerIP: "192.0.2.1", asNumber: 64_512 }],
  ["Profile", { name: "" }, {}],
])("without a question a %s begins as its template", (kind, metadata, spec) => {
  expect(made({ kind })).toEqual({ apiVersion: "projectcalico.org/v3", kind, metadata, spec });
});

test("a policy begins in the tier that was named, and where most workloads are, or in default if any is there", () => {
  expect(made({ tier: "security" }).spec.tier).toBe("security");
  expect(made({ kind: "GlobalNetworkPolicy", tier: "security" }).spec.tier).toBe("security");
  expect(made({}, [], [...objects, endpoint("default", "x", 4, {})]).metadata.namespace).toBe("default");
  expect(made({}, [], objects.toReversed()).metadata.namespace).toBe("shop");
  expect(made({}, [], []).metadata.namespace).toBe("default");
});

test("a question becomes a rule between its ends, by the labels that people know them by", () => {
  const question = { verdict: "Allow", source: "vault", destination: "shop/db-0", port: 5432 };
  expect(
    made(question, [policy("others", "has(app)", 50), policy("db", "app.kubernetes.io/name == 'db'", 40)]),
  ).toEqual({
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: { name: "allow-vault-to-db", namespace: "shop" },
    spec: {
      tier: "default",
      order: 20,
      selector: "app.kubernetes.io/name == 'db'",
      types: ["Ingress"],
      ingress: [
        {
          action: "Allow",
          protocol: "TCP",
          source: { selector: "role == 'vault'", namespaceSelector: "projectcalico.org/name == 'bank'" },
          destination: { ports: [5432] },
        },
      ],
    },
  });
});

test.each([
  ["192.0.2.9", "192.0.2.9/32", "deny-192-0-2-9-to-web"],
  ["fd00::7", "fd00::7/128", "deny-fd00-7-to-web"],
  ["customers", "192.0.2.1/32", "deny-customers-to-web"],
])("a source outside, %s, is the net %s", (source, net, name) => {
  const { metadata, spec } = made({ verdict: "Deny", source, destination: "web-x7f2" });
  expect([metadata.name, spec.ingress]).toEqual([
    name,
    [{ action: "Deny", source: { nets: [net] } }, { action: "Pass" }],
  ]);
});

test.each([
  ["a port that is none", { port: 0 }],
  ["a port that is no whole number", { port: 80.5 }],
  ["no port", { port: Number.NaN }],
])("with %s a rule is about anything", (_, more) => {
  const { spec } = made({ verdict: "Deny", source: "web-x7f2", destination: "db-0", ...more });
  expect(spec.ingress[0]).toEqual({ action: "Deny", source: { selector: "app == 'web'" } });
});

test("a name that is taken is not taken again", () => {
  const taken = [policy("deny-web-to-db", "app == 'none'", 1)];
  expect(made({ verdict: "Deny", source: "web-x7f2", destination: "db-0" }, taken).metadata.name).toBe(
    "deny-web-to-db-2",
  );
});

test.each([
  [{ source: "web-x7f2", destination: "nobody" }],
  [{ source: "no.body", destination: "db-0" }],
  [{ source: "", destination: "" }],
])("of ends that nobody has, %j, there is only the template", (ends) => {
  expect(made({ verdict: "Deny", ...ends }).metadata.name).toBe("");
});

test.each<[from: string, kind: string, reaches: readonly string[]]>([
  ["deny-all/shop", "NetworkPolicy", []],
  ["deny-all", "GlobalNetworkPolicy", []],
  ["allow-dns/shop", "NetworkPolicy", ["web→db 53", "web→vault 53", "vault→web 53", "vault→web 80"]],
  ["allow-dns", "GlobalNetworkPolicy", ["web→db 53", "web→vault 53", "vault→web 53"]],
])("begun from %s a %s is whole but for its name, and lets through %j", (from, kind, reaches) => {
  const policy = made({ kind, from });
  expect(policy.metadata.name).toBe(from.split("/")[0]);
  const definition = definitionOf(kind)!;
  const prepared = prepareObject(definition, policy, { operation: "create", fieldValidation: "Strict" });
  expect(prepared).toHaveProperty("object");
  const open = { apiVersion: "projectcalico.org/v3", kind: "Profile", metadata: { name: "open" } };
  const all = objects.map((each) => ({ ...each, spec: { ...each.spec, profiles: ["open"] } }));
  const rules = [{ action: "Allow" }];
  const evaluator = createEvaluator([...all, { ...open, spec: { ingress: rules, egress: rules } }, policy]);
  const asked = ["web→db 53", "web→db 80", "web→vault 53", "web→vault 80", "vault→web 53", "vault→web 80"];
  const address = { web: "10.0.0.1", db: "10.0.0.2", vault: "10.0.0.3" } as const;
  const isAllowed = (question: string): boolean => {
    const [, source, destination, port] = /^(\w+)→(\w+) (\d+)$/.exec(question)!;
    const [from, to] = [address[source as "web"], address[destination as "web"]];
    return (
      evaluator.explain({ from: { ip: from }, to: { ip: to }, protocol: "UDP", port: Number(port) }).verdict === "allow"
    );
  };
  expect(asked.filter(isAllowed)).toEqual(reaches);
});

test("from outside is from every address that no pool gives out, in the order and with the rest as of any drafted rule", () => {
  const { metadata, spec } = made({ from: "from-outside", destination: "web-x7f2", port: 443 });
  expect([metadata.name, spec.ingress]).toEqual([
    "allow-outside-to-web",
    [
      { action: "Allow", protocol: "TCP", source: { notNets: ["10.65.0.0/16"] }, destination: { ports: [443] } },
      { action: "Pass" },
    ],
  ]);
});

test("a clone is the object without its name, its owner's marks and what the server keeps", () => {
  const text = cloneText({
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: {
      name: "a",
      namespace: "shop",
      uid: "1",
      resourceVersion: "5",
      labels: { team: "shop", "projectcalico.org/tier": "default", "argocd.argoproj.io/instance": "shop" },
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
      finalizers: ["x"],
    },
    spec: { order: 5 },
  });
  expect(parse(text)).toEqual({
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: { name: "", namespace: "shop", labels: { team: "shop" } },
    spec: { order: 5 },
  });
});
