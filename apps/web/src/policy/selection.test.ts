import { expect, test } from "vitest";
import { endpointOf } from "./endpoint.ts";
import { selectables, selectedBy, selectIn } from "./selection.ts";

const endpoint = (namespace: string, app: string, profiles: readonly string[] = []) =>
  endpointOf({
    apiVersion: "projectcalico.org/v3",
    kind: "WorkloadEndpoint",
    metadata: { name: `n-k8s-${app}-eth0`, namespace, labels: { app } },
    spec: { pod: app, profiles },
  });
const profile = {
  apiVersion: "projectcalico.org/v3",
  kind: "Profile",
  metadata: { name: "kns.shop" },
  spec: { labelsToApply: { "pcns.tenant": "retail", app: "inherited" } },
};
const all = selectables(
  [endpoint("shop", "web", ["kns.shop"]), endpoint("shop", "db"), endpoint("lab", "web")],
  [profile],
);
const names = (selector: string, scope = {}) => selectIn(all, selector, scope).map(({ key }) => key);

test("a namespaced policy selects only in its namespace", () => {
  expect(names("app == 'web'", { namespace: "shop" })).toEqual(["shop/n-k8s-web-eth0"]);
  expect(names("")).toHaveLength(3);
});

test("namespace selectors look at labels that profiles hand down and at the namespace's name", () => {
  expect(names("all()", { namespaceSelector: "tenant == 'retail'" })).toEqual(["shop/n-k8s-web-eth0"]);
  expect(names("all()", { namespaceSelector: "projectcalico.org/name == 'lab'" })).toEqual(["lab/n-k8s-web-eth0"]);
});

test("an endpoint's own label wins over an inherited one", () => {
  expect(names("app == 'inherited'")).toEqual([]);
});

test("a broken selector selects nothing instead of breaking the page", () => {
  const policy = { apiVersion: "", kind: "GlobalNetworkPolicy", metadata: { name: "x" }, spec: { selector: "app ==" } };
  expect(selectedBy(all, policy)).toEqual([]);
});
