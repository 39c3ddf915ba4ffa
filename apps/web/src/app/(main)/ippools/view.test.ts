import { expect, test } from "vitest";
import { blockAddresses, nodeUse, poolRows, sortPools, stepOfUse } from "./view.ts";

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

test("each node has its blocks, and what it borrowed counts there and not where it was lent", () => {
  const owners = [
    { ordinal: 0, owner: "shop/web" },
    { ordinal: 1, owner: "shop/db", borrower: "n-2" },
  ];
  const rows = [
    { blocks: [{ cidr: "10.0.0.0/26", node: "n-10", used: 2, size: 64, owners }] },
    {
      blocks: [
        { cidr: "10.1.0.0/26", node: "n-2", used: 1, size: 64, owners: [{ ordinal: 3, owner: "shop/web" }] },
        { cidr: "10.1.0.64/26", used: 1, size: 64, owners: [{ ordinal: 3, owner: "shop/x", borrower: "n-2" }] },
      ],
    },
  ];
  expect(nodeUse(rows)).toEqual([
    { node: "n-2", blocks: 1, used: 3, borrowed: 2, free: 63 },
    { node: "n-10", blocks: 1, used: 1, borrowed: 0, free: 62 },
  ]);
});

test("pools go by any column, addresses by their number and IPv4 first", () => {
  const rows = poolRows(
    [pool("p-10", "10.9.0.0/24"), pool("p-9", "fd00::/64"), pool("p-1", "10.10.0.0/16")],
    [
      {
        name: "p-1",
        cidr: "10.10.0.0/16",
        size: 65_536,
        used: 65,
        blocks: [block("10.10.0.0/26", 64), block("10.10.0.64/26", 1)],
      },
      { name: "p-10", cidr: "10.9.0.0/24", size: 256, used: 64, blocks: [block("10.9.0.0/26", 64)] },
    ],
  );
  const by = (id: string, down = false) => sortPools(rows, { id, down }).map(({ name }) => name);
  expect(by("name")).toEqual(["p-1", "p-9", "p-10"]);
  expect(by("cidr")).toEqual(["p-10", "p-1", "p-9"]);
  expect(by("cidr", true)).toEqual(["p-9", "p-1", "p-10"]);
  expect(by("use", true)).toEqual(["p-10", "p-1", "p-9"]);
  expect(by("free")).toEqual(["p-10", "p-1", "p-9"]);
  expect(by("blocks", true)).toEqual(["p-1", "p-10", "p-9"]);
  expect(by("space", true)[0]).toBe("p-1");
  expect(by("nothing")).toEqual(rows.map(({ name }) => name));
});
