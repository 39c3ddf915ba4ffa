import { expect, test } from "vitest";
import { formatOpen, kindWords, parseOpen, pathOf } from "./kinds.ts";

test.each([
  ["networkpolicies/shop/allow-web", { kind: "NetworkPolicy", namespace: "shop", name: "allow-web" }],
  ["tiers/security", { kind: "Tier", name: "security" }],
])("%s is where an object's page is", (text, ref) => {
  expect([parseOpen(text), formatOpen(ref), pathOf(ref)]).toEqual([ref, text, `/${text}`]);
});

test.each([null, "", "nothings/a", "tiers", "networkpolicies/shop", "networkpolicies"])("%j opens nothing", (text) => {
  expect(parseOpen(text)).toBeUndefined();
});

test("a name may hold what an address must not", () => {
  expect(pathOf({ kind: "Tier", name: "a/b" })).toBe("/tiers/a%2Fb");
  expect(pathOf({ kind: "Gizmo", namespace: "n", name: "a b" })).toBe("/gizmos/n/a%20b");
  expect(parseOpen("tiers/a/b")).toEqual({ kind: "Tier", name: "a/b" });
  expect(parseOpen("networksets/n/a/b")).toEqual({ kind: "NetworkSet", namespace: "n", name: "a/b" });
});

test.each([
  ["GlobalNetworkPolicy", "global network policy"],
  ["IPPool", "IP pool"],
  ["BGPPeer", "BGP peer"],
  ["IPAMBlock", "IPAM block"],
  ["Tier", "tier"],
])("%s reads %s", (kind, words) => {
  expect(kindWords(kind)).toBe(words);
});
