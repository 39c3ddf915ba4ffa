import { expect, test } from "vitest";
import type { PolicyObject, TierObject } from "../../../policy/spec.ts";
import {
  boardColumns,
  cardOf,
  endOfTierWords,
  endpointsOf,
  hiding,
  litCards,
  orderText,
  parseNamespaces,
  type TierColumn,
} from "./view.ts";

const policy = (name: string, spec: PolicyObject["spec"], namespace?: string): PolicyObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: namespace === undefined ? "GlobalNetworkPolicy" : "NetworkPolicy",
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  spec,
});
const tier = (name: string, order?: number): TierObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "Tier",
  metadata: { name },
  spec: order === undefined ? {} : { order },
});

const columns = boardColumns(
  [tier("default", 1_000_000), tier("security", 100)],
  [
    policy("z", { order: 10, tier: "security" }),
    policy("last", { tier: "security" }),
    policy("a", { order: 10, tier: "security" }),
    policy("allow-web", { order: 5, selector: "app == 'web'" }, "shop"),
    policy("lost", { tier: "gone" }),
  ],
);

test("tiers and cards stand in evaluation order, a tier that nobody made is shown", () => {
  expect(columns.map((column) => [column.name, column.exists, column.cards.map((card) => card.name)])).toEqual([
    ["security", true, ["a", "z", "last"]],
    ["default", true, ["allow-web"]],
    ["gone", false, ["lost"]],
  ]);
});

test("a policy is in force on as many endpoints as the server counted, and on none if it named none", () => {
  const coverage = new Map(
    ["NetworkPolicy/shop/allow-web", "GlobalNetworkPolicy/allow-web"].map((name, count) => [
      name,
      { name, count: count + 3 },
    ]),
  );
  const counts = columns.flatMap(({ cards }) => cards).map((card) => [card.name, endpointsOf(coverage, card)]);
  expect(counts).toContainEqual(["allow-web", 3]);
  expect(counts).toContainEqual(["lost", 0]);
});

test("nothing dims without a filter", () => {
  expect(litCards(columns, { text: " ", namespaces: [], negated: false })).toBeUndefined();
});

test("search looks at names, namespaces and selectors", () => {
  const lit = (text: string) => [...(litCards(columns, { text, namespaces: [], negated: false }) ?? [])];
  expect(lit("'web'")).toEqual(["allow-web/shop/NetworkPolicy"]);
  expect(lit("nothing")).toEqual([]);
});

test("a namespace filter keeps global policies", () => {
  const lit = litCards(columns, { text: "", ...parseNamespaces("!shop") });
  expect(lit?.has("a//GlobalNetworkPolicy")).toBe(true);
  expect(lit?.has("allow-web/shop/NetworkPolicy")).toBe(false);
});

test("a card counts the rules of the directions that it governs", () => {
  const rules = [{ action: "Allow" }, { action: "Deny" }];
  const counts = (spec: PolicyObject["spec"]) => {
    const { ingress, egress, ruleCount } = cardOf(policy("p", spec));
    return [ingress, egress, ruleCount];
  };
  expect(counts({ types: ["Ingress"], ingress: rules, egress: rules })).toEqual([true, false, 2]);
  expect(counts({ types: ["Egress"], ingress: rules, egress: [rules[0]!] })).toEqual([false, true, 1]);
  expect(counts({ types: ["Ingress", "Egress"], ingress: rules, egress: [rules[0]!] })).toEqual([true, true, 3]);
  expect(counts({ types: ["Ingress", "Egress"] })).toEqual([true, true, 0]);
});

test("a card says where its page is, and whether Kubernetes' own API wrote it", () => {
  const own = cardOf(policy("allow-web", { order: 5 }, "shop"));
  expect(own).toMatchObject({
    path: "networkpolicies/shop/allow-web",
    key: "allow-web/shop/NetworkPolicy",
    tier: "default",
    order: 5,
    fromKubernetes: false,
  });
  expect(cardOf(policy("knp.default.x", {}, "shop")).fromKubernetes).toBe(true);
  expect(cardOf({ ...policy("x", {}, "shop"), kind: "KubernetesNetworkPolicy" }).fromKubernetes).toBe(true);
});

test("a column has its tier's order and what its end does", () => {
  expect(columns.map(({ name, order, defaultAction }) => [name, order, defaultAction])).toEqual([
    ["security", 100, "Deny"],
    ["default", 1_000_000, "Deny"],
    ["gone", undefined, "Deny"],
  ]);
});

test("search finds labels and namespaces in any case, and together with namespaces both count", () => {
  const board = boardColumns(
    [tier("default")],
    [
      { ...policy("a", {}, "Shop"), metadata: { name: "a", namespace: "Shop", labels: { Team: "Web" } } },
      policy("b", {}, "bank"),
      policy("g", { selector: "ROLE == 'x'" }),
    ],
  );
  const lit = (text: string, ns: string | null = null) =>
    [...(litCards(board, { text, ...parseNamespaces(ns) }) ?? [])].map((key) => key.split("/")[0]);
  expect(lit("team=web")).toEqual(["a"]);
  expect(lit("SHOP")).toEqual(["a"]);
  expect(lit("role ==")).toEqual(["g"]);
  expect(lit("", "bank")).toEqual(["g", "b"].sort());
  expect(lit("team", "bank")).toEqual([]);
  expect(lit("b", "!Shop,other")).toEqual(["b"]);
});

test.each([
  [null, [], false],
  ["", [], false],
  ["a,,b", ["a", "b"], false],
  ["!a", ["a"], true],
])("the namespaces of %j", (text, namespaces, negated) => {
  expect(parseNamespaces(text)).toEqual({ namespaces, negated });
});

test.each<[order: number | undefined, text: string]>([
  [undefined, "last"],
  [0, "0"],
  [12.5, "12.5"],
  [1_000_000, "1000000"],
])("the order %s reads %s, as kubectl prints it", (order, text) => {
  expect(orderText(order)).toBe(text);
});

test("each filter says how many there would be without it alone", () => {
  const columns = boardColumns(
    [tier("default", 100)],
    [policy("web", {}, "shop"), policy("web", {}, "payments"), policy("cart", {}, "shop"), policy("web", {})],
  );
  expect(hiding(columns, { text: "web", namespaces: "shop" })).toEqual([
    { key: "q", words: "“web”", without: 3 },
    { key: "ns", words: "ns=shop", without: 3 },
  ]);
  expect(hiding(columns, { text: "", namespaces: null })).toEqual([]);
});

test.each<[name: string, spec: PolicyObject["spec"], onlyPasses: boolean]>([
  ["passes everything both ways", { ingress: [{ action: "Pass" }], egress: [{ action: "Pass", source: {} }] }, true],
  ["passes some", { ingress: [{ action: "Pass", protocol: "TCP" }] }, false],
  ["passes, and allows outwards", { ingress: [{ action: "Pass" }], egress: [{ action: "Allow" }] }, false],
  [
    "allows in a direction that it is not for",
    { types: ["Ingress"], ingress: [{ action: "Pass" }], egress: [{ action: "Allow" }] },
    true,
  ],
  ["has no rules", {}, false],
])("a policy that %s is told from others", (_, spec, onlyPasses) => {
  expect(cardOf(policy("p", { types: ["Ingress", "Egress"], ...spec })).onlyPasses).toBe(onlyPasses);
});

test("the end of a tier says whose packets come so far, where that ends anything", () => {
  const tally = { open: 0, partly: 0, closed: 0, byProfile: 0 };
  const protection = {
    endpoints: 0,
    openBothWays: 0,
    ingress: tally,
    egress: tally,
    revision: 1,
    ends: [{ name: "Tier/security", ingress: 1200, egress: 3 }],
  };
  const [security, base] = columns as [TierColumn, TierColumn];
  const words = (column: TierColumn) => endOfTierWords(column, protection);
  expect([words(security), words(base)]).toEqual(["1,200 in, 3 out", "never reached"]);
  expect(words({ ...security, defaultAction: "Pass" })).toBeUndefined();
  expect(words({ ...security, cards: [] })).toBeUndefined();
  expect(endOfTierWords(security, "waiting")).toBeUndefined();
});
