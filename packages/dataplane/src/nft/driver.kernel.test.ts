import { setImmediate } from "node:timers/promises";
import { createNetns, deleteNetns, Nftables } from "@percale/kernel";
import type { ActiveEndpoint, ActivePolicy, NodeUpdate, Rule } from "@percale/policy";
import { formatRef } from "@percale/resources";
import { busyNeighbour, listRuleset, nft } from "@percale/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Driven } from "../policy/contract/driven.ts";
import { NftDriver } from "./driver.ts";
import type { NftDriverOptions } from "./driver.ts";
import { difference, lawState, NOTHING } from "../policy/contract/states.ts";

const netns = `pn-${process.pid}`;
let driver: NftDriver;
let update: (update: NodeUpdate) => void;

/** A driver over a state of its own, in place of the last one. */
function open(options: Omit<NftDriverOptions, "state" | "netns"> = {}): void {
  const driven = new Driven((state) => new NftDriver({ state, netns, own: false, ...options }));
  driver = driven.driver;
  update = (one) => driven.update(one);
}

beforeEach(async () => {
  createNetns(netns);
  open();
  await driver.failClosed();
});

afterEach(() => {
  driver.close();
  deleteNetns(netns);
});

const key = (name: string) => `GlobalNetworkPolicy/${name}`;
const policyOf = (name: string, ingress: readonly Rule[]): ActivePolicy => ({
  key: key(name),
  kind: "GlobalNetworkPolicy",
  name,
  tier: "t",
  ingress,
  egress: [],
});

test("an unchanged state sends nothing", async () => {
  const same = fc.sample(lawState, { numRuns: 1, seed: 7 })[0]!;
  const updates = difference(NOTHING, same);
  updates.forEach(update);
  await driver.commit();
  updates.forEach(update);
  expect((await driver.commit()).messages).toBe(0);
});

test("a rule that the kernel refuses makes its policy deny, and only that", async () => {
  const any = { source: {}, destination: {} };
  const named = Array.from({ length: 50 }, (_, i) => `n:${i}`); // 250 expressions: more than a rule can hold
  const refused: Rule = { action: "allow", protocol: 6, source: {}, destination: { notNamedPorts: named } };
  const put = (name: string, ingress: readonly Rule[]) =>
    update({
      t: "policy",
      policy: { key: key(name), kind: "GlobalNetworkPolicy", name, tier: "t", ingress, egress: [] },
    });
  put("bad", [{ action: "deny", protocol: 17, ...any }, refused, { action: "pass", ...any }]);
  put("good", [{ action: "allow", ...any }]);
  const report = await driver.commit();
  expect(report.refused.map(({ ref }) => formatRef(ref))).toEqual([key("bad")]);
  expect((await driver.resync()).drift.total).toBe(0);
  put("bad", [{ action: "allow", ...any }]);
  expect((await driver.commit()).refused).toEqual([]);
  expect(driver.refusals()).toEqual([]);
});

/** So many policies with a set each, on link 11: more than one piece of a load. */
const MANY = 1_500;

function putMany(): void {
  const names = Array.from({ length: MANY }, (_, i) => `p${i}`);
  for (const [i, name] of names.entries()) {
    const members = Array.from({ length: 8 }, (_, m) => `10.${i >> 8}.${i & 255}.${m}/32`);
    update({ t: "set", id: `s:${name}`, kind: "net", members });
    const ingress: Rule[] = [{ action: "allow", source: { sets: [`s:${name}`] }, destination: {} }];
    update({ t: "policy", policy: policyOf(name, ingress) });
  }
  const tier = { name: "t", defaultAction: "Deny", ingress: names.map(key), egress: [] } as const;
  update({ t: "endpoint", endpoint: { ...plainEndpoint, stages: { normal: [tier] } } });
  driver.follow({ workloads: new Set([11]), byInterface: new Map([["cali0", [11]]]) });
}

test("a great load comes in pieces, and is in force with the last of them only", async () => {
  const seen = new Nftables({ table: "calico", netns });
  const look = () => ({
    members: seen.elements(4, "cali-hosts").length,
    chains: seen.chains(4).filter(({ name }) => name.startsWith("filter-cali-pi-")).length,
    dispatched: seen.elements(4, "filter-cali-to-wl-dispatch").length,
  });
  const looks: ReturnType<typeof look>[] = [];
  putMany();
  const over = { now: false };
  const commit = driver.commit().finally(() => (over.now = true));
  while (!over.now) {
    looks.push(look());
    await setImmediate();
  }
  const report = await commit;
  const whole = { members: MANY * 8, chains: MANY, dispatched: 1 };
  expect(report.refused).toEqual([]);
  expect(look()).toEqual(whole);
  expect(looks.some(({ members, dispatched }) => members > 0 && dispatched === 0)).toBe(true);
  expect(looks.filter(({ dispatched }) => dispatched > 0).every((one) => one.chains === MANY)).toBe(true);
  expect((await driver.resync()).drift.total).toBe(0);
  seen.close();
});

test("what the kernel refuses of a great load is its policy's fault alone", async () => {
  putMany();
  const named = Array.from({ length: 50 }, (_, i) => `n:${i}`); // 250 expressions: more than a rule can hold
  const ingress: Rule[] = [{ action: "allow", protocol: 6, source: {}, destination: { notNamedPorts: named } }];
  update({ t: "policy", policy: policyOf("p7", ingress) });
  expect((await driver.commit()).refused.map(({ ref }) => formatRef(ref))).toEqual([key("p7")]);
  expect((await driver.resync()).drift.total).toBe(0);
});

const listing = () => nft(netns, "-s", "list", "ruleset").split("\n").sort();

/** A policy, a set, an endpoint on link 11. */
async function load(): Promise<void> {
  driver.close();
  open();
  const rule: Rule = { action: "deny", source: { sets: ["s:0"] }, destination: {}, annotations: { why: "because" } };
  const policy = {
    key: key("p"),
    kind: "GlobalNetworkPolicy",
    name: "p",
    tier: "t",
    ingress: [rule],
    egress: [],
  } as const;
  const members = ["10.0.0.1/32", "10.0.1.0/24"];
  update({ t: "set", id: "s:0", kind: "net", members });
  update({ t: "policy", policy });
  update({
    t: "endpoint",
    endpoint: {
      ...plainEndpoint,
      stages: { normal: [{ name: "t", defaultAction: "Deny", ingress: [key("p")], egress: [] }] },
    },
  });
  driver.follow({ workloads: new Set([11]), byInterface: new Map([["cali0", [11]]]) });
  await driver.commit();
}

const plainEndpoint: ActiveEndpoint = {
  key: "WorkloadEndpoint/red/w0",
  ref: { kind: "WorkloadEndpoint", namespace: "red", name: "w0" },
  match: { by: "name", name: "cali0" },
  active: true,
  stages: {},
  profiles: [],
  workload: { addresses: [], allowSpoofedSourcePrefixes: [] },
};

test.each([
  { name: "a table put to sleep", deed: ["add table ip calico { flags dormant; }"] },
  { name: "a base chain that drops", deed: ["chain ip calico filter-FORWARD { policy drop; }"] },
  {
    name: "a base chain called at another priority",
    deed: [
      "flush chain ip calico filter-FORWARD; delete chain ip calico filter-FORWARD; add chain ip calico filter-FORWARD { type filter hook forward priority 7; }",
    ],
  },
  {
    name: "a base chain called at another hook",
    deed: [
      "flush chain ip calico filter-FORWARD; delete chain ip calico filter-FORWARD; add chain ip calico filter-FORWARD { type filter hook output priority 0; }",
    ],
  },
  {
    name: "a chain of ours that became a base chain",
    deed: [
      "flush ruleset; add table ip calico; add chain ip calico filter-cali-tw-cali0 { type filter hook forward priority 0; }",
    ],
  },
  {
    name: "a foreign base chain that drops",
    deed: ["add chain ip calico x { type filter hook input priority 0; policy drop; }"],
  },
  {
    name: "a foreign set and a map that names our chain",
    deed: ["add map ip calico x { type mark : verdict; elements = { 1 : goto filter-cali-tw-cali0 } }"],
  },
  { name: "a member taken out", deed: ["flush set ip calico cali-hosts"] },
  {
    name: "dispatch that accepts",
    deed: [
      "flush map ip calico filter-cali-to-wl-dispatch; add element ip calico filter-cali-to-wl-dispatch { 11 : accept }",
    ],
  },
  {
    name: "dispatch that jumps",
    deed: [
      "flush map ip calico filter-cali-to-wl-dispatch; add element ip calico filter-cali-to-wl-dispatch { 11 : jump filter-cali-tw-cali0 }",
    ],
  },
  {
    name: "dispatch of a link that is not ours",
    deed: ["add element ip calico filter-cali-to-wl-dispatch { 12 : accept }"],
  },
  {
    name: "sets of another form",
    deed: [
      "flush ruleset; add table ip calico; add set ip calico cali-hosts { type mark . ipv4_addr; flags dynamic, timeout; timeout 1s; }",
    ],
  },
])("$name is seen and mended", async ({ deed }) => {
  await load();
  const before = listing();
  nft(netns, ...deed);
  expect(listing()).not.toEqual(before);
  expect((await driver.resync()).drift.total).toBeGreaterThan(0);
  expect(listing()).toEqual(before);
  expect((await driver.resync()).drift).toEqual({ total: 0, text: "" });
});

test("a rule replaced under its own comment is seen and mended", async () => {
  await load();
  const before = listing();
  const rule = listRuleset(netns).find(([kind, { comment }]) => kind === "rule" && comment === "why=because")![1];
  nft(netns, `replace rule ip calico ${rule.chain} handle ${rule.handle} counter accept comment "why=because"`);
  expect((await driver.resync()).drift.text).toBe(
    `1 rules of ${rule.chain} not ours, 1 rules of ${rule.chain} missing`,
  );
  expect(listing()).toEqual(before);
});

test("a neighbour's changes spoil no comparison: each sees what is wrong, and mends it", async () => {
  await load();
  const before = listing();
  const neighbour = await busyNeighbour(netns, 3_000);
  for (let round = 0; round < 50; round++) {
    nft(netns, "flush", "chain", "ip", "calico", "filter-FORWARD");
    expect((await driver.resync()).drift.text).toBe("3 rules of filter-FORWARD missing");
    driver.close();
    await load(); // a fresh driver finds it all in place
    expect((await driver.resync()).drift).toEqual({ total: 0, text: "" });
  }
  expect(await neighbour.stop()).toBeGreaterThan(0);
  nft(netns, "delete", "table", "ip", "neighbour");
  expect(listing()).toEqual(before);
});

test("somebody who never stops changing our own tables is overruled", async () => {
  await load();
  const before = listing();
  const intruder = await busyNeighbour(netns, 3_000, "calico");
  for (let round = 0; round < 20; round++) {
    nft(netns, "flush", "chain", "ip", "calico", "filter-FORWARD");
    await driver.resync();
    expect(nft(netns, "list", "chain", "ip", "calico", "filter-FORWARD")).toContain("unknown interface");
  }
  await intruder.stop();
  await driver.resync();
  expect(listing()).toEqual(before);
});

test("an edit after somebody deleted what it builds on blames nobody", async () => {
  await load();
  nft(netns, "flush ruleset");
  update({ t: "setDelta", id: "s:0", added: ["10.0.0.2/32"], removed: ["10.0.0.1/32"] });
  update({
    t: "policy",
    policy: { key: key("p"), kind: "GlobalNetworkPolicy", name: "p", tier: "t", ingress: [], egress: [] },
  });
  expect((await driver.commit()).refused).toEqual([]);
  expect(driver.refusals()).toEqual([]);
  expect((await driver.resync()).drift).toEqual({ total: 0, text: "" });
});

test("a profile that the kernel refuses denies, and is tried again at every comparison", async () => {
  const named = Array.from({ length: 50 }, (_, i) => `n:${i}`);
  const many: Rule = { action: "allow", protocol: 6, source: {}, destination: { notNamedPorts: named } };
  update({ t: "profile", profile: { name: "bad", ingress: [many], egress: [] } });
  expect((await driver.commit()).refused.map(({ ref }) => formatRef(ref))).toEqual(["Profile/bad"]);
  expect(await driver.resync()).toMatchObject({
    report: { refused: [{ ref: { kind: "Profile", name: "bad" } }] },
    drift: { total: 0 },
  });
  update({ t: "profile", profile: { name: "bad", ingress: [], egress: [] } });
  expect((await driver.commit()).refused).toEqual([]);
  expect(driver.refusals()).toEqual([]);
});

test("what the driver leaves out of an endpoint is told with the object, and the rest is in force", async () => {
  const tier = { name: "t", defaultAction: "Deny", ingress: [key("p")], egress: [] } as const;
  const { workload: _, ...bare } = plainEndpoint;
  const host = { kind: "HostEndpoint", name: "h0" };
  update({
    t: "policy",
    policy: { key: key("p"), kind: "GlobalNetworkPolicy", name: "p", tier: "t", ingress: [], egress: [] },
  });
  update({
    t: "endpoint",
    endpoint: { ...plainEndpoint, stages: { untracked: [tier], normal: [tier], shadow: [tier] } },
  });
  update({
    t: "endpoint",
    endpoint: { ...bare, key: "HostEndpoint/h0", ref: host, match: { by: "name", name: "eth0" } },
  });
  driver.follow({
    workloads: new Set([11]),
    byInterface: new Map([
      ["cali0", [11]],
      ["eth0", [12]],
    ]),
  });
  await driver.commit();
  expect(driver.refusals()).toEqual([
    { ref: plainEndpoint.ref, kind: "unsupported", detail: "policy of these stages is left out: untracked, shadow" },
    { ref: host, kind: "unsupported", detail: "host endpoints are not enforced" },
  ]);
  expect(listing().join()).toContain("chain filter-cali-tw-cali0");
  expect(listing().join()).not.toContain("eth0");
  expect((await driver.dispatched()).dispatch).toEqual(new Map([[11, "cali0"]]));
  update({ t: "endpoint", endpoint: { ...plainEndpoint, stages: { untracked: [], normal: [tier] } } });
  update({ t: "endpointRemoved", key: "HostEndpoint/h0" });
  expect(driver.refusals()).toEqual([]);
});

test("while the driver lives nobody else may change its tables; after its end the next one takes them over", async () => {
  driver.close();
  nft(netns, "flush", "ruleset");
  open({ own: true });
  await driver.failClosed();
  const before = listing();
  expect(() => nft(netns, "delete table ip calico")).toThrow("Operation not permitted");
  nft(netns, "flush", "ruleset");
  expect(listing()).toEqual(before);
  driver.close();
  expect(nft(netns, "list", "tables")).toBe("table ip calico\ntable ip6 calico\n");
  nft(netns, "flush", "chain", "ip", "calico", "filter-FORWARD");
  open({ own: true });
  expect((await driver.resync()).drift.text).toMatch(/rules of filter-FORWARD missing/);
  expect(() => nft(netns, "delete table ip calico")).toThrow("Operation not permitted");
});

test("tables that nobody owns yet are owned from the first comparison on", async () => {
  await load();
  driver.close();
  open({ own: true });
  await driver.failClosed();
  await driver.resync();
  expect(() => nft(netns, "delete table ip calico")).toThrow("Operation not permitted");
});

describe("where all hashes are one", () => {
  const long = "x".repeat(230);
  const start = () => {
    driver.close();
    open({ hash: () => 7 });
  };
  const put = (end: string, action: Rule["action"], member: string) => {
    update({ t: "set", id: `s:${end}`, kind: "net", members: [member] });
    const ingress: Rule[] = [{ action, source: { sets: [`s:${end}`] }, destination: {} }];
    const policy = {
      key: key(long + end),
      kind: "GlobalNetworkPolicy",
      name: long + end,
      tier: "t",
      ingress,
      egress: [],
    } as const;
    update({ t: "policy", policy });
  };
  /** By chain: its rule's handle, and whether that accepts. */
  const chains = () =>
    listRuleset(netns)
      .filter(([kind, { chain }]) => kind === "rule" && chain?.startsWith("filter-cali-pi-"))
      .map(([, { chain, handle, expr }]) => ({ chain, handle, accepts: "accept" in expr!.at(-1)! }));

  test("two policies keep chains and members of their own, and the next agent finds them unchanged", async () => {
    start();
    put("a", "allow", "10.0.0.1/32");
    put("b", "deny", "10.0.0.2/32");
    await driver.commit();
    const before = chains();
    expect(before.map(({ accepts }) => accepts)).toEqual([true, false]);
    start();
    put("a", "allow", "10.0.0.1/32");
    put("b", "deny", "10.0.0.2/32");
    expect((await driver.resync()).drift).toEqual({ total: 0, text: "" });
    expect(chains()).toEqual(before);
  });

  test("a set that comes as another goes does not take its number", async () => {
    start();
    put("a", "allow", "10.0.0.1/32");
    await driver.commit();
    update({ t: "policyRemoved", key: key(`${long}a`) });
    update({ t: "setRemoved", id: "s:a" });
    put("b", "deny", "10.0.0.2/32");
    await driver.commit();
    const hosts = listRuleset(netns).find(([kind, { name }]) => kind === "set" && name === "cali-hosts")![1];
    expect(hosts.elem).toEqual([{ concat: [9, "10.0.0.2"] }]);
    expect((await driver.resync()).drift).toEqual({ total: 0, text: "" });
  });

  test("an interface name that no interface can have does not reach another endpoint's tier", async () => {
    const tier = { name: "t", defaultAction: "Pass", ingress: [key("p")], egress: [] } as const;
    const policy = { key: key("p"), kind: "GlobalNetworkPolicy", name: "p", tier: "t", egress: [] } as const;
    update({ t: "policy", policy: { ...policy, ingress: [{ action: "pass", source: {}, destination: {} }] } });
    update({ t: "endpoint", endpoint: { ...plainEndpoint, stages: { normal: [tier] } } });
    await driver.commit();
    const before = listing();
    update({
      t: "endpoint",
      endpoint: {
        ...plainEndpoint,
        key: "WorkloadEndpoint/red/w1",
        match: { by: "name", name: "cali0/t" },
        stages: { normal: [tier] },
      },
    });
    await driver.commit();
    expect(listing()).toEqual(before);
  });
});
