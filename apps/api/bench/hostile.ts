import { NETWORK_SETS, networkSet } from "../src/testdata/test-api.ts";

/** A request as large, or as crooked, as one may be: what an editor could send to keep everybody else waiting. */
export interface HostileRequest {
  readonly name: string;
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  readonly type?: string;
}

const MERGE_PATCH = "application/merge-patch+json";
const JSON_PATCH = "application/json-patch+json";
const YAML = "application/yaml";
const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** In this order: some follow on others. Each is as large as its limit allows, or larger. */
export function hostileRequests(): HostileRequest[] {
  const post = (name: string, body: unknown, type?: string): HostileRequest => ({
    ...send(name, NETWORK_SETS, body, type),
    method: "POST",
  });
  const patch = (name: string, of: string, body: unknown, type: string): HostileRequest => ({
    ...send(name, `${NETWORK_SETS}/${of}`, body, type),
    method: "PATCH",
  });
  const set = (name: string, changes: unknown): HostileRequest => ({
    ...send(name, "/changesets/v1", changes),
    method: "POST",
  });
  const submit = (name: string, changes: unknown): HostileRequest => ({
    ...send(name, "/trpc/changes.submit", changes),
    method: "POST",
  });
  const create = (object: unknown): object => ({ op: "create", object });
  const bad = (count: number): string =>
    `{"changes":[{"op":"create","object":{"kind":"NetworkSet","metadata":{},"spec":{"nets":[${times("{}", count)}]}}}]}`;
  return [
    post("a small set", networkSet("small")),
    post("20,000 nets", networkSet("warm", { nets: nets(20_000) })),
    post("100,000 nets", networkSet("large", { nets: nets(100_000).map((net) => `${net}/32`) })),
    patch("a label of 100,000 nets", "large", { metadata: { labels: { a: "b" } } }, MERGE_PATCH),
    patch("one of 100,000 nets", "large", [{ op: "remove", path: "/spec/nets/70000" }], JSON_PATCH),
    post("190,000 nets that are none", networkSet("bad", { nets: Array<string>(190_000).fill("x") })),
    post("a million empty objects", `{"spec":{"nets":[${times("{}", 1_000_000)}]}}`),
    post("24,000 managed fields", `{"metadata":{"name":"fields","managedFields":[${times("{}", 24_000)}]}}`),
    post("24,000 labels", networkSet("labels", {}, { labels: labels(24_000, "a") })),
    patch("24,000 other labels", "small", { metadata: { labels: labels(24_000, "b") } }, MERGE_PATCH),
    post("100,000 labels", networkSet("more", {}, { labels: labels(100_000, "c") })),
    patch("10,000 operations", "warm", nets(10_000).map(replaced), JSON_PATCH),
    post("half a million levels", `${'{"a":'.repeat(500_000)}1${"}".repeat(500_000)}`),
    post("YAML of 60,000 nets", `metadata: {name: yaml}\nspec:\n  nets:\n${nets(60_000).map(item).join("")}`, YAML),
    post("YAML of 140,000 objects", `metadata: {name: flow}\nspec: {nets: [${"{a: 1},".repeat(140_000)}]}`, YAML),
    { ...send("protobuf of empty fields", "/api/v1/namespaces", protobuf(), PROTOBUF), method: "POST" },
    set("a change set of one large set", { changes: [create(networkSet("one", { nets: nets(100_000) }))] }),
    set("a change set of 10,000", { changes: nets(10_000).map((_, i) => create(networkSet(`many-${i}`))) }),
    set("a change set of 900,000 objects in a list", bad(900_000)),
    submit("a tRPC call of 250,000 objects in a list", bad(250_000)),
    submit("a tRPC call of 49,000 objects in a list", bad(49_000)),
    submit("a tRPC call of 50,000 nets", { changes: [create(networkSet("trpc", { nets: nets(50_000) }))] }),
    submit("a tRPC call of 24,000 labels", {
      changes: [create(networkSet("trpc-labels", {}, { labels: labels(24_000, "d") }))],
    }),
    { name: "a list of 10,000", path: NETWORK_SETS },
    { name: "a pretty list of 10,000", path: `${NETWORK_SETS}?pretty=true` },
    { name: "a tRPC list of 10,000", path: `/trpc/objects.list?input=${encodeURIComponent('{"kind":"NetworkSet"}')}` },
    { name: "the changes of 10,000", path: `/trpc/changes.list?input=${encodeURIComponent('{"limit":1000}')}` },
    { name: "a deletion", path: `${NETWORK_SETS}/large`, method: "DELETE" },
    ...Array.from({ length: 8 }, (_, i) => post("90,000 more nets", networkSet(`huge-${i}`, { nets: nets(90_000) }))),
    set("a change set of 200 endpoints", { changes: Array.from({ length: 200 }, (_, i) => create(endpoint(i))) }),
    ...questions(),
  ];
}

/** About a cluster of 800,000 nets and 200 endpoints. The first of them has everything to be indexed. */
function questions(): HostileRequest[] {
  const call = (name: string, procedure: string, input: unknown, times = 1): HostileRequest => {
    const path = `/trpc/${Array<string>(times).fill(procedure).join(",")}${times > 1 ? "?batch=1" : ""}`;
    const body = times > 1 ? Object.fromEntries(Array.from({ length: times }, (_, i) => [i, input])) : input;
    return { ...send(name, path, body), method: "POST" };
  };
  const impact = (object: unknown): object => ({ changes: [{ op: "create", object }] });
  const few = impact(networkSet("few", { nets: nets(10) }));
  const packet = { from: "default/n1-k8s-w1-eth0", to: "default/n1-k8s-w2-eth0" };
  return [
    call("an explanation", "policy.explain", packet),
    call("the same explanation", "policy.explain", packet),
    call("policies of an endpoint", "policy.effective", { ...endpointRef(1) }),
    call("who is selected by all()", "selectors.test", { selector: "all()" }),
    call("the impact of 10 nets", "policy.impact", few),
    call("the impact of 40,000 nets", "policy.impact", impact(networkSet("many", { nets: nets(40_000) }))),
    call("the impact of a policy on all", "policy.impact", impact(allowing)),
    call("a matrix of all endpoints", "policy.matrix", {}),
    call("32 impacts in a batch", "policy.impact", few, 32),
    call("32 matrices in a batch", "policy.matrix", {}, 32),
    call("32 tests of a selector in a batch", "selectors.test", { selector: "all()" }, 32),
    call("32 explanations in a batch", "policy.explain", packet, 32),
  ];
}

function endpointRef(i: number): object {
  return { kind: "WorkloadEndpoint", namespace: "default", name: `n1-k8s-w${i}-eth0` };
}

function endpoint(i: number): object {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "WorkloadEndpoint",
    metadata: { namespace: "default", name: `n1-k8s-w${i}-eth0` },
    spec: {
      node: "n1",
      orchestrator: "k8s",
      pod: `w${i}`,
      endpoint: "eth0",
      interfaceName: `cali${i}`,
      ipNetworks: [`10.77.0.${i}/32`],
    },
  };
}

const allowing = {
  apiVersion: "projectcalico.org/v3",
  kind: "GlobalNetworkPolicy",
  metadata: { name: "all" },
  spec: {
    selector: "all()",
    types: ["Ingress", "Egress"],
    ingress: [{ action: "Allow" }],
    egress: [{ action: "Allow" }],
  },
};

function send(name: string, path: string, body: unknown, type = "application/json"): HostileRequest {
  return { name, path, type, body: typeof body === "string" ? body : JSON.stringify(body) };
}

function nets(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${1 + (i % 200)}.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
}

function labels(count: number, prefix: string): Record<string, string> {
  return Object.fromEntries(nets(count).map((net) => [`${prefix}${net}`, ""]));
}

function replaced(_: string, i: number): object {
  return { op: "replace", path: `/spec/nets/${i}`, value: `9.0.${i >> 8}.${i & 255}` };
}

function item(net: string): string {
  return `  - ${net}\n`;
}

function times(text: string, count: number): string {
  return Array<string>(count).fill(text).join(",");
}

function protobuf(): string {
  return `k8s\0${"\u0012\u0002\n\0".repeat(700_000)}`;
}
