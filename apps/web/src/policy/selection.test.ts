import { Selection } from "@percale/policy";
import type { KubeObject } from "@percale/resources/catalog";
import { expect, test } from "vitest";
import { endpointsBy, type Scope } from "./selection.ts";

const object = <S extends object>(kind: string, metadata: KubeObject["metadata"], spec: S): KubeObject<S> => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata,
  spec,
});
const endpoint = (namespace: string, app: string, profiles: readonly string[] = []) =>
  object(
    "WorkloadEndpoint",
    { name: `n-k8s-${app}-eth0`, namespace, labels: { app } },
    { pod: app, profiles, ...(profiles.includes("ksa.shop.default") && { serviceAccountName: "default" }) },
  );
const profile = (name: string, labelsToApply: object) => object("Profile", { name }, { labelsToApply });
const selection = new Selection([
  endpoint("shop", "web", ["kns.shop", "ksa.shop.default"]),
  endpoint("shop", "db"),
  endpoint("lab", "web", ["kns.lab"]),
  profile("kns.shop", { "pcns.tenant": "retail", app: "inherited", zone: "first" }),
  profile("ksa.shop.default", { zone: "last", "pcsa.role": "any" }),
  profile("kns.lab", { "pcns.projectcalico.org/name": "lab" }),
  object("NetworkSet", { name: "office", namespace: "shop", labels: { app: "web" } }, { nets: ["192.0.2.0/24"] }),
]);
const names = (selector: string, scope: Partial<Scope> = {}) =>
  endpointsBy(selection, selector, { of: "policy", ...scope }).map(({ key }) => key);

test("a namespaced policy selects only in its namespace", () => {
  expect(names("app == 'web'", { namespace: "shop" })).toEqual(["shop/n-k8s-web-eth0"]);
  expect(names("")).toHaveLength(3);
});

test("namespace and account selectors look at labels that profiles hand down", () => {
  expect(names("all()", { namespaceSelector: "tenant == 'retail'" })).toEqual(["shop/n-k8s-web-eth0"]);
  expect(names("all()", { namespaceSelector: "projectcalico.org/name == 'lab'" })).toEqual(["lab/n-k8s-web-eth0"]);
  expect(names("all()", { serviceAccountSelector: "role == 'any'" })).toEqual(["shop/n-k8s-web-eth0"]);
});

test("an endpoint's own label wins over an inherited one, and its first profile's over a later one's", () => {
  expect(names("app == 'inherited'")).toEqual([]);
  expect(names("zone == 'first'")).toEqual(["shop/n-k8s-web-eth0"]);
  expect(names("zone == 'last'")).toEqual([]);
});

test("a rule's other side is of the policy's namespace, unless it selects namespaces", () => {
  const peer = { of: "peer", namespace: "shop" } as const;
  expect(names("app == 'web'", peer)).toEqual(["shop/n-k8s-web-eth0"]);
  expect(names("app == 'web'", { ...peer, namespaceSelector: "projectcalico.org/name == 'lab'" })).toEqual([
    "lab/n-k8s-web-eth0",
  ]);
  expect(names("", peer)).toHaveLength(3);
});

test("a text that is no selector is told", () => {
  expect(() => names("app ==")).toThrow("string in quotes expected");
});
