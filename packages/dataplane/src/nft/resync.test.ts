import { turns } from "@percale/daemon";
import { TABLE_FLAG } from "@percale/kernel";
import type { Family, ListedElement } from "@percale/kernel";
import { emptyState, take } from "@percale/policy";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Drift } from "../policy/driver.ts";
import { difference, lawState, linksOf, NOTHING } from "../policy/contract/states.ts";
import type { LawState } from "../policy/contract/states.ts";
import { readDispatch } from "./actual.ts";
import { FROM_MAP, HOSTS, TO_MAP, WORKLOADS } from "./layout.ts";
import { Planner } from "./plan.ts";
import { compareTables, readTables } from "./resync.ts";
import { MemoryTables } from "./testdata/memory-tables.ts";
import type { MemoryTable } from "./testdata/memory-tables.ts";
import { NftView } from "./view.ts";

/** Makes the tables what the state wants; says what was found. */
async function compare(tables: MemoryTables, wanted: LawState, { rebuild = false, flags = 0 } = {}): Promise<Drift> {
  const state = emptyState();
  const view = new NftView(state);
  for (const update of difference(NOTHING, wanted)) {
    const change = take(state, update);
    if (change !== undefined) view.note(change);
  }
  view.follow(linksOf(wanted));
  const plans = await new Planner(view).planAll(turns());
  const elements = view.sets.takeAll();
  const actual = await readTables(tables.reader, rebuild, turns());
  return compareTables({ batch: tables.batch, actual, plans, elements, rebuild, flags, turn: turns() });
}

/** Without handles, which tell of history. */
function contentOf({ tables }: MemoryTables): object {
  return [...tables].map(([family, { flags, chains, rules, sets, elements }]) => ({
    family,
    flags,
    chains: new Map(chains),
    rules: Object.fromEntries(
      [...chains.keys()].map((name) => [
        name,
        rules.filter(({ chain }) => chain === name).map(({ identity }) => identity),
      ]),
    ),
    sets: new Map(sets),
    elements: new Map([...elements].map(([set, members]) => [set, new Map(members)])),
  }));
}

async function fresh(state: LawState): Promise<MemoryTables> {
  const tables = new MemoryTables();
  await compare(tables, state);
  return tables;
}

const none: Drift = { total: 0, text: "" };

test("tables of any state are turned into those of any other, and then nothing is left to do", async () => {
  await fc.assert(
    fc.asyncProperty(lawState, lawState, fc.boolean(), async (before, after, rebuild) => {
      const tables = await fresh(before);
      await compare(tables, after, { rebuild });
      expect(contentOf(tables)).toEqual(contentOf(await fresh(after)));
      expect(await compare(tables, after)).toEqual(none);
    }),
    { numRuns: 6 },
  );
}, 60_000);

const any = { source: {}, destination: {} };
const state: LawState = {
  ...NOTHING,
  sets: new Map([["s:0", ["10.0.0.1/32", "10.1.0.0/16"]]]),
  policies: new Map([
    [
      "GlobalNetworkPolicy/p",
      {
        key: "GlobalNetworkPolicy/p",
        kind: "GlobalNetworkPolicy",
        name: "p",
        tier: "t",
        ingress: [{ action: "allow", ...any, source: { sets: ["s:0"] } }],
        egress: [],
      },
    ],
  ]),
  endpoints: new Map([
    [
      "w",
      {
        key: "w",
        ref: { kind: "WorkloadEndpoint", namespace: "red", name: "w" },
        match: { by: "name", name: "cali0" },
        active: true,
        profiles: [],
        stages: { normal: [{ name: "t", defaultAction: "Deny", ingress: ["GlobalNetworkPolicy/p"], egress: [] }] },
        workload: { addresses: [], allowSpoofedSourcePrefixes: [] },
      },
    ],
  ]),
  links: new Map([
    ["cali0", [11]],
    ["cali9", [12]],
  ]),
};
const POLICY = "filter-cali-pi-GlobalNetworkPolicy/p";
const FORWARD = "filter-FORWARD";
const key = (index: number) => String.fromCharCode(index, 0, 0, 0);
const edit = <K, V>(map: Map<K, V>, at: K, more: Partial<V>): void => void map.set(at, { ...map.get(at)!, ...more });
const member = (more: Partial<ListedElement> = {}): ListedElement => ({
  key: "01234567",
  keyEnd: "",
  verdict: "",
  extra: "",
  ...more,
});
const removeRules = (table: MemoryTable, of: string): void =>
  void (table.rules = table.rules.filter(({ chain }) => chain !== of));

test.each<[what: string, deed: (table: MemoryTable, tables: Map<Family, MemoryTable>) => void, drift: Drift]>([
  ["nothing", () => undefined, none],
  ["a rule gone", (table) => removeRules(table, POLICY), { total: 2, text: `2 rules of ${POLICY} missing` }],
  [
    "a rule more",
    ({ rules }) => void rules.push({ family: 4, chain: POLICY, handle: 900n, identity: "x" }),
    { total: 1, text: `1 rules of ${POLICY} not ours` },
  ],
  [
    "a chain gone with its rules",
    (table) => {
      removeRules(table, POLICY);
      table.chains.delete(POLICY);
    },
    { total: 1, text: `chain ${POLICY} missing` },
  ],
  [
    "a chain of somebody else's",
    ({ chains, rules }) => {
      chains.set("x", { family: 4, name: "x", comment: "", extra: "" });
      rules.push({ family: 4, chain: "x", handle: 900n, identity: "x" });
    },
    { total: 1, text: "chain x not ours" },
  ],
  ["a set of somebody else's", ({ sets }) => void sets.set("x", "form"), { total: 1, text: "set x not ours" }],
  [
    "a policy that drops",
    ({ chains }) => edit(chains, FORWARD, { base: { ...chains.get(FORWARD)!.base!, policy: "drop" } }),
    { total: 1, text: `policy drop of ${FORWARD}` },
  ],
  ["a table put to sleep", (table) => void (table.flags = TABLE_FLAG.dormant), { total: 1, text: "table is dormant" }],
  [
    "a table of other flags",
    (table) => void (table.flags = TABLE_FLAG.persist),
    expect.objectContaining({ text: expect.stringContaining(`table flags ${TABLE_FLAG.persist}`) }) as Drift,
  ],
  [
    "a set of another form",
    ({ sets }) => void sets.set(HOSTS, "other"),
    expect.objectContaining({ text: expect.stringContaining(`set ${HOSTS} of another form`) }) as Drift,
  ],
  [
    "a chain on another hook",
    ({ chains }) => edit(chains, FORWARD, { base: { hook: "input", type: "filter", priority: 0, policy: "accept" } }),
    expect.objectContaining({ text: expect.stringContaining(`chain ${FORWARD} called by another hook`) }) as Drift,
  ],
  [
    "a chain of another priority",
    ({ chains }) => edit(chains, FORWARD, { base: { ...chains.get(FORWARD)!.base!, priority: 7 } }),
    expect.objectContaining({ text: expect.stringContaining(`chain ${FORWARD} called by another hook`) }) as Drift,
  ],
  [
    "a chain on a device",
    ({ chains }) => edit(chains, FORWARD, { extra: "device" }),
    expect.objectContaining({ text: expect.stringContaining(`chain ${FORWARD} called by another hook`) }) as Drift,
  ],
  [
    "a table gone",
    (_, tables) => void tables.delete(4),
    expect.objectContaining({ text: expect.stringContaining("missing") }) as Drift,
  ],
  ["a member gone", ({ elements }) => elements.get(HOSTS)!.clear(), { total: 1, text: "1 members of set s:0 missing" }],
  [
    "a member more",
    ({ elements }) => void elements.get(HOSTS)!.set("01234567", member()),
    { total: 1, text: `1 members of ${HOSTS} not ours` },
  ],
  [
    "every member gone",
    ({ elements }) => {
      for (const [set, members] of elements) if (![FROM_MAP, TO_MAP, WORKLOADS].includes(set)) members.clear();
    },
    expect.objectContaining({ text: expect.stringMatching(/^\d+ set members missing$/) }) as Drift,
  ],
  [
    "a link that goes nowhere",
    ({ elements }) => void elements.get(FROM_MAP)!.delete(key(11)),
    { total: 2, text: "dispatch of cali0 missing, 1 dispatch entries not ours" },
  ],
  [
    "a link that goes elsewhere",
    ({ elements }) => edit(elements.get(TO_MAP)!, key(11), { verdict: "goto filter-cali-tw-cali7" }),
    { total: 3, text: "dispatch of cali0 missing, 2 dispatch entries not ours" },
  ],
  [
    "a link whose entry ends",
    ({ elements }) => edit(elements.get(TO_MAP)!, key(11), { extra: "timeout" }),
    { total: 3, text: "dispatch of cali0 missing, 2 dispatch entries not ours" },
  ],
  [
    "a link more",
    ({ elements }) => {
      for (const [map, way] of [
        [FROM_MAP, "fw"],
        [TO_MAP, "tw"],
      ] as const)
        elements.get(map)!.set(key(13), member({ key: key(13), verdict: `goto filter-cali-${way}-cali0` }));
    },
    { total: 1, text: "1 dispatch entries not ours" },
  ],
  [
    "a workload's link not known",
    ({ elements }) => void elements.get(WORKLOADS)!.delete(key(12)),
    { total: 1, text: "link 12 not known as a workload's" },
  ],
  [
    "a link known that is none",
    ({ elements }) => void elements.get(WORKLOADS)!.set(key(14), member({ key: key(14) })),
    { total: 1, text: "1 dispatch entries not ours" },
  ],
  [
    "a link known for a while only",
    ({ elements }) => edit(elements.get(WORKLOADS)!, key(12), { extra: "timeout" }),
    { total: 2, text: "link 12 not known as a workload's, 1 dispatch entries not ours" },
  ],
])("%s is found, told and mended", async (_, deed, drift) => {
  const tables = await fresh(state);
  const before = contentOf(tables);
  deed(tables.tables.get(4)!, tables.tables);
  expect(await compare(tables, state)).toEqual(drift);
  const byFamily = (all: object) => [...(all as { family: Family }[])].sort((a, b) => a.family - b.family);
  const after = contentOf(tables);
  expect(byFamily(after)).toEqual(byFamily(before));
});

test("a chain that a torn listing hides is there, for its rules are", async () => {
  const tables = await fresh(state);
  const before = contentOf(tables);
  const list = tables.chains.bind(tables);
  tables.chains = (family) => list(family).filter(({ name }) => name !== POLICY);
  expect([await compare(tables, state), contentOf(tables)]).toEqual([none, before]);
});

test("sets that rules made for themselves are theirs", async () => {
  const tables = await fresh(state);
  tables.tables.get(4)!.sets.set("__set7", "form");
  expect(await compare(tables, state)).toEqual(none);
});

test("flags that a table has for its time only make no other table of it; lasting ones do", async () => {
  const tables = await fresh(state);
  const rules = tables.tables.get(4)!.rules.map(({ handle }) => handle);
  await compare(tables, state, { flags: TABLE_FLAG.owner });
  expect(tables.tables.get(4)).toMatchObject({ flags: TABLE_FLAG.owner });
  expect(tables.tables.get(4)!.rules.map(({ handle }) => handle)).toEqual(rules);
  await compare(tables, state, { flags: TABLE_FLAG.persist });
  expect(tables.tables.get(4)!.rules.some(({ handle }) => rules.includes(handle))).toBe(false);
});

test("an earlier run's dispatch is read where both ways agree", async () => {
  const tables = await fresh(state);
  expect(readDispatch(tables.reader, 4)).toEqual({
    dispatch: new Map([[11, "cali0"]]),
    workloads: new Set([11, 12]),
    broken: [],
  });
});
