import { expect, test } from "vitest";
import { addressMap } from "./map.ts";
import { poolRows } from "./view.ts";

const block = (cidr: string, used: number, size = 64) => ({
  cidr,
  used,
  size,
  node: "n",
  owners: [{ ordinal: 1, owner: "shop/web" }],
});
const pool = (name: string, cidr: string, spec = {}) => ({ metadata: { name }, spec: { cidr, ...spec } });

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

test("wholly free rows between claimed ones are said by their number, unless they are few", () => {
  const blocks = [0, 16, 240].map((third) => block(`10.0.${third}.0/26`, 1));
  const [row] = poolRows(
    [pool("v4", "10.0.0.0/16")],
    [{ name: "v4", cidr: "10.0.0.0/16", size: 65_536, used: 3, blocks }],
  );
  const seen = (perRow?: number) =>
    addressMap(row!, perRow).map((part) => (part.t === "gap" ? `${part.blocks} free` : part.label));
  expect(seen()).toEqual(["10.0.0.0", "10.0.16.0", "832 free", "10.0.240.0"]);
  const few = ["10.0.4.0", "10.0.8.0", "10.0.12.0"];
  const last = ["10.0.244.0", "10.0.248.0", "10.0.252.0"];
  expect(seen(16)).toEqual(["10.0.0.0", ...few, "10.0.16.0", "880 free", "10.0.240.0", ...last]);
});
