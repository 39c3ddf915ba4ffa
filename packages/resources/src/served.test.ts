import { expect, test } from "vitest";
import { definitionOf, encodeServed, ownForm, prepareObject, resourceDefinitions, servedForm } from "./index.ts";

const sent = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "a", namespace: "shop" },
  spec: { podSelector: {} },
};

test("two groups may have a kind of one name: behind the edge each has its own", () => {
  const own = ownForm(sent);
  expect(own.kind).toBe("KubernetesNetworkPolicy");
  expect(ownForm({ ...sent, apiVersion: "projectcalico.org/v3" }).kind).toBe("NetworkPolicy");
  expect(servedForm(own)).toEqual(sent);
  expect(JSON.parse(encodeServed(own))).toEqual(sent);
});

test("an object that is called alike on both sides is itself", () => {
  const tier = { apiVersion: "projectcalico.org/v3", kind: "Tier", metadata: { name: "t" }, spec: {} };
  expect([servedForm(tier), ownForm(tier)]).toEqual([tier, tier]);
  expect(servedForm(tier)).toBe(tier);
});

test("every kind is found again by what its group calls it", () => {
  for (const { kind, apiVersion, servedKind } of resourceDefinitions)
    expect(ownForm({ apiVersion, kind: servedKind }).kind).toBe(kind);
  const paths = resourceDefinitions.map(({ apiVersion, servedPlural }) => `${apiVersion}/${servedPlural}`);
  expect(new Set(paths).size).toBe(paths.length);
});

test("a fault says the kind as its group does", () => {
  const bad = { ...sent, spec: { podSelector: {}, policyTypes: ["Both"] } };
  const result = prepareObject(definitionOf("KubernetesNetworkPolicy")!, bad, { operation: "create" });
  expect("error" in result && result.error.message).toBe(
    'NetworkPolicy.networking.k8s.io "a" is invalid: spec.policyTypes[0]: must be one of "Ingress", "Egress", got "Both"',
  );
});

test("what stands beside the metadata of a flat kind is checked and kept there", () => {
  const definition = definitionOf("EndpointSlice")!;
  const slice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "web-1", namespace: "shop" },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.0.0.1"] }],
    ports: [{ port: 80 }],
  };
  expect(prepareObject(definition, slice, { operation: "create", fieldValidation: "Strict" })).toEqual({
    object: { ...slice, ports: [{ port: 80, protocol: "TCP" }] },
    warnings: [],
  });
  const wrong = { ...slice, endpoints: [{ addresses: ["fd00::1"] }], spec: {} };
  const refused = prepareObject(definition, wrong, { operation: "create", fieldValidation: "Strict" });
  expect("issues" in refused && refused.issues.map(({ field }) => field)).toEqual([
    "spec",
    "endpoints[0].addresses[0]",
  ]);
  const stored = { ...slice, metadata: { ...slice.metadata, resourceVersion: "1" } };
  const moved = { ...stored, addressType: "FQDN" };
  const update = prepareObject(definition, moved, { operation: "update", old: stored as never }); // it has no spec
  expect("issues" in update && update.issues.map(({ field }) => field)).toEqual(["addressType"]);
});
