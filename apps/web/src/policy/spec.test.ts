import { expect, test } from "vitest";
import { isTiered, orderOf, type PolicyObject, rulesOf, tierOf } from "./spec.ts";

const policy = (kind: string, spec: object): PolicyObject => ({ apiVersion: "", kind, metadata: { name: "p" }, spec });

test.each([
  ["GlobalNetworkPolicy", { tier: "security", order: 5 }, ["security", 5, true]],
  ["NetworkPolicy", {}, ["default", undefined, true]],
  ["KubernetesNetworkPolicy", { podSelector: {} }, ["default", 1000, false]],
  ["KubernetesClusterNetworkPolicy", { tier: "Admin", priority: 7 }, ["kube-admin", 7, false]],
  ["KubernetesClusterNetworkPolicy", { tier: "Baseline", priority: 0 }, ["kube-baseline", 0, false]],
])("%s of %j stands in its tier at its order, and can be moved or not", (kind, spec, expected) => {
  const one = policy(kind, spec);
  expect([tierOf(one), orderOf(one), isTiered(one)]).toEqual(expected);
});

test("rules that are written otherwise are not taken for rules", () => {
  const rules = [{ action: "Allow" }];
  expect(rulesOf(policy("NetworkPolicy", { ingress: rules }), "ingress")).toEqual(rules);
  expect(rulesOf(policy("KubernetesNetworkPolicy", { ingress: [{ from: [] }] }), "ingress")).toEqual([]);
});
