import type { SetUseRow } from "@percale/api";
import type { KubeObject } from "@percale/resources/catalog";
import { expect, test } from "vitest";
import type { Overlap } from "./overlaps.ts";
import { effectOf, findSets, overlapsToTell, setRows, setsVerdict, sortSets, usedBy } from "./view.ts";

const set = (
  name: string,
  nets: readonly string[],
  labels?: Readonly<Record<string, string>>,
): KubeObject<{ readonly nets: readonly string[] }> => ({
  apiVersion: "projectcalico.org/v3",
  kind: "GlobalNetworkSet",
  metadata: { name, ...(labels !== undefined && { labels }) },
  spec: { nets },
});
const use = (name: string, count = 1): SetUseRow => ({
  name: `GlobalNetworkSet/${name}`,
  count,
  uses: [
    {
      owner: { kind: "NetworkPolicy", namespace: "shop", name: "default.allow" },
      direction: "ingress",
      rule: 1,
      side: "source",
    },
  ],
});
const uses = (...rows: readonly SetUseRow[]) => new Map(rows.map((row) => [row.name, row]));
const overlap = (name: string, how: Overlap["how"], other: string, count = 1): Overlap => ({
  set: `GlobalNetworkSet/${name}`,
  how,
  other,
  net: "10.0.0.0/8",
  count,
});
const NET = ["192.0.2.0/24"];

test.each<[overlaps: readonly Overlap[], text: string | undefined, severity?: string]>([
  [[], undefined],
  [[overlap("a", "holds pool", "v4"), overlap("a", "holds node", "n1")], "holds pool v4", "warning"],
  [[overlap("a", "holds pool", "v4"), overlap("a", "holds pool", "v6")], "holds 2 pools", "warning"],
  [[overlap("a", "holds node", "n1")], "holds n1", "warning"],
  [[overlap("a", "holds node", "n1"), overlap("a", "holds node", "n2")], "holds 2 nodes", "warning"],
  [[overlap("a", "in pool", "v4")], "in pool v4", "info"],
  [[overlap("a", "holds set", "NetworkSet/shop/b", 3)], "3 nets also in shop/b", "info"],
  [[overlap("a", "twice", "10.0.0.0/8")], "1 net twice", "info"],
])("of the overlaps %j the worst is the finding", (overlaps, text, severity) => {
  const [row] = setRows([set("a", NET)], uses(use("a")), overlaps);
  expect(row?.finding).toEqual(text === undefined ? undefined : { text, severity });
});

test("a set that no rule selects, or that has no net, says so; what it holds is no warning then", () => {
  const found = (nets: readonly string[], overlaps: readonly Overlap[] = []) =>
    setRows([set("a", nets)], uses(), overlaps)[0]?.finding;
  expect(found(NET)).toEqual({ severity: "info", text: "no rule selects it" });
  expect(found([])).toEqual({ severity: "info", text: "has no net" });
  expect(found(NET, [overlap("a", "holds pool", "v4")])).toEqual({ severity: "info", text: "holds pool v4" });
  expect(setRows([set("a", NET)], "unknown", [])[0]?.finding).toBeUndefined();
});

const many = setRows(
  [set("b-10", NET, { zone: "corp" }), set("b-9", ["fd00::/64"]), set("a", ["192.0.2.1", "192.0.2.2"])],
  uses(use("b-10", 2), use("b-9"), use("a", 5)),
  [overlap("b-10", "holds pool", "v4")],
);
const names = (rows: typeof many) => rows.map(({ ref }) => ref.name);

test("sets that need a look come first, and the table goes by any column", () => {
  expect(names(many)).toEqual(["b-10", "a", "b-9"]);
  const by = (id: string, down = false) => names(sortSets(many, { id, down }));
  expect(by("name")).toEqual(["a", "b-9", "b-10"]);
  expect(by("nets", true)[0]).toBe("a");
  expect(by("addresses", true)).toEqual(["b-9", "b-10", "a"]);
  expect(by("uses", true)).toEqual(["a", "b-10", "b-9"]);
  expect(by("nothing")).toEqual(names(many));
});

test.each([
  ["corp", ["b-10"]],
  ["192.0.2.1", ["a"]],
  ["B-", ["b-10", "b-9"]],
  ["", ["b-10", "a", "b-9"]],
])("%j finds sets by name, label and net", (text, found) => {
  expect(names(findSets(many, text))).toEqual(found);
});

test("the verdict names the sets that reach far, else how many are in use", () => {
  expect(setsVerdict(many)).toEqual({
    severity: "warning",
    lead: "1 of 3 sets reaches further than its rules may mean.",
    rest: "b-10 holds pool v4.",
  });
  const well = (told: Parameters<typeof setRows>[1]) => setsVerdict(setRows([set("a", NET), set("b", NET)], told, []));
  expect(well(uses(use("a")))).toEqual({
    severity: "ok",
    lead: "2 sets, none of which holds a pool or a node.",
    rest: "No rule selects 1 of them.",
  });
  expect(well(uses(use("a"), use("b"))).rest).toBe("Rules select all of them.");
  expect(well("waiting").severity).toBe("unknown");
  const one = (told: Parameters<typeof setRows>[1]) => setsVerdict(setRows([set("a", NET)], told, []));
  expect(one(uses(use("a")))).toMatchObject({
    lead: "The one set holds no pool and no node.",
    rest: "A rule selects it.",
  });
  expect(one(uses()).rest).toBe("No rule selects it.");
});

test("an overlap is told by its effect on the rules that select the set", () => {
  expect(usedBy(use("a", 3))).toBe("shop/default.allow ingress rule 2 and 2 more");
  expect(effectOf(overlap("a", "holds pool", "v4"), use("a"))).toBe(
    "every workload of pool v4 counts as this set in shop/default.allow ingress rule 2",
  );
  expect(effectOf(overlap("a", "holds node", "n1"), undefined)).toBe(
    "n1 itself counts as this set once a rule selects it",
  );
  expect(effectOf(overlap("a", "in pool", "v4", 2), "unknown")).toBe(
    "2 nets of pool v4: workloads there count as this set in its rules",
  );
  expect(effectOf(overlap("a", "holds set", "NetworkSet/shop/b"), use("a"))).toBe(
    "what rules say of this set holds for 1 net of shop/b, too",
  );
  expect(effectOf(overlap("a", "twice", "10.0.0.0/8", 2), use("a"))).toBe(
    "2 nets change nothing: 10.0.0.0/8 holds them",
  );
});

test("overlaps with nodes are told as one, and what reaches far comes first", () => {
  const overlaps = [
    overlap("a", "twice", "10.0.0.0/8"),
    overlap("a", "holds node", "n1", 2),
    overlap("a", "holds node", "n2"),
    overlap("a", "holds pool", "v4"),
  ];
  const told = overlapsToTell({ overlaps });
  expect(told.map((one) => effectOf(one, undefined))).toEqual([
    "every workload of pool v4 counts as this set once a rule selects it",
    "n1 and 1 other node count as this set once a rule selects it",
    "1 net changes nothing: 10.0.0.0/8 holds it",
  ]);
  expect(overlapsToTell({ overlaps: [] })).toEqual([]);
});
