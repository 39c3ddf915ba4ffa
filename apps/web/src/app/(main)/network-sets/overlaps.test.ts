import { containsCidr } from "@percale/net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { netOf, type NetOwner, overlapsOf } from "./overlaps.ts";

const owner = (is: NetOwner["is"], name: string, ...nets: readonly string[]): NetOwner => ({ is, name, nets });
const told = (...owners: readonly NetOwner[]) =>
  overlapsOf(owners).map(({ set, how, other, net, count }) => `${set} ${how} ${other} (${net}, ${count})`);

test("a set that holds pools and nodes is told of each, with the net that does", () => {
  expect(
    told(
      owner("set", "corp", "10.0.0.0/8", "192.0.2.0/24", "fd00::/16"),
      owner("pool", "v4", "10.65.0.0/16"),
      owner("pool", "v6", "fd00:1::/64"),
      owner("node", "node-1", "192.0.2.11", "fd00:30::1"),
      owner("node", "node-2", "198.51.100.1"),
    ),
  ).toEqual([
    "corp holds pool v4 (10.0.0.0/8, 1)",
    "corp holds node node-1 (192.0.2.0/24, 2)",
    "corp holds pool v6 (fd00::/16, 1)",
  ]);
});

test("a set within a pool, nets of another set, and nets that are there twice are told with their number", () => {
  expect(
    told(
      owner("pool", "v4", "10.65.0.0/16"),
      owner("set", "a", "10.65.0.1", "10.65.0.2/32", "203.0.113.0/24", "203.0.113.7", "203.0.113.8"),
      owner("set", "b", "203.0.113.0/25", "198.51.100.0/24"),
    ),
  ).toEqual([
    "a in pool v4 (10.65.0.1, 2)",
    "a holds set b (203.0.113.0/25, 1)",
    "a twice 203.0.113.0/24 (203.0.113.7, 2)",
    "b holds set a (203.0.113.7, 2)",
  ]);
});

test("equal nets are one overlap, and a set's net that is a whole pool holds it", () => {
  expect(told(owner("set", "b", "192.0.2.0/24"), owner("set", "a", "192.0.2.0/24"))).toEqual([
    "a holds set b (192.0.2.0/24, 1)",
  ]);
  expect(told(owner("pool", "p", "10.0.0.0/8"), owner("set", "a", "10.0.0.0/8"))).toEqual([
    "a holds pool p (10.0.0.0/8, 1)",
  ]);
});

test("what is no net overlaps nothing", () => {
  expect(told(owner("set", "a", "", "10.0.0.300", "10.0.0.0/8"), owner("set", "b", "x"))).toEqual([]);
});

const net = fc.tuple(fc.nat(15), fc.integer({ min: 28, max: 32 })).map(([last, length]) => `10.0.0.${last}/${length}`);
const sets = fc
  .array(fc.array(net, { maxLength: 4 }), { maxLength: 4 })
  .map((all) => all.map((nets, index) => owner("set", `s${index}`, ...nets)));

test("whatever the sets, those that overlap are those of which a net of one holds a net of the other", () => {
  fc.assert(
    fc.property(sets, (all) => {
      const pairs = new Set<string>();
      for (const [i, a] of all.entries())
        for (const b of all.slice(i + 1))
          if (
            a.nets.some((x) =>
              b.nets.some((y) => {
                const [left, right] = [netOf(x)!, netOf(y)!];
                return containsCidr(left, right) || containsCidr(right, left);
              }),
            )
          )
            pairs.add(`${a.name} ${b.name}`);
      const found = overlapsOf(all).filter(({ how }) => how === "holds set");
      expect(new Set(found.map(({ set, other }) => [set, other].sort().join(" ")))).toEqual(pairs);
    }),
  );
});
