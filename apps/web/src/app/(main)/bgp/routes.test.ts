import { expect, test } from "vitest";
import { findRoutes, routeRows } from "./routes.ts";
import { between, outside } from "./testdata/sessions.ts";

const block = (cidr: string, node?: string) => ({
  cidr,
  used: 0,
  size: 64,
  owners: [],
  ...(node !== undefined && { node }),
});
const pool = (name: string, ...blocks: readonly ReturnType<typeof block>[]) => ({
  name,
  cidr: "",
  size: 0,
  used: 0,
  blocks,
});
const pools = [
  pool("six", block("2001:db8::/122", "a")),
  pool("kept", block("10.9.0.0/26", "a")),
  pool("four", block("10.65.0.64/26", "b"), block("10.65.0.0/26", "a"), block("10.65.0.128/26")),
];
const sessions = [between("a", "b"), between("a", "b", "down", { family: 6 }), outside("a", "198.51.100.9", "unheard")];
const rows = routeRows(pools, sessions, new Set(["kept"]));

test("each block is announced by its node to the sessions of its family, in address order", () => {
  expect(
    rows.map(({ prefix, pool: of, node, isKept, sessions: { established, total } }) => [
      prefix,
      of,
      node,
      isKept,
      `${established}/${total}`,
    ]),
  ).toEqual([
    ["10.9.0.0/26", "kept", "a", true, "1/2"],
    ["10.65.0.0/26", "four", "a", false, "1/2"],
    ["10.65.0.64/26", "four", "b", false, "1/1"],
    ["10.65.0.128/26", "four", undefined, false, "0/0"],
    ["2001:db8::/122", "six", "a", false, "0/1"],
  ]);
});

test.each([
  ["an address", "10.65.0.70", ["10.65.0.64/26"]],
  ["one that no block holds", "10.66.0.1", []],
  ["a prefix around blocks", "10.65.0.0/25", ["10.65.0.0/26", "10.65.0.64/26"]],
  ["a prefix within one", "10.65.0.0/30", ["10.65.0.0/26"]],
  ["an IPv6 address", "2001:db8::1", ["2001:db8::/122"]],
  ["a node", "b", ["10.65.0.64/26", "2001:db8::/122"]],
  ["a pool", " KEPT ", ["10.9.0.0/26"]],
  ["nothing", " ", rows.map(({ prefix }) => prefix)],
])("%s finds the routes it is about", (_, text, found) => {
  expect(findRoutes(rows, text).map(({ prefix }) => prefix)).toEqual(found);
});
