import type { EndpointRowView } from "@percale/api";
import { expect, test } from "vitest";
import { nodeBlocks, restartWords, routeRows } from "./view.ts";

test("a node has its blocks, and addresses that it borrowed of others'", () => {
  const own = { cidr: "10.65.0.0/26", node: "a", used: 1, size: 64, owners: [{ ordinal: 1, owner: "shop/web" }] };
  const other = {
    cidr: "10.65.0.64/26",
    node: "b",
    used: 2,
    size: 64,
    owners: [
      { ordinal: 0, owner: "shop/db" },
      { ordinal: 5, owner: "shop/cart", borrower: "a" },
    ],
  };
  const pools = [{ name: "p", cidr: "10.65.0.0/16", size: 65_536, used: 3, blocks: [own, other] }];
  expect(nodeBlocks("a", pools)).toEqual({
    own: [{ ...own, pool: "p" }],
    borrowed: [{ address: "10.65.0.69", owner: "shop/cart", block: "10.65.0.64/26", pool: "p", lender: "b" }],
  });
  expect(nodeBlocks("c", pools)).toEqual({ own: [], borrowed: [] });
});

test("a route says which node or which endpoint it leads to, where it is known", () => {
  const endpoint = { key: "shop/web", addresses: ["10.65.0.1"] } as unknown as EndpointRowView; // the parts that are read
  const known = { nodes: [{ name: "b", addresses: ["192.0.2.2", "2001:db8::2"] }], endpoints: [endpoint] };
  expect(
    routeRows(
      [
        { dst: "10.65.0.64/26", from: "peer", via: "192.0.2.2", dev: "eth0" },
        { dst: "10.65.9.0/26", from: "peer", via: "198.51.100.9" },
        { dst: "10.65.0.1/32", from: "workload", dev: "cali1" },
        { dst: "10.65.0.2/32", from: "workload", dev: "cali2" },
        { dst: "10.65.0.0/26", from: "block" },
      ],
      known,
    ).map(({ node, endpoint: to }) => node ?? to?.key),
  ).toEqual(["b", undefined, "shop/web", undefined, undefined]);
});

const at = (hour: number) => new Date(hour * 3_600_000).toISOString();

test.each([
  [[at(99)], "not restarted in 24 h"],
  [[at(50), at(40)], "not restarted in 24 h"],
  [[at(99), at(98)], "restarted once in 24 h"],
  [[at(99), at(40)], "restarted once in 24 h"],
  [[at(99), at(98), at(97), at(40)], "restarted 3 times in 24 h"],
  [[], "not restarted in 24 h"],
])("of starts at %j it is said: %s", (starts, words) => {
  expect(restartWords(starts, 100 * 3_600_000)).toBe(words);
});
