import type { PoolUsageView } from "@percale/api";
import { expect, test } from "vitest";
import { placeOf, sayPlace } from "./place.ts";

const owners = [
  { ordinal: 1, owner: "shop/web" },
  { ordinal: 2, owner: "shop/db", borrower: "node-2" },
];
const block = { cidr: "10.65.0.64/26", node: "node-1", used: 2, size: 64, owners };
const pools: readonly PoolUsageView[] = [
  { name: "six", cidr: "fd00::/64", size: 2 ** 64, used: 0, blocks: [] },
  {
    name: "four",
    cidr: "10.65.0.0/16",
    size: 65_536,
    used: 2,
    blocks: [block, { ...block, node: undefined!, cidr: "10.65.0.0/26" }],
  },
];

test.each([
  ["10.65.0.65", "Held by shop/web"],
  ["10.65.0.66", "Held by shop/db on node-2, which borrowed it"],
  [" 10.65.0.67 ", "Free in block 10.65.0.64/26 of node-1"],
  ["10.65.0.9", "Free in block 10.65.0.0/26"],
  ["10.65.9.9", "Free in pool four"],
  ["fd00:0::7", "Free in pool six"],
  ["192.0.2.1", "In none of the pools"],
])("of %s it is said: %s", (text, words) => {
  expect(sayPlace(placeOf(text, pools)!)).toBe(words);
});

test("an address has its place in its block, and is written as people write it", () => {
  expect(placeOf("10.65.0.65", pools)).toEqual({
    address: "10.65.0.65",
    pool: pools[1],
    block,
    ordinal: 1,
    holder: owners[0],
  });
  expect(placeOf("fd00:0::7", pools)).toEqual({ address: "fd00::7", pool: pools[0] });
});

test.each(["", "shop/web", "10.65.0.0/16", "10.65.0.256"])("%j is no address", (text) => {
  expect(placeOf(text, pools)).toBeUndefined();
});
