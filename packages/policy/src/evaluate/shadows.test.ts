import { formatRef, refOf } from "@percale/resources";
import type { KubeObject, PolicyRule } from "@percale/resources";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ADDRESSES, inhabited, object } from "../testdata/universe.ts";
import { createEvaluator, QueryError } from "./evaluator.ts";
import type { Query } from "./query.ts";
import type { Shadows } from "./shadows.ts";

function shadowsIn(objects: Iterable<KubeObject>): Shadows {
  const shadowing = createEvaluator(objects).shadowing();
  for (const endpoint of shadowing.endpoints()) shadowing.look(endpoint);
  return shadowing.done();
}

const OUTSIDE = ["192.0.2.9", "2001:db8::9"];
const queries: readonly Query[] = [...ADDRESSES, ...OUTSIDE].flatMap((from) =>
  [...ADDRESSES, ...OUTSIDE].flatMap((to) =>
    [6, 17, 1, 58, 253].flatMap((protocol) =>
      [80, 53, 85].map((port) => ({ from: { ip: from }, to: { ip: to }, protocol, port })),
    ),
  ),
);

/** What may become of a rule that somebody copies: narrower, wider, or another one. */
const tweaks: readonly ((rule: PolicyRule) => object)[] = [
  (rule) => rule,
  (rule) => ({ ...rule, protocol: "TCP" }),
  (rule) => ({ ...rule, source: { ...rule.source, nets: ["10.0.0.1/32"] } }),
  (rule) => ({ ...rule, source: { ...rule.source, notSelector: "a == '1'" } }),
  (rule) => ({ ...rule, destination: { ...rule.destination, ports: [80] } }),
  (rule) => ({ ...rule, destination: { ...rule.destination, selector: "a == '1'" } }),
  (rule) => without(rule, "protocol"),
  (rule) => without(rule, "source"),
  (rule) => without(rule, "destination"),
];
function without(rule: PolicyRule, field: string): object {
  return Object.fromEntries(Object.entries(rule).filter(([key]) => key !== field));
}
const echo = fc.record({
  of: fc.nat(),
  tweaks: fc.array(fc.constantFrom(...tweaks), { minLength: 3, maxLength: 3 }),
  isGlobal: fc.boolean(),
});
/** The same, with policies that repeat others further down. */
const echoing = fc.tuple(inhabited, fc.array(echo, { minLength: 1, maxLength: 3 })).map(([objects, echoes]) => {
  const policies = [...objects.values()].filter(({ kind }) => kind.endsWith("NetworkPolicy"));
  const added = echoes.map(({ of, tweaks: how, isGlobal }, at) => {
    const { kind, metadata, spec } = policies[of % policies.length]!;
    const { ingress, egress, ...rest } = spec as { readonly [K in "ingress" | "egress"]: readonly PolicyRule[] };
    const tweaked = (rules: readonly PolicyRule[]): readonly object[] => rules.map((rule, i) => how[i % 3]!(rule));
    const all = { ...rest, order: 50 + at, ingress: tweaked(ingress), egress: tweaked(egress) };
    return isGlobal || metadata.namespace === undefined
      ? object("GlobalNetworkPolicy", `echo-${at}`, all)
      : object(kind, `echo-${at}`, all, { namespace: metadata.namespace });
  });
  return new Map([...objects, ...added.map((one) => [formatRef(refOf(one)), one] as const)]);
});

test("a shadowed policy can be deleted, and no packet meets another verdict", () => {
  let found = 0;
  fc.assert(
    fc.property(echoing, (objects) => {
      const before = createEvaluator(objects.values());
      for (const key of shadowsIn(objects.values()).keys()) {
        found++;
        const after = before.with([refOf(objects.get(key)!)]);
        const changed = queries.filter((query) => verdict(before, query) !== verdict(after, query));
        expect([key, changed]).toEqual([key, []]);
      }
    }),
    { numRuns: 150 },
  );
  expect(found).toBeGreaterThan(20); // the law is about something
});

function verdict(evaluator: ReturnType<typeof createEvaluator>, query: Query): string {
  try {
    return evaluator.verdict(query);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return error.message;
  }
}

const pod = (name: string, app: string): KubeObject =>
  object("WorkloadEndpoint", name, { node: "n1", profiles: [] }, { namespace: "shop", labels: { app } });
const tier = (name: string, order: number, defaultAction = "Deny"): KubeObject =>
  object("Tier", name, { order, defaultAction });
const policy = (name: string, order: number, spec: object): KubeObject =>
  object("GlobalNetworkPolicy", name, { tier: "t", order, selector: "all()", types: ["Ingress"], ...spec });
const from = (selector: string, ports: readonly (number | string)[] = [], action = "Allow"): object => ({
  action,
  protocol: "TCP",
  source: { selector },
  destination: { ports },
});
const ingress = (...rules: object[]): object => ({ ingress: rules });
const cluster = [pod("a", "web"), pod("b", "db"), tier("t", 1), tier("u", 2)];

describe("a policy is shadowed by", () => {
  const last = (spec: object): KubeObject => policy("last", 9, spec);
  test.each<[what: string, others: readonly KubeObject[], one: KubeObject, by: readonly string[]]>([
    [
      "one before it that ends everything",
      [policy("deny", 1, ingress({ action: "Deny" }))],
      last(ingress(from("app == 'x'"))),
      ["GlobalNetworkPolicy/deny"],
    ],
    [
      "one that passes everything, in its own tier",
      [policy("pass", 1, ingress({ action: "Pass" }))],
      last(ingress(from("app == 'x'"))),
      ["GlobalNetworkPolicy/pass"],
    ],
    [
      "the end of a tier before its own",
      [policy("some", 1, ingress(from("app == 'x'")))],
      last({ tier: "u", ...ingress({ action: "Allow" }) }),
      ["Tier/t"],
    ],
    [
      "one that has its rules already",
      [policy("same", 1, ingress(from("app == 'x'", [80])))],
      last(ingress(from("app == 'x'", [80]))),
      ["GlobalNetworkPolicy/same"],
    ],
    [
      "wider rules, each another one's",
      [
        policy("wide-1", 1, ingress(from("app == 'x'", ["80:90"]))),
        policy("wide-2", 2, ingress({ action: "Deny", protocol: "TCP", source: { nets: ["10.0.0.0/8"] } })),
      ],
      last(
        ingress(from("app == 'x' && has(b)", [80, "85:87"]), {
          action: "Allow",
          protocol: "TCP",
          source: { nets: ["10.1.0.0/16"] },
        }),
      ),
      ["GlobalNetworkPolicy/wide-1", "GlobalNetworkPolicy/wide-2"],
    ],
  ])("%s", (_, others, one, by) => {
    const told = shadowsIn([...cluster, ...others, one]);
    expect(told.get(formatRef({ kind: one.kind, name: "last" }))?.map(formatRef)).toEqual(by);
  });
});

describe("a policy is not shadowed", () => {
  const last = (spec: object): KubeObject => policy("last", 9, spec);
  test.each<[what: string, others: readonly KubeObject[], one: KubeObject]>([
    ["where it alone brings its tier into force", [], last({})],
    ["by what comes after it", [policy("later", 10, ingress({ action: "Deny" }))], last(ingress(from("app == 'x'")))],
    [
      "while one endpoint is left that others are not for",
      [policy("deny", 1, { selector: "app == 'web'", ...ingress({ action: "Deny" }) })],
      last(ingress(from("app == 'x'"))),
    ],
    [
      "while others end the other way only",
      [policy("deny", 1, ingress({ action: "Deny" }))],
      last({ types: ["Ingress", "Egress"], ...ingress(from("app == 'x'")), egress: [{ action: "Allow" }] }),
    ],
    [
      "by a tier that passes some on",
      [policy("some", 1, ingress(from("app == 'x'", [], "Pass")))],
      last({ tier: "u", ...ingress({ action: "Allow" }) }),
    ],
    ["by a rule that logs", [policy("log", 1, ingress({ action: "Log" }))], last(ingress(from("app == 'x'")))],
    [
      "by a rule for other ports",
      [policy("some", 1, ingress(from("app == 'x'", [80])))],
      last(ingress(from("app == 'x'", ["80:81"]))),
    ],
    [
      "by the same words in another namespace",
      [
        object(
          "NetworkPolicy",
          "own",
          { tier: "t", order: 1, selector: "all()", types: ["Ingress"], ...ingress(from("app == 'x'")) },
          { namespace: "shop" },
        ),
      ],
      last(ingress(from("app == 'x'"))),
    ],
    ["where it selects nobody", [policy("deny", 1, ingress({ action: "Deny" }))], last({ selector: "app == 'none'" })],
  ])("%s", (_, others, one) => {
    expect(shadowsIn([...cluster, ...others, one]).get("GlobalNetworkPolicy/last")).toBeUndefined();
  });
});
