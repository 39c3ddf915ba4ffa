import { describe, expect, test } from "vitest";
import { API_VERSION, IPPool, NetworkPolicy, Tier, definitionOf, generatedName, prepareObject } from "./index.ts";
import type { KubeObject, PrepareOptions } from "./index.ts";
import { faultsOf } from "./testdata/cases.ts";

const create: PrepareOptions = { operation: "create", fieldValidation: "Strict" };

function policy(metadata: object = {}, spec: object = {}): object {
  return {
    apiVersion: API_VERSION,
    kind: "NetworkPolicy",
    metadata: { name: "p", namespace: "shop", ...metadata },
    spec,
  };
}

/** `field: reason` of everything that was found. */
function faults(raw: unknown, options: PrepareOptions = create, kind = "NetworkPolicy"): string[] {
  const result = prepareObject(definitionOf(kind)!, raw, options);
  return "error" in result
    ? result.issues.map(({ field, reason }) => `${field}: ${reason.replace("FieldValue", "")}`)
    : [];
}

function accepted(raw: unknown, options: PrepareOptions = create, kind = "NetworkPolicy"): KubeObject {
  const result = prepareObject(definitionOf(kind)!, raw, options);
  if ("error" in result) throw result.error;
  return result.object;
}

describe("decoding", () => {
  test.each([
    ["no object", "text", "the body must be one object"],
    ["a list", [policy()], "the body must be one object"],
    ["another kind", { ...policy(), kind: "Tier" }, "must be NetworkPolicy in projectcalico.org/v3, got Tier"],
    ["another version", { ...policy(), apiVersion: "v1" }, "got NetworkPolicy in v1"],
    [
      "no metadata",
      { apiVersion: API_VERSION, kind: "NetworkPolicy", spec: {} },
      "metadata: must be an object, got nothing",
    ],
    ["spec of the wrong type", { ...policy(), spec: [] }, "spec: must be an object"],
    ["a field of the wrong type", policy({}, { selector: 5 }), "spec.selector: must be a string, got 5"],
    ["metadata of the wrong type", policy({ labels: { a: 1 } }), "metadata.labels: must be a map of strings"],
  ])("%s is a bad request", (_, raw, message) => {
    const result = prepareObject(NetworkPolicy, raw, create);
    expect("error" in result && result.error).toMatchObject({ code: 400, reason: "BadRequest" });
    expect("error" in result && result.error.message).toContain(message);
  });

  test("unknown fields are named with their path", () => {
    const raw = {
      ...policy({ colour: 1 }, { ingress: [{ action: "Allow", sauce: {} }], order: 1, ordr: 2 }),
      statsu: 1,
    };
    const strict = prepareObject(NetworkPolicy, raw, create);
    expect("error" in strict && strict.error).toMatchObject({
      code: 400,
      message:
        'strict decoding error: unknown field "statsu", unknown field "metadata.colour", unknown field "spec.ingress[0].sauce", unknown field "spec.ordr"',
    });
    const warned = prepareObject(NetworkPolicy, raw, { operation: "create", fieldValidation: "Warn" });
    expect("warnings" in warned && warned.warnings).toHaveLength(4);
    expect("object" in warned && warned.object.spec).toEqual({
      tier: "default",
      order: 1,
      ingress: [{ action: "Allow" }],
      types: ["Ingress"],
    });
    const ignored = prepareObject(NetworkPolicy, raw, { operation: "create", fieldValidation: "Ignore" });
    expect("warnings" in ignored && ignored.warnings).toEqual([]);
  });

  test("a null field is an absent field", () => {
    const spec = { ingress: null, selector: null, egress: [{ action: "Deny", source: null }] };
    expect(accepted(policy({ labels: null, creationTimestamp: null }, spec)).spec).toEqual({
      tier: "default",
      egress: [{ action: "Deny" }],
      types: ["Egress"],
    });
  });

  test("hostile nesting costs a refusal, not the stack", () => {
    let deep: unknown = null;
    for (let i = 0; i < 50_000; i++) deep = { a: deep };
    expect(faults(policy({}, { selector: deep, ingress: deep }))).toEqual([
      "spec.ingress: TypeInvalid",
      "spec.selector: TypeInvalid",
    ]);
  });

  test("a map with the key __proto__ is refused: without it a selector would select everybody", () => {
    const podSelector: unknown = JSON.parse(`{"matchLabels": {"__proto__": "x"}}`);
    expect(faultsOf("KubernetesNetworkPolicy", { podSelector, ingress: [{ from: [{ podSelector }] }] })).toEqual([
      "podSelector.matchLabels: Invalid",
      "ingress[0].from[0].podSelector.matchLabels: Invalid",
    ]);
    const selector: unknown = JSON.parse(`{"__proto__": "x"}`);
    expect(faultsOf("Service", { clusterIP: "None", selector }, { name: "web" })).toEqual(["selector: Invalid"]);
  });

  test("a label named __proto__ is refused like any bad key", () => {
    const labels: unknown = JSON.parse(`{"__proto__": "x"}`);
    expect(faults(policy({ labels }))).toEqual(["metadata.labels: Invalid"]);
  });
});

describe("every fault is found", () => {
  test("schema, cross-field, programmatic and metadata faults come together", () => {
    const spec = {
      selector: "a = b",
      types: ["Ingress", "Ingress"],
      ingress: [
        { action: "Maybe", icmp: { code: 1 } },
        { action: "Allow", destination: { ports: [80] } },
      ],
    };
    expect(faults(policy({ name: "Bad_Name", resourceVersion: "7" }, spec)).sort()).toEqual([
      "metadata.name: Invalid",
      "metadata.resourceVersion: Forbidden",
      "spec.ingress[0].action: NotSupported",
      "spec.ingress[0].icmp.code: Invalid",
      "spec.ingress[0].icmp: Invalid",
      "spec.ingress[1].destination.ports[0]: Invalid",
      "spec.selector: Invalid",
      "spec.types[1]: Duplicate",
    ]);
  });

  test("an invalid object becomes the Status that Kubernetes would send", () => {
    const result = prepareObject(NetworkPolicy, policy({}, { order: 1, tier: "A" }), create);
    expect("error" in result && result.error.toStatus()).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message:
        'NetworkPolicy.projectcalico.org "p" is invalid: spec.tier: must be a name: lower-case letters, digits, - and ., got "A"',
      reason: "Invalid",
      details: {
        name: "p",
        group: "projectcalico.org",
        kind: "NetworkPolicy",
        causes: [
          {
            field: "spec.tier",
            reason: "FieldValueInvalid",
            message: 'must be a name: lower-case letters, digits, - and ., got "A"',
          },
        ],
      },
      code: 422,
    });
  });
});

describe("metadata", () => {
  const long = "a".repeat(64);
  test.each<[name: string, metadata: object, expected: string[]]>([
    ["a name is needed", { name: "" }, ["metadata.name: Required"]],
    ["a namespace is needed", { namespace: undefined }, ["metadata.namespace: Required"]],
    ["a namespace is a DNS label", { namespace: "a.b" }, ["metadata.namespace: Invalid"]],
    ["label keys are qualified names", { labels: { "a b": "x" } }, ["metadata.labels: Invalid"]],
    ["label prefixes are subdomains", { labels: { "A/b": "x" } }, ["metadata.labels: Invalid"]],
    ["label names have 63 characters", { labels: { [long]: "x" } }, ["metadata.labels: Invalid"]],
    ["label values have 63 characters", { labels: { a: long } }, ["metadata.labels[a]: Invalid"]],
    ["label values are of a narrow alphabet", { labels: { a: "-x" } }, ["metadata.labels[a]: Invalid"]],
    ["label values may be empty", { labels: { "example.com/a": "" } }, []],
    ["annotation keys may have capitals", { annotations: { "Example.com/A": "any ☃ text" } }, []],
    ["annotation keys are qualified names", { annotations: { "a/b/c": "" } }, ["metadata.annotations: Invalid"]],
    ["annotations have a limit", { annotations: { a: "☃".repeat(90_000) } }, ["metadata.annotations: TooLong"]],
    ["finalizers are qualified names", { finalizers: ["not ok"] }, ["metadata.finalizers[0]: Invalid"]],
  ])("%s", (_, metadata, expected) => {
    expect(faults(policy(metadata))).toEqual(expected);
  });

  test("a cluster kind has no namespace", () => {
    const raw = { apiVersion: API_VERSION, kind: "Tier", metadata: { name: "t", namespace: "x" }, spec: {} };
    expect(faults(raw, create, "Tier")).toEqual(["metadata.namespace: Forbidden"]);
  });

  test.each<[kind: string, name: string, good: boolean]>([
    ["NetworkPolicy", "a", true],
    ["NetworkPolicy", "net-sec.a", true],
    ["NetworkPolicy", "a.b.c", false],
    ["NetworkPolicy", "knp.default.a.b.c", true],
    ["NetworkPolicy", "ossg.default.x", true],
    ["GlobalNetworkPolicy", "a.b", true],
    ["GlobalNetworkPolicy", "knp.default.a.b", false],
    ["GlobalNetworkPolicy", "a.", false],
    ["Tier", "net-sec", true],
    ["Tier", "net.sec", false],
    ["Tier", "a".repeat(64), false],
    ["NetworkSet", "a.b.c", true],
    ["NetworkSet", `${"a.".repeat(126)}a`, true],
    ["NetworkSet", `${"a.".repeat(127)}a`, false],
    ["IPAMConfiguration", "default", true],
    ["IPAMConfiguration", "other", false],
    ["ClusterInformation", "other", false],
    ["FelixConfiguration", "node.n1.example", true],
  ])("%s may be called %s: %s", (kind, name, good) => {
    const namespaced = definitionOf(kind)!.namespaced && { namespace: "shop" };
    const raw = { apiVersion: API_VERSION, kind, metadata: { name, ...namespaced }, spec: {} };
    expect(faults(raw, create, kind)).toEqual(good ? [] : ["metadata.name: Invalid"]);
  });

  test("what the server owns is not taken from the client", () => {
    const sent = {
      uid: "u1",
      creationTimestamp: "2020-01-01T00:00:00Z",
      generation: 9,
      deletionTimestamp: "2020-01-01T00:00:00Z",
    };
    expect(accepted(policy(sent)).metadata).toEqual({
      name: "p",
      namespace: "shop",
      labels: { "projectcalico.org/tier": "default" },
    });
  });

  test("a generated name keeps 58 characters of its prefix", () => {
    expect(generatedName("web-", () => 0)).toBe("web-bbbbb");
    expect(generatedName("x".repeat(80), () => 0.999)).toBe(`${"x".repeat(58)}99999`);
  });
});

describe("update", () => {
  const old = accepted(policy());
  const stored = {
    ...old,
    metadata: {
      ...old.metadata,
      uid: "u1",
      resourceVersion: "5",
      generation: 2,
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
  };
  const update: PrepareOptions = { operation: "update", old: stored };

  test("needs a resourceVersion", () => {
    expect(faults(policy(), update)).toEqual(["metadata.resourceVersion: Invalid"]);
  });

  test("keeps what the server owns", () => {
    expect(accepted(policy({ resourceVersion: "5", generation: 77 }), update).metadata).toEqual(stored.metadata);
  });

  test("of an object made anew in between is a conflict", () => {
    const result = prepareObject(NetworkPolicy, policy({ resourceVersion: "5", uid: "u0" }), update);
    expect("error" in result && result.error).toMatchObject({ code: 409, reason: "Conflict" });
  });
});

describe("status", () => {
  const tier = (spec: object, status?: object): object => ({
    apiVersion: API_VERSION,
    kind: "Tier",
    metadata: { name: "t", resourceVersion: "5" },
    spec,
    status,
  });
  const ready = {
    conditions: [
      { type: "Ready", status: "True", reason: "OK", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" },
    ],
  };
  const old: KubeObject = {
    apiVersion: API_VERSION,
    kind: "Tier",
    metadata: { name: "t", resourceVersion: "5" },
    spec: { order: 5, defaultAction: "Deny" },
    status: ready,
  };

  test("is not touched by a write of the object", () => {
    expect(accepted(tier({ order: 6 }, {}), { operation: "update", old }, "Tier").status).toEqual(ready);
  });

  test("is all that its own endpoint writes", () => {
    const written = accepted(tier({ order: 6 }, {}), { operation: "update", old, subresource: "status" }, "Tier");
    expect(written).toEqual({ ...old, status: {} });
  });

  test("is checked against its schema", () => {
    const bad = tier({}, { conditions: [{ type: "Ready", status: "Perhaps", reason: "x", lastTransitionTime: "" }] });
    expect(faults(bad, { operation: "update", old, subresource: "status" }, "Tier")).toEqual([
      "status.conditions[0].status: NotSupported",
    ]);
    expect(Tier.statusSubresource).toBe(true);
  });
});

test("preparing a prepared object changes nothing", () => {
  const raw = { apiVersion: API_VERSION, kind: "IPPool", metadata: { name: "p" }, spec: { cidr: "FD00:0::/48" } };
  const once = prepareObject(IPPool, raw, create);
  const twice = "object" in once && prepareObject(IPPool, once.object, create);
  expect(twice).toEqual(once);
});

describe("an object with more faults than anybody reads", () => {
  const set = (spec: object, metadata: object = {}): object => ({
    apiVersion: API_VERSION,
    kind: "GlobalNetworkSet",
    metadata: { name: "s", ...metadata },
    spec,
  });
  const messages = (raw: unknown, kind = "GlobalNetworkSet"): string[] => {
    const result = prepareObject(definitionOf(kind)!, raw, create);
    return "error" in result ? result.error.causes.map(({ message }) => message) : [];
  };
  const strings = (count: number): string[] => Array.from({ length: count }, (_, i) => `x${i}`);
  const labels = Object.fromEntries(strings(100_000).map((key) => [`${key}!`, ""]));

  test.each([
    ["bad elements of a list", set({ nets: strings(100_000) }), "faults: 99950 more"],
    ["elements of a wrong type", set({ nets: strings(100_000).map(() => 1) }), "faults: 99950 more"],
    ["bad labels", set({}, { labels }), "faults: 99950 more"],
    ["unknown fields", set(Object.fromEntries(strings(200_000).map((key) => [key, 1]))), "unknown fields: 199950 more"],
  ])("tells the first fifty of its %s and counts the others", (_, raw, last) => {
    const told = messages(raw);
    expect([told.length, told.at(-1)]).toEqual([51, last]);
  });

  test("hides no wrong type behind the first fifty from the rules, which could not look at it", () => {
    const rules = strings(60).map(() => ({ action: "Allow", source: { nets: ["x"] } }));
    const result = prepareObject(NetworkPolicy, policy({}, { egress: rules, ingress: "x" }), create);
    expect("error" in result && result.error.code).toBe(400);
  });

  test("finds repeated elements of a long list in one pass", () => {
    const nets = Array.from({ length: 100_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    expect(messages(set({ nets: [...nets, ...nets] })).at(-1)).toBe("faults: 99950 more");
  });
});
