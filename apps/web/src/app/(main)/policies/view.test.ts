import { expect, test } from "vitest";
import type { PolicyObject, TierObject } from "../../../policy/spec.ts";
import { boardColumns, litCards, parseNamespaces } from "./view.ts";

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
