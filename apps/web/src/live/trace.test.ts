import type { DecisionStep, DecisionView, ExplainView } from "@percale/api";
import { expect, test } from "vitest";
import { rowsOf, traceOf } from "./trace.ts";

const step = (action: DecisionStep["action"], more: object = {}): DecisionStep => ({ action, text: "x", ...more });
const decision = (more: Partial<DecisionView> = {}): DecisionView => ({
  direction: "ingress",
  verdict: "allow",
  by: "rule",
  text: "Allow: because",
  steps: [],
  ...more,
});
const policy = { kind: "NetworkPolicy", name: "allow-web", namespace: "shop", tier: "app" };
const web = { kind: "GlobalNetworkPolicy", name: "web", tier: "security" };

test("rules, ends of tiers and profiles are rows; the last of the verdict decides", () => {
  const steps = [
    step("pass", { policy: web, tier: "security", rule: 0, text: "GlobalNetworkPolicy/web: rule 1 says Pass" }),
    step("log", { policy, rule: 1 }),
    step("allow", { policy, rule: 2 }),
    step("allow", { profile: "kns.shop" }),
    step("none", { tier: "app" }),
    step("none"),
  ];
  const common = { tier: "", reason: "x", decides: false };
  expect(rowsOf(decision({ steps }))).toEqual([
    {
      tier: "security",
      outcome: "pass",
      reason: "rule 1 says Pass",
      decides: false,
      rule: 1,
      what: "policy",
      name: "web",
      cardKey: "web//GlobalNetworkPolicy",
      path: "globalnetworkpolicies/web",
    },
    ...[
      { outcome: "none", rule: 2 },
      { outcome: "allow", rule: 3 },
    ].map((more) => ({
      ...common,
      tier: "app",
      what: "policy",
      name: "allow-web",
      namespace: "shop",
      cardKey: "allow-web/shop/NetworkPolicy",
      path: "networkpolicies/shop/allow-web",
      ...more,
    })),
    { ...common, outcome: "allow", what: "profile", name: "kns.shop", decides: true },
    { ...common, tier: "app", outcome: "none", what: "endOfTier", name: "" },
    { ...common, outcome: "none", what: "noPolicy", name: "no profile" },
  ]);
});

test("what decides without a step of its own becomes the last row", () => {
  const rows = rowsOf(
    decision({
      verdict: "deny",
      by: "endOfTier",
      tier: "app",
      text: "Deny: end",
      steps: [step("none", { policy })],
    } as object),
  );
  expect(rows.map(({ what, tier, outcome, reason, decides }) => ({ what, tier, outcome, reason, decides }))).toEqual([
    { what: "policy", tier: "app", outcome: "none", reason: "x", decides: false },
    { what: "endOfTier", tier: "app", outcome: "deny", reason: "Deny: end", decides: true },
  ]);
  expect(rowsOf(decision({ verdict: "deny" }))).toMatchObject([
    { what: "noPolicy", outcome: "deny", reason: "Allow: because", decides: true },
  ]);
});

test("each half has its end by the name that people know, or by its address; an outside end has no rows", () => {
  const answer = {
    verdict: "deny",
    from: { text: "web", address: "10.0.0.1", endpoint: "shop/n1-k8s-web-eth0", called: "shop/web", node: "n1" },
    to: { text: "192.0.2.1", address: "192.0.2.1" },
    egress: decision({ direction: "egress", verdict: "deny", steps: [step("deny", { policy })] }),
    ingress: decision({ by: "notAnEndpoint" }),
  } as unknown as ExplainView;
  expect(traceOf(answer)).toMatchObject({
    verdict: "Deny",
    halves: [
      { direction: "egress", endpoint: "shop/web", node: "n1", verdict: "Deny", rows: [{ decides: true }] },
      { direction: "ingress", endpoint: "192.0.2.1", verdict: "Allow", rows: [] },
    ],
  });
  expect(traceOf({ ...answer, verdict: "allow" }).verdict).toBe("Allow");
});
