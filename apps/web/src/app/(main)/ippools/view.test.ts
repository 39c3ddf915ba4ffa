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
