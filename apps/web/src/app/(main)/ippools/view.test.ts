import { expect, test } from "vitest";
import { addressMap, blockAddresses, poolRows, stepOfUse } from "./view.ts";

const block = (cidr: string, used: number, size = 64) => ({
  cidr,
  used,
  size,
  node: "n",
  owners: [{ ordinal: 1, owner: "shop/web" }],
});
const pool = (name: string, cidr: string, spec = {}) => ({ metadata: { name }, spec: { cidr, ...spec } });

test("pools are counted exactly and the fullest comes first", () => {
  const rows = poolRows(
    [pool("v6", "fd00::/56"), pool("v4", "10.0.0.0/24")],
    [
      {
        name: "v4",
        cidr: "10.0.0.0/24",
        size: 256,
        used: 64,
        blocks: [block("10.0.0.64/26", 64), block("10.0.0.0/26", 0)],
      },
    ],
  );
  expect(
    rows.map(({ name, share, blocksTotal, blocksWithSpace }) => ({ name, share, blocksTotal, blocksWithSpace })),
  ).toEqual([
    { name: "v4", share: 0.25, blocksTotal: 4n, blocksWithSpace: 1 },
    { name: "v6", share: 0, blocksTotal: 1n << 66n, blocksWithSpace: 0 },
  ]);
  expect(rows[1]?.free).toBe(1n << 72n);
  expect(rows[0]?.blocks.map(({ cidr }) => cidr)).toEqual(["10.0.0.0/26", "10.0.0.64/26"]);
});

test("a small pool shows every block in address order", () => {
  const [row] = poolRows(
    [pool("v4", "10.0.0.0/24")],
    [{ name: "v4", cidr: "10.0.0.0/24", size: 256, used: 1, blocks: [block("10.0.0.128/26", 1)] }],
  );
  const [part] = addressMap(row!);
  expect(part?.t === "row" && part.cells.map((cell) => [cell.cidr, cell.block?.used])).toEqual([
    ["10.0.0.0/26", undefined],
    ["10.0.0.64/26", undefined],
    ["10.0.0.128/26", 1],
    ["10.0.0.192/26", undefined],
  ]);
});

test("a huge pool shows claimed blocks and the gaps between them", () => {
  const claimed = [block("fd00::40/122", 1), block("fd00::80/122", 1)];
  const [row] = poolRows(
    [pool("v6", "fd00::/64")],
    [{ name: "v6", cidr: "fd00::/64", size: 2 ** 64, used: 2, blocks: claimed }],
  );
  const parts = addressMap(row!);
  expect(parts.map((part) => (part.t === "gap" ? part.blocks : part.cells.length))).toEqual([1n, 2, (1n << 58n) - 3n]);
});

test("a block lists every address with its owner", () => {
  const cells = blockAddresses(block("10.0.0.64/26", 1));
  expect(cells).toHaveLength(64);
  expect(cells[1]).toMatchObject({ address: "10.0.0.65", owner: "shop/web" });
});

test("use has one hue in five steps", () => {
  expect([0, 0.01, 0.2, 0.5, 1].map(stepOfUse)).toEqual([0, 1, 1, 3, 5]);
});

test.each([
  [{}, "none"],
  [{ ipipMode: "Never", vxlanMode: "Never" }, "none"],
  [{ ipipMode: "Always" }, "IPIP"],
  [{ ipipMode: "CrossSubnet", vxlanMode: "Never" }, "IPIP CrossSubnet"],
  [{ vxlanMode: "Always", ipipMode: "Never" }, "VXLAN"],
  [{ vxlanMode: "CrossSubnet" }, "VXLAN CrossSubnet"],
])("a pool with %j is encapsulated by %s", (spec, words) => {
  expect(poolRows([pool("p", "10.0.0.0/24", spec)], [])[0]?.encapsulation).toBe(words);
});

test("a pool is what its spec says, with nothing used of what the usage does not know", () => {
  expect(poolRows([pool("p", "10.0.0.0/24", { blockSize: 28, natOutgoing: true, disabled: true })], [])).toEqual([
    {
      name: "p",
      cidr: "10.0.0.0/24",
      encapsulation: "none",
      natOutgoing: true,
      disabled: true,
      size: 256n,
      used: 0,
      free: 256n,
      share: 0,
      blocks: [],
      blocksTotal: 16n,
      blocksWithSpace: 0,
    },
  ]);
  expect(poolRows([pool("p", "10.0.0.0/24", { blockSize: 0 })], [])[0]).toMatchObject({
    blocksTotal: 4n,
    natOutgoing: false,
    disabled: false,
  });
  expect(poolRows([pool("p", "10.0.0.0/28")], [])[0]?.blocksTotal).toBe(1n);
  expect(poolRows([pool("p", "broken")], [])[0]).toMatchObject({ size: 1n, blocksTotal: 1n });
  expect(poolRows([{ metadata: { name: "p" }, spec: {} }], [])[0]).toMatchObject({ cidr: "0.0.0.0/32", size: 1n });
});

test("equally full pools go by name, and a share of a huge one is told in millionths", () => {
  const usage = [{ name: "v6", cidr: "fd00::/104", size: 2 ** 24, used: 2 ** 20, blocks: [] }];
  const rows = poolRows([pool("b", "10.0.0.0/24"), pool("a", "10.1.0.0/24"), pool("v6", "fd00::/104")], usage);
  expect(rows.map(({ name, share }) => [name, share])).toEqual([
    ["v6", 0.0625],
    ["a", 0],
    ["b", 0],
  ]);
});

test("a map of many blocks has rows of 64, each under its first address", () => {
  const [row] = poolRows([pool("p", "10.0.0.0/18")], []);
  const parts = addressMap(row!);
  expect(parts.map((part) => part.t === "row" && [part.label, part.cells.length, part.cells.at(-1)?.cidr])).toEqual([
    ["10.0.0.0", 64, "10.0.15.192/26"],
    ["10.0.16.0", 64, "10.0.31.192/26"],
    ["10.0.32.0", 64, "10.0.47.192/26"],
    ["10.0.48.0", 64, "10.0.63.192/26"],
  ]);
  expect(parts[1]?.t === "row" && parts[1].cells[0]?.index).toBe(64n);
});

test("a huge pool may begin and end with claimed blocks", () => {
  const claimed = [block("fd00::/122", 1), block("fd00::ffff:ffff:ffff:ffc0/122", 1), block("fd00::100/122", 1)];
  const [row] = poolRows(
    [pool("v6", "fd00::/64")],
    [{ name: "v6", cidr: "fd00::/64", size: 2 ** 64, used: 3, blocks: claimed }],
  );
  expect(
    addressMap(row!).map((part) =>
      part.t === "gap" ? part.blocks : [part.label, ...part.cells.map(({ index }) => index)],
    ),
  ).toEqual([["fd00::", 0n], 3n, ["fd00::100", 4n], (1n << 58n) - 6n, ["fd00::ffff:ffff:ffff:ffc0", (1n << 58n) - 1n]]);
});

test("of a block larger than a page only addresses in use are shown, in their order", () => {
  const owners = [
    { ordinal: 300, owner: "b", handle: "h" },
    { ordinal: 7, owner: "a" },
  ];
  expect(blockAddresses({ ...block("fd00::/112", 2, 65_536), owners })).toEqual([
    { ordinal: 7, address: "fd00::7", owner: "a", handle: undefined },
    { ordinal: 300, address: "fd00::12c", owner: "b", handle: "h" },
  ]);
  expect(blockAddresses(block("10.0.0.0/24", 1, 256))).toHaveLength(256);
  expect(blockAddresses(block("10.0.0.0/23", 1, 512))).toHaveLength(1);
});
