import type { Decision, Explanation, Half, PolicyStep } from "@percale/policy";
import { expect, test } from "vitest";
import type { DecisionStep } from "../trpc/views.ts";
import { decisionText, decisionView, partyView } from "./decision-text.ts";

const byRule = {
  by: "rule",
  kind: "NetworkPolicy",
  name: "web",
  namespace: "shop",
  tier: "security",
  direction: "ingress",
  ruleIndex: 1,
  action: "Allow",
} as const;
const byPolicy: Decision = byRule;
const { namespace: _, tier: __, ...global } = byRule;
const byProfile: Decision = { ...global, kind: "Profile", name: "kns.shop", ruleIndex: 0 };
const byTier: Decision = { by: "tier", tier: "security", direction: "ingress", action: "Deny" };
const byNobody: Decision = { by: "no profile matched", direction: "ingress", message: "no profile lets it in" };

test.each<[Decision, text: string, decider: object]>([
  [
    byPolicy,
    "Allow: ingress rule 2 of NetworkPolicy shop/web in tier security",
    {
      by: "rule",
      tier: "security",
      policy: { kind: "NetworkPolicy", name: "web", namespace: "shop", tier: "security" },
      rule: 1,
    },
  ],
  [
    { ...global, kind: "GlobalNetworkPolicy" },
    "Allow: ingress rule 2 of GlobalNetworkPolicy web",
    { by: "rule", tier: "default", policy: { kind: "GlobalNetworkPolicy", name: "web", tier: "default" }, rule: 1 },
  ],
  [byProfile, "Allow: ingress rule 1 of Profile kns.shop", { by: "profile", profile: "kns.shop", rule: 0 }],
  [
    byTier,
    "Deny: policies of tier security apply and none of their rules matched",
    { by: "tierDefault", tier: "security" },
  ],
  [byNobody, "no profile lets it in", { by: "noMatch" }],
])("who decides is told in words and as an object: %j", (decision, text, decider) => {
  expect(decisionText(decision)).toBe(text);
  const half = { verdict: "deny", decision, tiers: [], profiles: [] } as unknown as Half; // the parts that are read
  const view = decisionView("ingress", half, { decision, verdict: "allow" } as Explanation);
  expect(view).toEqual({ direction: "ingress", verdict: "deny", ...decider, text, steps: [] });
});

const step = (name: string, more: Partial<PolicyStep>): PolicyStep => ({
  ref: { kind: "GlobalNetworkPolicy", name },
  rules: [],
  outcome: "no match",
  ...more,
});
const rule = (index: number, failedField?: string, wants?: string) =>
  ({ index, ...(failedField !== undefined && { failedField, wants }) }) as unknown as PolicyStep["rules"][number];

test("of a policy of many rules the first tell why it did not decide, and the others are counted", () => {
  const rules = Array.from({ length: 2_000 }, (_, index) => rule(index, "protocol", "UDP"));
  const half = {
    verdict: "deny",
    decision: byProfile,
    tiers: [{ tier: "t", policies: [step("long", { rules })], outcome: "Deny", defaultAction: "Deny" }],
    profiles: [],
  } as unknown as Half; // the parts that are read
  const [{ text, misfits }] = decisionView("ingress", half, {} as Explanation).steps as [DecisionStep];
  const first = Array.from({ length: 8 }, (_, index) => `rule ${index + 1} wants protocol UDP`);
  expect(text).toBe(`GlobalNetworkPolicy/long: no rule matched (${first.join("; ")}; 1992 more do not match)`);
  expect(misfits).toHaveLength(8);
});

test("every policy on the way to a decision tells why it did not decide, or which rule did", () => {
  const half = {
    verdict: "allow",
    decision: byProfile,
    tiers: [
      {
        tier: "security",
        policies: [
          step("empty", {}),
          step("near", { rules: [rule(0, "protocol", "UDP"), rule(1, "source.nets", "10.0.0.0/8")] }),
          step("passes", { rules: [rule(0, "protocol", "UDP"), rule(1)], outcome: "Pass", ruleIndex: 1 }),
        ],
        outcome: "Pass",
        byDefault: false,
        defaultAction: "Deny",
      },
      { tier: "late", policies: [], outcome: "Pass", byDefault: true, defaultAction: "Pass" },
      { tier: "last", policies: [], outcome: "Deny", byDefault: true, defaultAction: "Deny" },
    ],
    profiles: [{ ref: { kind: "Profile", name: "kns.shop" }, rules: [rule(0)], outcome: "Allow", ruleIndex: 0 }],
  } as unknown as Half; // the parts that are read
  const policy = (name: string) => ({ kind: "GlobalNetworkPolicy", name, tier: "security" });
  const tier = "security";
  expect(decisionView("ingress", half, {} as Explanation).steps).toEqual([
    { tier, policy: policy("empty"), action: "none", text: "GlobalNetworkPolicy/empty: no rule matched (no rules)" },
    {
      tier,
      policy: policy("near"),
      action: "none",
      text: "GlobalNetworkPolicy/near: no rule matched (rule 1 wants protocol UDP; rule 2 wants source.nets 10.0.0.0/8)",
      misfits: [
        { rule: 0, field: "protocol", wants: "UDP" },
        { rule: 1, field: "source.nets", wants: "10.0.0.0/8" },
      ],
    },
    {
      tier,
      policy: policy("passes"),
      action: "pass",
      text: "GlobalNetworkPolicy/passes: rule 2 says Pass",
      rule: 1,
      misfits: [{ rule: 0, field: "protocol", wants: "UDP" }],
    },
    { tier: "late", action: "pass", text: "no rule matched: the tier's default is Pass" },
    { tier: "last", action: "deny", text: "no rule matched: the tier's default is Deny" },
    { profile: "kns.shop", action: "allow", text: "Profile/kns.shop: rule 1 says Allow", rule: 0 },
  ]);
});

const notAsked = "not asked: the sending side refuses";
const notOurs = "no policy of ours covers this side";
const words = "no workload is involved";

test.each<
  [
    direction: "ingress" | "egress",
    decision: Partial<Decision>,
    verdict: "allow" | "deny",
    told: string,
    counts: string,
  ]
>([
  ["ingress", { direction: "egress" }, "deny", notAsked, "allow"],
  ["ingress", { direction: "egress" }, "allow", notOurs, "allow"],
  ["egress", { direction: "ingress" }, "deny", notOurs, "allow"],
  ["egress", {}, "deny", words, "deny"],
  ["ingress", { direction: "ingress" }, "deny", words, "deny"],
])("an %s side that is no endpoint, of a decision %j to %s, is told: %s", (direction, more, verdict, text, counts) => {
  const decision = { by: "no workload involved", message: words, ...more } as Decision;
  expect(decisionView(direction, undefined, { decision, verdict } as Explanation)).toEqual({
    direction,
    verdict: counts,
    by: "notAnEndpoint",
    text,
    steps: [],
  });
});

test("a party is shown as it was written, with the endpoint and the node that it is", () => {
  expect([
    partyView("shop/web", { kind: "workload", name: "shop/web", node: "n1", address: "10.0.0.5" }),
    partyView("n1", { kind: "node", name: "n1", address: undefined }),
  ]).toEqual([
    { text: "shop/web", address: "10.0.0.5", endpoint: "shop/web", node: "n1" },
    { text: "n1", address: "" },
  ]);
});
