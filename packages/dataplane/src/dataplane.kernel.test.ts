import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Conntrack, inNetns, openRtnetlink, readSysctl, writeSysctl } from "@percale/kernel";
import { DEFAULT_CONFIG } from "@percale/policy";
import type { ActiveEndpoint, EndpointTier, NodeUpdate, Rule, Workload } from "@percale/policy";
import { Fabric, probeSync, stream } from "@percale/testkit";
import { createDataplane } from "./index.ts";
import type { Dataplane, DataplaneOptions } from "./index.ts";

const fabric = new Fabric(`pd${process.pid}`);
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let dataplane: Dataplane;

const any = { source: {}, destination: {} };
const allowAll: Rule = { action: "allow", ...any };
const denyAll: Rule = { action: "deny", ...any };
const open: NodeUpdate = { t: "profile", profile: { name: "open", ingress: [allowAll], egress: [allowAll] } };

function endpoint(name: "a1" | "a2", change: Partial<ActiveEndpoint> = {}): NodeUpdate {
  const n = name === "a1" ? 1 : 2;
  const plain: ActiveEndpoint = {
    key: `WorkloadEndpoint/red/${name}`,
    ref: { kind: "WorkloadEndpoint", namespace: "red", name },
    match: { by: "name", name: `cali${name}` },
    active: true,
    stages: {},
    profiles: ["open"],
    workload: workload(n, [`10.0.1.${n}/32`, `fd00:1::${n}/128`]),
  };
  return { t: "endpoint", endpoint: { ...plain, ...change } };
}

function workload(n: number, addresses: readonly string[]): Workload {
  return { mac: `02:00:00:00:00:0${n}`, addresses, allowSpoofedSourcePrefixes: [] };
}

function policy(name: string, ingress: readonly Rule[], egress: readonly Rule[] = []): NodeUpdate {
  const key = `GlobalNetworkPolicy/${name}`;
  return { t: "policy", policy: { key, kind: "GlobalNetworkPolicy", name, tier: "default", ingress, egress } };
}

function tier(...names: string[]): { stages: { normal: readonly EndpointTier[] } } {
  const keys = names.map((name) => `GlobalNetworkPolicy/${name}`);
  return { stages: { normal: [{ name: "default", defaultAction: "Deny", ingress: keys, egress: [] }] } };
}

function nft(command: string): string {
  const { stdout, stderr, status } = inNetns(fabric.netns("A"), () =>
    spawnSync("nft", command.split(" "), { encoding: "utf8" }),
  );
  if (status !== 0) throw new Error(`nft ${command}: ${stderr}`);
  return stdout;
}

const start = async (options: Partial<DataplaneOptions> = {}) => {
  const created = createDataplane({ netns: fabric.netns("A"), log: quiet, now: Date.now, ...options });
  await created.start();
  return created;
};

const tcp = async (from: string, to: string, port = 80) =>
  (await fabric.probe(from, { protocol: "tcp", to, port })).verdict;

beforeAll(async () => {
  await fabric.start();
  await fabric.addNode({
    name: "A",
    addresses: ["192.0.2.1/24", "2001:db8::1/64"],
    blocks: ["10.0.1.0/24", "fd00:1::/64"],
  });
  await fabric.addNode({ name: "X", addresses: ["192.0.2.9/24", "2001:db8::9/64"], blocks: [] });
  for (const n of [1, 2])
    await fabric.addWorkload({
      name: `a${n}`,
      node: "A",
      interfaceName: `calia${n}`,
      mac: `02:00:00:00:00:0${n}`,
      addresses: [`10.0.1.${n}/32`, `fd00:1::${n}/128`],
    });
  for (const name of ["a1", "a2", "A", "X"]) await fabric.listen(name, ["tcp/80", "udp/80", "tcp/81"]);
});

afterAll(async () => {
  await dataplane?.close();
  fabric.destroy();
});

beforeEach(async () => {
  await dataplane?.remove();
  dataplane = await start();
});

test("before the first state nothing passes, after it what the profile allows", async () => {
  expect(await tcp("a1", "10.0.1.2")).toBe("denied");
  await dataplane.apply([open, endpoint("a1"), endpoint("a2")]);
  expect(await tcp("a1", "10.0.1.2")).toBe("allowed");
  expect(await tcp("a1", "fd00:1::2")).toBe("allowed");
  expect(await tcp("X", "10.0.1.2")).toBe("allowed");
  expect(await tcp("A", "10.0.1.1")).toBe("allowed");
  expect(await tcp("a1", "192.0.2.1")).toBe("denied"); // workload to host: Drop
  expect(dataplane.state().endpoints.map((e) => e.state)).toEqual(["up", "up"]);
});

test("a source that is not the workload's is dropped", async () => {
  await dataplane.apply([open, endpoint("a1"), endpoint("a2")]);
  const spoofed = await fabric.probe("a1", { protocol: "udp", to: "192.0.2.9", port: 80, from: "10.0.1.2" });
  expect(spoofed.verdict).toBe("denied");
  expect(nft("list chain ip calico raw-PREROUTING")).toMatch(/counter packets [1-9]/);
});

test("a policy, then its removal; equal rules keep their counters", async () => {
  await dataplane.apply([
    open,
    policy("deny80", [{ ...denyAll, protocol: 6, destination: { ports: [{ min: 80, max: 80 }] } }, allowAll]),
    endpoint("a1"),
    endpoint("a2", tier("deny80")),
  ]);
  expect(await tcp("a1", "10.0.1.2", 80)).toBe("denied");
  expect(await tcp("a1", "10.0.1.2", 81)).toBe("allowed");
  const counters = () => nft("list chain ip calico filter-cali-pi-GlobalNetworkPolicy/deny80");
  const before = counters();
  expect(before).toMatch(/dport 80 counter packets [1-9]/);
  await dataplane.close();
  dataplane = await start();
  const report = await dataplane.apply([
    open,
    policy("deny80", [{ ...denyAll, protocol: 6, destination: { ports: [{ min: 80, max: 80 }] } }, allowAll]),
    endpoint("a1"),
    endpoint("a2", tier("deny80")),
  ]);
  expect(counters()).toBe(before);
  expect(report.refused).toEqual([]);
  await dataplane.apply([endpoint("a2"), { t: "policyRemoved", key: "GlobalNetworkPolicy/deny80" }]);
  expect(await tcp("a1", "10.0.1.2", 80)).toBe("allowed");
  expect(nft("list chains ip")).not.toContain("deny80");
});

test("what is not in force is a condition of the object, and goes with it", async () => {
  const named = Array.from({ length: 50 }, (_, i) => `n:${i}`); // more than a rule can hold
  const refused: Rule = { action: "allow", protocol: 6, source: {}, destination: { notNamedPorts: named } };
  const untracked = { stages: { untracked: tier("bad").stages.normal } };
  await dataplane.apply([open, policy("bad", [refused]), endpoint("a1", untracked), endpoint("a2", tier("bad"))]);
  const told = () => dataplane.state().conditions.map(({ code, ref }) => ({ code, ref }));
  expect(told()).toEqual([
    { code: "NftPolicyRefused", ref: { kind: "GlobalNetworkPolicy", name: "bad" } },
    { code: "NftUnsupported", ref: { kind: "WorkloadEndpoint", namespace: "red", name: "a1" } },
  ]);
  const before = told();
  await dataplane.apply([{ t: "hosts", addresses: ["192.0.2.1"] }]);
  expect(told()).toEqual(before);
  await dataplane.apply([policy("bad", [allowAll]), endpoint("a1")]);
  expect(told()).toEqual([]);
});

test("a rule deleted by hand comes back, and that is told", async () => {
  await dataplane.remove();
  dataplane = await start({ ownTables: false });
  await dataplane.apply([open, policy("no", [denyAll]), endpoint("a1"), endpoint("a2", tier("no"))]);
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = dataplane.on(() => dataplane.state().driftRepairs.count > 0 && resolve());
  nft("flush chain ip calico filter-cali-tw-calia2");
  await promise;
  stop();
  expect(await tcp("a1", "10.0.1.2")).toBe("denied");
  expect(dataplane.state().driftRepairs.lastDetail).toContain("filter-cali-tw-calia2");
});

test("a flushed rule set comes back", async () => {
  await dataplane.remove();
  dataplane = await start({ ownTables: false });
  await dataplane.apply([open, policy("no", [denyAll]), endpoint("a1"), endpoint("a2", tier("no"))]);
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = dataplane.on(() => dataplane.state().driftRepairs.count > 0 && resolve());
  nft("flush ruleset");
  await promise;
  stop();
  expect(await tcp("a1", "10.0.1.2")).toBe("denied");
  expect(await tcp("a2", "10.0.1.1")).toBe("allowed");
});

test("what got through a flushed chain does not go on after the repair; what is allowed does", async () => {
  await dataplane.remove();
  dataplane = await start({ ownTables: false });
  await dataplane.apply([open, policy("no", [denyAll]), endpoint("a1", tier("no")), endpoint("a2")]);
  const flow = (to: string, sourcePort: number) => ({ protocol: "udp", to, port: 80, sourcePort }) as const;
  const [denied, allowed] = [flow("10.0.1.1", 4100), flow("10.0.1.2", 4101)];
  const fromX = fabric.netns("X");
  nft("flush chain ip calico filter-FORWARD");
  expect([probeSync(fromX, denied), probeSync(fromX, allowed)]).toEqual(["allowed", "allowed"]); // the agent waits for us
  expect(connections()).toEqual([4100, 4101]);
  await expect.poll(connections, { timeout: 20_000 }).toEqual([4101]);
  expect((await fabric.probe("X", denied)).verdict).toBe("denied");
  expect((await fabric.probe("X", allowed)).verdict).toBe("allowed");
});

/** Which of the two flows are tracked, by source port. */
function connections(): readonly number[] {
  const conntrack = new Conntrack({ netns: fabric.netns("A") });
  const found = conntrack.connections(new Set(["10.0.1.1", "10.0.1.2"]));
  conntrack.close();
  return [4100, 4101].filter((port) => found.some(({ sourcePort }) => sourcePort === port));
}

test("a restart under a stream of new connections loses none that is allowed and passes none that is denied", async () => {
  const wanted = [open, policy("no", [denyAll]), endpoint("a1", tier("no")), endpoint("a2")];
  await dataplane.apply(wanted);
  const send = (to: string) => stream(fabric.netns("X"), { to, port: 80, count: 1_500, intervalUs: 900 });
  const streams = Promise.all([send("10.0.1.2"), send("10.0.1.1")]);
  for (let restart = 0; restart < 5; restart++) {
    await dataplane.close();
    dataplane = await start();
    await dataplane.apply(wanted);
  }
  const [allowed, denied] = await streams;
  expect(allowed.answered).toBe(allowed.sent);
  expect(denied.answered).toBe(0);
});

test("edits of other policies lose no connection of a flow that they do not concern", async () => {
  await dataplane.apply([open, policy("yes", [allowAll]), endpoint("a1"), endpoint("a2", tier("yes"))]);
  const running = stream(fabric.netns("X"), { to: "10.0.1.2", port: 80, count: 1_500, intervalUs: 900 });
  const traffic = new AbortController();
  void running.finally(() => traffic.abort());
  for (let edit = 0; !traffic.signal.aborted; edit++) {
    const name = `other${edit % 7}`;
    const rules = [{ ...denyAll, source: { nets: [`10.${edit % 250}.0.0/16`] } }, allowAll];
    await dataplane.apply([policy(name, rules), endpoint("a2", edit % 3 === 0 ? tier("yes") : tier(name, "yes"))]);
  }
  const { sent, answered } = await running;
  expect(answered).toBe(sent);
});

test("natOutgoing translates what leaves the pools, and nothing else", async () => {
  const pool = (cidr: string, natOutgoing: boolean): NodeUpdate => ({
    t: "pool",
    pool: { cidr, natOutgoing, loadBalancerOnly: false },
  });
  await dataplane.apply([open, endpoint("a1"), endpoint("a2"), pool("10.0.0.0/16", true), pool("fd00:1::/48", false)]);
  const seen = async (to: string) => (await fabric.probe("a1", { protocol: "tcp", to, port: 80 })).seenAs.split(" ")[0];
  expect(await seen("192.0.2.9")).toBe("192.0.2.1");
  expect(await seen("10.0.1.2")).toBe("10.0.1.1");
  expect(await seen("2001:db8::9")).toBe("fd00:1::1");
  await dataplane.apply([pool("10.0.0.0/16", false)]);
  expect(await seen("192.0.2.9")).toBe("10.0.1.1");
});

test("another priority of routes leaves none of the old", async () => {
  await dataplane.apply([open, endpoint("a1"), endpoint("a2")]);
  await dataplane.apply([{ t: "config", config: { ...DEFAULT_CONFIG, ipv4RoutePriority: 77, ipv6RoutePriority: 78 } }]);
  const rtnetlink = openRtnetlink({ netns: fabric.netns("A") });
  const routes = await rtnetlink.routes({ table: 254 });
  rtnetlink.close();
  const metrics = (dst: string) => routes.filter((route) => route.dst === dst).map(({ metric }) => metric);
  expect([metrics("10.0.1.1/32"), metrics("fd00:1::1/128")]).toEqual([[77], [78]]);
});

test("an address that changes hands takes no connection along", async () => {
  const endpoints = [endpoint("a1"), endpoint("a2", { workload: workload(2, ["10.0.1.2/32", "10.0.1.77/32"]) })];
  await dataplane.apply([open, ...endpoints]);
  expect((await fabric.probe("X", { protocol: "udp", to: "10.0.1.2", port: 80, sourcePort: 4000 })).verdict).toBe(
    "allowed",
  );
  await dataplane.apply([policy("no", [denyAll]), endpoint("a2", { workload: workload(2, []) }), endpoint("a1")]);
  await dataplane.apply([endpoint("a2", { ...tier("no"), workload: workload(2, ["10.0.1.2/32"]) })]);
  expect((await fabric.probe("X", { protocol: "udp", to: "10.0.1.2", port: 80, sourcePort: 4000 })).verdict).toBe(
    "denied",
  );
});

test("sysctls that somebody turned off are on again", async () => {
  await dataplane.apply([open, endpoint("a1"), endpoint("a2")]);
  const paths = ["net/ipv4/conf/calia1/proxy_arp", "net/ipv6/conf/calia1/proxy_ndp", "net/ipv4/ip_forward"];
  const inA = { netns: fabric.netns("A") };
  for (const path of [...paths, "net/ipv6/conf/all/forwarding"]) {
    writeSysctl(path, "0", inA);
    await expect.poll(() => readSysctl(path, inA), { timeout: 2_000 }).toBe("1");
  }
  expect(await tcp("a1", "10.0.1.2")).toBe("allowed");
});

describe("a workload's interface that is renamed", () => {
  const inA = () => openRtnetlink({ netns: fabric.netns("A") });
  const rename = async (from: string, to: string) => {
    const rtnetlink = inA();
    await rtnetlink.setLink(from, { name: to });
    rtnetlink.close();
    await sleep(5); // netlink answers at once: let others run
  };
  const condition = async (code: string) => {
    const found = () => dataplane.state().conditions.find((one) => one.code === code);
    while (found() === undefined) await new Promise<void>((resolve) => dataplane.on(resolve));
    return found();
  };
  const datagrams = (name: string) => {
    const text = inNetns(fabric.netns(name), () => readFileSync("/proc/net/snmp", "utf8"));
    const [names, values] = text.split("\n").filter((line) => line.startsWith("Udp:"));
    return Number(values!.split(" ")[names!.split(" ").indexOf("InDatagrams")]);
  };

  afterEach(async () => {
    const rtnetlink = inA();
    for (const name of ["foo", "calizz"])
      if (await rtnetlink.link(name)) await rtnetlink.setLink(name, { name: "calia1" });
    rtnetlink.close();
  });

  test("passes nothing that is denied, in either direction, while its name changes; what is allowed goes on", async () => {
    const closed = [policy("no", [denyAll], [denyAll])];
    const both = ["GlobalNetworkPolicy/no"];
    const denied = {
      stages: { normal: [{ name: "default", defaultAction: "Deny", ingress: both, egress: both }] },
    } as const;
    await dataplane.apply([open, ...closed, endpoint("a1", denied), endpoint("a2")]);
    const before = { a1: datagrams("a1"), X: datagrams("X") };
    const send = (from: string, to: string) =>
      stream(fabric.netns(from), { to, port: 80, count: 1_500, intervalUs: 900 });
    const streams = Promise.all([send("X", "10.0.1.1"), send("a1", "192.0.2.9")]);
    const running = new AbortController();
    void streams.finally(() => running.abort());
    for (let i = 0; !running.signal.aborted; i++)
      await rename(i % 2 === 0 ? "calia1" : "foo", i % 2 === 0 ? "foo" : "calia1");
    await streams;
    expect({ a1: datagrams("a1"), X: datagrams("X") }).toEqual(before);
    await dataplane.apply([endpoint("a1")]);
    const allowed = Promise.all([send("X", "10.0.1.1"), send("a1", "192.0.2.9")]);
    const name = (await nameOfA1())!;
    for (let i = 0; i < 50; i++) await rename(i % 2 === 0 ? name : "calizz", i % 2 === 0 ? "calizz" : name);
    for (const { sent, answered } of await allowed) expect(answered).toBe(sent);
  });

  test("is told by both names, with its endpoint", async () => {
    await dataplane.apply([open, endpoint("a1"), endpoint("a2")]);
    await rename("calia1", "foo");
    expect(await condition("InterfaceRenamed")).toMatchObject({
      detail: expect.stringMatching(/^calia1 \(index \d+\) is called foo now\.$/),
      advice: "Its policy and routes follow it. Rename it back: ip link set foo name calia1",
      ref: { kind: "WorkloadEndpoint", namespace: "red", name: "a1" },
    });
    expect(dataplane.state().endpoints.map((one) => one.state)).toEqual(["up", "up"]);
    expect(await tcp("X", "10.0.1.1")).toBe("allowed");
    await rename("foo", "calia1");
    while (dataplane.state().conditions.length > 0) await new Promise<void>((resolve) => dataplane.on(resolve));
  });

  test("is followed by the next agent too, and by one that has no endpoints yet", async () => {
    const wanted = [open, policy("no", [denyAll]), endpoint("a1", tier("no")), endpoint("a2")];
    await dataplane.apply(wanted);
    await dataplane.close();
    await rename("calia1", "foo");
    dataplane = await start();
    expect(await tcp("X", "10.0.1.1")).toBe("denied");
    await dataplane.apply(wanted);
    expect(await tcp("X", "10.0.1.1")).toBe("denied");
    expect(await tcp("a1", "192.0.2.9")).toBe("allowed");
  });

  test("and loses its endpoint is closed", async () => {
    await dataplane.apply([open, endpoint("a1"), endpoint("a2")]);
    await rename("calia1", "foo");
    await condition("InterfaceRenamed");
    await dataplane.apply([{ t: "endpointRemoved", key: "WorkloadEndpoint/red/a1" }]);
    expect(await tcp("a1", "192.0.2.1")).toBe("denied");
    expect(await tcp("a1", "10.0.1.2")).toBe("denied");
    expect((await condition("InterfaceClosed"))?.title).toBe("foo was a workload's interface and passes nothing");
  });

  test("before any state is known is closed", async () => {
    await rename("calia1", "foo");
    await dataplane.apply([open, endpoint("a2")]);
    expect(await tcp("a1", "192.0.2.1")).toBe("denied");
    expect(await tcp("a1", "10.0.1.2")).toBe("denied");
  });

  async function nameOfA1(): Promise<string | undefined> {
    const rtnetlink = inA();
    const found = (await rtnetlink.links()).find(({ name }) => name === "foo" || name === "calia1");
    rtnetlink.close();
    return found?.name;
  }
});
