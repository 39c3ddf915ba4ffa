import type { Link, Rtnetlink } from "@percale/kernel";
import { expect, test } from "vitest";
import { InterfaceTable } from "./interfaces.ts";

const link = (index: number, name: string, more: Partial<Link> = {}): Link => ({
  index,
  name,
  mac: "",
  mtu: 1500,
  up: true,
  running: true,
  loopback: false,
  group: 0,
  ...more,
});

/** A node whose links may be changed behind the table's back. */
async function node(...links: readonly Link[]) {
  const present = [...links];
  const table = new InterfaceTable({ links: async () => [...present] } as unknown as Rtnetlink); // the part that is asked
  const first = await table.rescan();
  const touched = (of: ReadonlySet<string>) => [...of].sort();
  return {
    table,
    present,
    first: touched(first),
    rescan: async () => touched(await table.rescan()),
    hear: (one: Link) => touched(table.put(one)),
    lose: (one: Link) => touched(table.remove(one)),
    settle: (...wanted: readonly string[]) => table.claims.settle(new Set(wanted), ["cali"]),
  };
}

test("links come, change and go by their names; what does not matter touches nothing", async () => {
  const { table, first, hear, lose } = await node(link(1, "lo"), link(2, "cali0"));
  expect(first).toEqual(["cali0", "lo"]);
  expect(hear(link(2, "cali0", { mtu: 1400 }))).toEqual([]);
  expect(hear(link(2, "cali0", { running: false }))).toEqual(["cali0"]);
  expect(hear(link(2, "cali0", { running: false, up: false }))).toEqual(["cali0"]);
  expect([table.get("cali0")?.up, table.get("cali9")]).toEqual([false, undefined]);
  expect([hear(link(3, "cali1")), lose(link(3, "cali1")), table.get("cali1")]).toEqual([
    ["cali1"],
    ["cali1"],
    undefined,
  ]);
});

test("a loss is made good by looking at all of them", async () => {
  const { present, rescan, table } = await node(link(1, "a"), link(2, "b"));
  present.splice(0, 2, link(2, "b", { running: false }), link(3, "c"));
  expect([await rescan(), await rescan(), table.get("a")]).toEqual([["a", "b", "c"], [], undefined]);
});

test("a name that two indexes carry for a moment is nobody's", async () => {
  const { table, hear, lose } = await node(link(2, "cali0"));
  hear(link(3, "cali0"));
  expect(table.get("cali0")).toBeUndefined();
  lose(link(2, "cali0"));
  expect(table.get("cali0")?.index).toBe(3);
});

test("a workload's link that is renamed stays its endpoint's, and is told", async () => {
  const { table, hear, settle } = await node(link(2, "cali0"), link(3, "eth0"));
  settle("cali0");
  expect([table.renamed, table.linkOf("cali0")?.index]).toEqual([[], 2]);
  expect(hear(link(2, "x"))).toEqual(["cali0", "x"]);
  settle("cali0");
  expect([table.linkOf("cali0")?.name, table.nameOf(2), table.nameOf(3), table.nameOf(9)]).toEqual([
    "x",
    "cali0",
    "eth0",
    undefined,
  ]);
  expect(table.renamed.map(({ link: { name }, owner }) => [name, owner])).toEqual([["x", "cali0"]]);
  expect(table.linkOf("cali9")).toBeUndefined();
});

test("a name finds its link through a rename half heard of", async () => {
  const { table, hear, lose } = await node(link(5, "cali1"), link(6, "cali2"));
  const found = () => ["cali1", "cali2"].map((name) => table.get(name)?.index);
  expect(found()).toEqual([5, 6]);
  hear(link(5, "cali2"));
  expect(found()).toEqual([undefined, undefined]);
  hear(link(6, "cali1"));
  expect(found()).toEqual([6, 5]);
  lose(link(5, "cali2"));
  expect(found()).toEqual([6, undefined]);
});
