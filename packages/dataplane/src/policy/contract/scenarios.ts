import { isDeepStrictEqual } from "node:util";
import { createNetns, deleteNetns } from "@percale/kernel";
import { formatRef } from "@percale/resources";
import type { ActiveEndpoint, NodeUpdate, Rule } from "@percale/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PolicyDriver } from "../driver.ts";
import type { WorkloadLinks } from "../../links/known.ts";
import type { DriverAdapter } from "./adapter.ts";
import { Driven } from "./driven.ts";

const netns = `pc-${process.pid}`;
const ANY = { source: {}, destination: {} };
const LINKS: WorkloadLinks = { workloads: new Set([11, 12]), byInterface: new Map([["cali0", [11]]]) };

function policy(name: string, ...ingress: readonly Rule[]): NodeUpdate {
  const key = `GlobalNetworkPolicy/${name}`;
  return { t: "policy", policy: { key, kind: "GlobalNetworkPolicy", name, tier: "t", ingress, egress: [] } };
}

function profile(name: string, ...ingress: readonly Rule[]): NodeUpdate {
  return { t: "profile", profile: { name, ingress, egress: [] } };
}

const endpoint: ActiveEndpoint = {
  key: "WorkloadEndpoint/red/w0",
  ref: { kind: "WorkloadEndpoint", namespace: "red", name: "w0" },
  match: { by: "name", name: "cali0" },
  active: true,
  stages: { normal: [{ name: "t", defaultAction: "Deny", ingress: ["GlobalNetworkPolicy/p"], egress: [] }] },
  profiles: ["open"],
  workload: { addresses: ["10.0.0.9/32"], allowSpoofedSourcePrefixes: ["10.9.0.0/16"] },
};

/** Something of everything. */
const STATE: readonly NodeUpdate[] = [
  { t: "set", id: "s:0", kind: "net", members: ["10.0.0.1/32", "10.0.1.0/24", "fd00::1/128"] },
  { t: "set", id: "n:0", kind: "port", members: ["10.0.0.1/32,6,80"] },
  policy("p", { action: "deny", source: { sets: ["s:0"] }, destination: { namedPorts: ["n:0"] } }),
  profile("open", { action: "allow", ...ANY }),
  { t: "endpoint", endpoint },
  { t: "pool", pool: { cidr: "10.0.0.0/16", natOutgoing: true, loadBalancerOnly: false } },
  { t: "hosts", addresses: ["192.0.2.1"] },
];

/** What happens to every driver, one thing at a time. */
export function testScenarios(adapter: DriverAdapter): void {
  let driven: Driven<PolicyDriver>;
  let foreign = 0;

  const open = (...updates: readonly NodeUpdate[]): void => {
    driven = new Driven((state) => adapter.open({ state, netns, onForeign: () => foreign++ }));
    driven.update(...updates);
  };
  const load = async (): Promise<object> => {
    driven.update(...STATE);
    driven.driver.follow(LINKS);
    await driven.driver.commit();
    return adapter.read(netns);
  };
  const refused = (): readonly string[] => driven.driver.refusals().map(({ ref }) => formatRef(ref));

  beforeEach(async () => {
    createNetns(netns);
    foreign = 0;
    open();
    await driven.driver.failClosed();
  });

  afterEach(() => {
    driven.driver.close();
    deleteNetns(netns);
  });

  test("an unchanged state sends nothing", async () => {
    await load();
    driven.update(...STATE);
    expect(await driven.driver.commit()).toEqual({ messages: 0, bytes: 0, refused: [] });
  });

  test("a rule that the kernel refuses makes its policy deny, and only that; one that it takes ends it", async () => {
    await load();
    driven.update(
      policy("bad", { action: "deny", protocol: 17, ...ANY }, adapter.refusedRule, { action: "pass", ...ANY }),
    );
    driven.update(policy("good", { action: "allow", ...ANY }));
    const { refused: told } = await driven.driver.commit();
    const ref = { kind: "GlobalNetworkPolicy", name: "bad" };
    expect(told).toEqual([{ ref, kind: "refused", detail: expect.stringMatching(/./) as string }]);
    expect(driven.driver.refusals()).toEqual(told);
    const held = adapter.read(netns);
    driven.update(policy("bad", { action: "deny", protocol: 17, ...ANY }, { action: "deny", ...ANY }));
    expect((await driven.driver.commit()).refused).toEqual([]);
    expect(refused()).toEqual([]);
    expect(Object.keys(adapter.read(netns))).toEqual(Object.keys(held)); // it denied by rules of its own
  });

  test("what is refused is tried again at every comparison, and is no drift", async () => {
    driven.update(profile("bad", adapter.refusedRule));
    await driven.driver.commit();
    const { report, drift } = await driven.driver.resync();
    expect([report.refused.map(({ ref }) => ref), drift]).toEqual([
      [{ kind: "Profile", name: "bad" }],
      { total: 0, text: "" },
    ]);
    driven.update({ t: "profileRemoved", name: "bad" });
    await driven.driver.commit();
    expect(refused()).toEqual([]);
  });

  test("a restart leaves in force what is there, knows its links, and finds nothing to do", async () => {
    const before = await load();
    driven.driver.close();
    open();
    await driven.driver.failClosed();
    expect(adapter.read(netns)).toEqual(before);
    const known = await driven.driver.dispatched();
    expect([new Map(known.dispatch), new Set(known.workloads)]).toEqual([new Map([[11, "cali0"]]), LINKS.workloads]);
    driven.update(...STATE);
    driven.driver.follow(LINKS);
    expect((await driven.driver.resync()).drift).toEqual({ total: 0, text: "" });
    expect(adapter.read(netns)).toEqual(before);
  });

  test("a driver made over a state that is there already does the same as one that was told of it", async () => {
    const before = await load();
    const { state } = driven;
    driven.driver.close();
    adapter.wipe(netns);
    const late = adapter.open({ state, netns });
    late.follow(LINKS);
    await late.commit();
    expect(adapter.read(netns)).toEqual(before);
    late.close();
  });

  test("whatever somebody else does is seen and mended, and nothing else changes", async () => {
    const before = await load();
    for (let i = 0; i < adapter.deeds(netns).length; i++) {
      adapter.deeds(netns)[i]!();
      const changed = !isDeepStrictEqual(adapter.read(netns), before);
      const { drift } = await driven.driver.resync();
      expect([i, drift.total > 0, drift.text !== ""]).toEqual([i, changed, changed]);
      expect(adapter.read(netns)).toEqual(before);
    }
    expect(refused()).toEqual([]);
    await expect.poll(() => foreign, { timeout: 20_000 }).toBeGreaterThan(0); // a notification, read in the loop's own time
  });

  test("who is told to forget looks before the next change", async () => {
    const before = await load();
    for (const deed of adapter.deeds(netns).slice(0, 3)) {
      deed();
      driven.driver.forget();
      await driven.driver.commit();
      expect(adapter.read(netns)).toEqual(before);
    }
  });

  test("a link that is another's from now on is dispatched to that one", async () => {
    await load();
    const other: ActiveEndpoint = { ...endpoint, key: "x", match: { by: "name", name: "cali1" }, stages: {} };
    driven.update({ t: "endpoint", endpoint: other });
    const byInterface = new Map([
      ["cali0", [12]],
      ["cali1", [11]],
    ]);
    driven.driver.follow({ workloads: LINKS.workloads, byInterface });
    await driven.driver.commit();
    const { dispatch } = await driven.driver.dispatched();
    expect(new Map(dispatch)).toEqual(
      new Map([
        [11, "cali1"],
        [12, "cali0"],
      ]),
    );
  });

  test("what it leaves out of an endpoint is told of that endpoint, and gone with it", async () => {
    await load();
    const { workload: _, ...bare } = endpoint;
    const ref = { kind: "HostEndpoint", name: "h" };
    const tiers = endpoint.stages.normal!;
    const stages = { untracked: tiers, preDNAT: tiers, forward: tiers, normal: tiers, shadow: tiers };
    driven.update({
      t: "endpoint",
      endpoint: { ...bare, key: "HostEndpoint/h", ref, match: { by: "name", name: "eth0" }, stages },
    });
    await driven.driver.commit();
    for (const refusal of driven.driver.refusals())
      expect(refusal).toEqual({ ref, kind: "unsupported", detail: expect.stringMatching(/./) as string });
    driven.update({ t: "endpointRemoved", key: "HostEndpoint/h" });
    expect(refused()).toEqual([]);
  });

  test("removed, it leaves nothing; after that it starts anew", async () => {
    const before = await load();
    await driven.driver.remove();
    const after = adapter.read(netns);
    adapter.wipe(netns);
    expect(after).toEqual(adapter.read(netns));
    await driven.driver.commit();
    expect(adapter.read(netns)).toEqual(before);
  });
}
