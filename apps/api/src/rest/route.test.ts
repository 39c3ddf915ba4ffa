import { expect, test } from "vitest";
import { parseObjectRoute, refOfRoute, rootOf } from "./route.ts";

const CALICO = "/apis/projectcalico.org/v3";

/** What a path names, in short. */
function named(path: string): unknown {
  const route = parseObjectRoute(path);
  if (route === undefined) return undefined;
  return route.subresource === undefined ? refOfRoute(route) : { ...refOfRoute(route), of: route.subresource };
}

test.each<[path: string, names: unknown]>([
  [`${CALICO}/tiers`, { kind: "Tier", name: "" }],
  [`${CALICO}/tiers/default`, { kind: "Tier", name: "default" }],
  [`${CALICO}/tiers/a%2Fb`, { kind: "Tier", name: "a/b" }],
  [`${CALICO}/networkpolicies`, { kind: "NetworkPolicy", name: "" }],
  [`${CALICO}/namespaces/shop/networkpolicies`, { kind: "NetworkPolicy", namespace: "shop", name: "" }],
  [`${CALICO}/namespaces/shop/networkpolicies/p`, { kind: "NetworkPolicy", namespace: "shop", name: "p" }],
  [`${CALICO}/tiers/default/status`, { kind: "Tier", name: "default", of: "status" }],
  ["/api/v1/namespaces", { kind: "Namespace", name: "" }],
  ["/api/v1/namespaces/shop", { kind: "Namespace", name: "shop" }],
])("%s names %o", (path, names) => {
  expect(named(path)).toEqual(names);
});

test.each([
  ["no kind", `${CALICO}/`],
  ["no kind after a namespace", `${CALICO}/namespaces/shop/`],
  ["an unknown kind", `${CALICO}/unheardof`],
  ["another version", "/apis/projectcalico.org/v1/tiers"],
  ["another group", "/apis/apps/v1/tiers"],
  ["another root", "/api/v1/tiers"],
  ["a kind of another root", `${CALICO}/namespaces`],
  ["a kind of the whole cluster in a namespace", `${CALICO}/namespaces/shop/tiers`],
  ["an object outside its namespace", `${CALICO}/networkpolicies/p`],
  ["an empty name", `${CALICO}/tiers/`],
  ["an unknown part of an object", `${CALICO}/tiers/default/scale`],
  ["the status of a kind that has none", `${CALICO}/globalnetworksets/s/status`],
  ["more than a part", `${CALICO}/tiers/default/status/x`],
  ["no encoding", `${CALICO}/tiers/%zz`],
  ["something before the root", `/x${CALICO}/tiers`],
])("a path with %s names nothing", (_, path) => {
  expect(named(path)).toBeUndefined();
});

test("the core group has a root of its own", () => {
  expect([rootOf({ group: "", version: "v1" }), rootOf({ group: "a.b", version: "v3" })]).toEqual([
    "/api/v1",
    "/apis/a.b/v3",
  ]);
});
