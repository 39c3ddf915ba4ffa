import { execFileSync } from "node:child_process";
import { auditIpam } from "@percale/ipam";
import type { BlockAffinity, IPAMBlock, IPAMHandle } from "@percale/ipam";
import type { KubeObject } from "@percale/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { object, pool, tier } from "./testdata/objects.ts";
import { TestNode, until } from "./testdata/test-node.ts";
import { TestServer } from "./testdata/test-server.ts";

const server = new TestServer();
const node = new TestNode("n1");

const denyTcp = object("GlobalNetworkPolicy", "deny-tcp", {
  tier: "default",
  order: 10,
  selector: "role == 'db'",
  types: ["Ingress"],
  ingress: [
    { action: "Deny", protocol: "TCP", source: {}, destination: {} },
    { action: "Allow", source: {}, destination: {} },
  ],
});

beforeAll(async () => {
  server.seed([
    tier,
    object("IPPool", "v4", { cidr: "10.77.0.0/24", blockSize: 26, natOutgoing: false, nodeSelector: "all()" }),
    pool("fd77::/112"),
  ]);
  await server.listen(node.apiSocket);
  node.start();
  await until("ready", async () => (await node.health("/readyz")).status === 200);
  await until("registered", () => server.objects.has("Node/n1"));
});

afterAll(async () => {
  await node.remove();
  await server.close();
});

const both = { ipam: { assign_ipv4: "true", assign_ipv6: "true" } };
const attach = async (id: string, config: object = both): Promise<string[]> => {
  const { code, output } = await node.cni("ADD", id, { config });
  expect({ code, output }).toMatchObject({ code: 0 });
  const { ips } = JSON.parse(output) as { ips: { address: string }[] };
  return ips.map(({ address }) => address.split("/")[0]!);
};
const audit = (): string[] => {
  const all = [...server.objects.values()];
  const of = <T>(kind: string): T[] => all.filter((one) => one.kind === kind) as T[];
  return auditIpam({
    blocks: of<IPAMBlock>("IPAMBlock"),
    affinities: of<BlockAffinity>("BlockAffinity"),
    handles: of<IPAMHandle>("IPAMHandle"),
  });
};

test("the agent registers its node with the address it found", () => {
  expect(server.objects.get("Node/n1")?.spec).toMatchObject({ bgp: { ipv4Address: "192.0.2.1/24" } });
});

test("the Node's address follows the interface, and outlives a moment without one", async () => {
  const run = (...args: string[]): Buffer => execFileSync("ip", ["-n", node.netns, "addr", ...args]);
  const bgp = () => (server.objects.get("Node/n1")!.spec as { bgp: Record<string, string> }).bgp;
  run("add", "198.51.100.9/24", "dev", "uplink0");
  run("del", "192.0.2.1/24", "dev", "uplink0");
  await until("followed", () => bgp()["ipv4Address"] === "198.51.100.9/24");
  run("del", "198.51.100.9/24", "dev", "uplink0");
  run("add", "2001:db8::1/64", "dev", "uplink0", "nodad");
  await until("seen", () => bgp()["ipv6Address"] === "2001:db8::1/64");
  expect(bgp()["ipv4Address"]).toBe("198.51.100.9/24");
  run("add", "192.0.2.1/24", "dev", "uplink0");
  await until("back", () => bgp()["ipv4Address"] === "192.0.2.1/24");
  run("del", "2001:db8::1/64", "dev", "uplink0");
});

test("two attached workloads reach each other; a policy cuts them off and its deletion joins them again", async () => {
  const db = await attach("db", { ...both, args: { percale: { labels: { role: "db" } } } });
  const web = await attach("web");
  expect(new Set([...db, ...web]).size).toBe(4);
  expect(server.objects.get("Profile/kns.shop")).toBeDefined();
  for (const address of db) expect(await node.reaches("web", address)).toBe(true);
  const [stored] = server.write([denyTcp]);
  await until("policy programmed", () => server.acked.programmed >= Number(stored?.metadata.resourceVersion));
  expect(await node.reaches("web", db[0]!)).toBe(false);
  server.write([], [{ kind: "GlobalNetworkPolicy", name: "deny-tcp" }]);
  await until("policy gone", () => node.reaches("web", db[0]!));
  expect((await node.cni("CHECK", "web", { config: both })).output).toBe("");
});

test("a repeated ADD gives the same result; CHECK finds what was taken away", async () => {
  const [first] = await Promise.all([attach("twice"), attach("twice")]);
  expect(await attach("twice")).toEqual(first);
  execFileSync("ip", ["-n", `${node.netns}-twice`, "route", "del", "default"]);
  const { code, output } = await node.cni("CHECK", "twice", { config: both });
  expect(code).toBe(1);
  expect(output).toContain("lacks its default route");
});

test("twelve at once get different addresses; deleting them in any order leaks nothing", async () => {
  const ids = Array.from({ length: 12 }, (_, i) => `c${i}`);
  const addresses = (await Promise.all(ids.map((id) => attach(id)))).flat();
  expect(new Set(addresses).size).toBe(24);
  expect(audit()).toEqual([]);
  const answers = await Promise.all([...ids, ...ids].map((id) => node.cni("DEL", id, { config: both })));
  expect(answers.map(({ code }) => code)).toEqual(answers.map(() => 0));
  expect(audit()).toEqual([]);
  const held = [...server.objects.values()]
    .filter(({ kind }) => kind === "IPAMHandle")
    .map(({ metadata }) => metadata.name);
  expect(held.filter((name) => /\.c\d/.test(name))).toEqual([]);
});

test("a late DEL of a pod's old container leaves the new one alone", async () => {
  const asPod = (id: string) => ({
    config: both,
    args: "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=pod-0",
    netns: node.container(id),
  });
  expect((await node.cni("ADD", "old", asPod("old"))).code).toBe(0);
  const added = await node.cni("ADD", "new", asPod("new"));
  expect(added.code).toBe(0);
  expect((await node.cni("DEL", "old", asPod("old"))).code).toBe(0);
  const endpoint = server.objects.get("WorkloadEndpoint/shop/n1-k8s-pod--0-eth0")?.spec as {
    containerID: string;
    ipNetworks: string[];
    interfaceName: string;
  };
  expect(endpoint.containerID).toBe("new");
  expect(await node.links()).toContain(endpoint.interfaceName);
  expect((await node.cni("CHECK", "new", asPod("new"))).output).toBe("");
  expect((await node.cni("DEL", "new", asPod("new"))).code).toBe(0);
  expect(server.objects.has("WorkloadEndpoint/shop/n1-k8s-pod--0-eth0")).toBe(false);
  expect(audit()).toEqual([]);
});

test("pools that select namespaces serve pods of those with its labels, and of no others", async () => {
  const v4 = server.objects.get("IPPool/v4")!;
  const pool = (base: KubeObject, namespaceSelector: string): KubeObject => ({
    ...base,
    spec: { ...(base.spec as object), namespaceSelector, allowedUses: ["Workload"] },
  });
  const namespace = (name: string, labels: Readonly<Record<string, string>>): KubeObject => ({
    ...object("Namespace", name, {}, { labels }),
    apiVersion: "v1",
  });
  const knownOf = (objects: readonly KubeObject[]): Promise<void> => {
    server.write(objects);
    return until("the agent knows them", () => server.acked.applied >= server.revision);
  };
  const addIn = async (name: string): Promise<string> => {
    const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=${name};K8S_POD_NAME=web`;
    const { output } = await node.cni("ADD", `in-${name}`, { args });
    expect((await node.cni("DEL", `in-${name}`, { args })).code).toBe(0);
    return output;
  };
  await knownOf([
    pool(v4, "!has(team)"),
    pool(object("IPPool", "a-team", { cidr: "10.78.0.0/26", blockSize: 26, nodeSelector: "all()" }), "team == 'a'"),
    namespace("team-a", { team: "a" }),
    namespace("team-b", { team: "b" }),
  ]);
  expect(await addIn("team-a")).toMatch(/"address": ?"10\.78\.0\./);
  expect(await addIn("team-b")).toContain("no configured IPv4 pool selects node n1 and namespace team-b");
  await knownOf([namespace("team-b", { team: "a" })]);
  expect(await addIn("team-b")).toMatch(/"address": ?"10\.78\.0\./);
  await knownOf([v4]);
});

test.each([
  ["a namespace that is not there", { netns: "/run/netns/pa-none" }, 8],
  ["a version of the future", { config: { cniVersion: "9.0.0" } }, 1],
  ["a pool that is not there", { config: { ipam: { ipv4_pools: ["nope"] } } }, 100],
  ["an unknown argument", { args: "WHAT=1" }, 4],
])("ADD with %s fails with a code of the contract and leaves nothing", async (_name, options, code) => {
  const before = server.objects.size;
  const answer = await node.cni("ADD", "bad", options);
  expect(answer.code).toBe(1);
  expect(JSON.parse(answer.output)).toMatchObject({ code });
  expect(server.objects.size).toBe(before);
  expect(audit()).toEqual([]);
});

test("an ADD without an address to give is a condition with advice, until one succeeds", async () => {
  const conditions = () => server.statuses.at(-1)?.conditions ?? [];
  await node.cni("ADD", "none", { config: { ipam: { ipv4_pools: ["nope"] } } });
  await until("told", () => conditions().some(({ code, advice }) => code === "NoAddress" && advice.includes("pool")));
  await attach("some");
  await until("over", () => !conditions().some(({ code }) => code === "NoAddress"));
});

test("killed and started again it goes on where it was, and no packet is lost meanwhile", async () => {
  const [address] = await attach("steady");
  await attach("pinger");
  node.agent?.kill("SIGKILL");
  await until("dead", () => node.agent?.signalCode === "SIGKILL");
  expect(await node.reaches("pinger", address!)).toBe(true);
  const refused = await node.cni("DEL", "pinger", { config: both });
  expect(refused).toEqual({ code: 0, output: "" }); // queued
  node.start();
  await until("ready again", async () => (await node.health("/readyz")).status === 200);
  await until("the queue is empty", () => ![...server.objects.keys()].some((key) => key.endsWith(".pinger")));
  expect((await node.cni("CHECK", "steady", { config: both })).output).toBe("");
  expect(audit()).toEqual([]);
});

test("a lost API: it keeps enforcing, queues deletions and resumes", async () => {
  const [address] = await attach("kept");
  await attach("going");
  await server.close();
  expect(await node.reaches("going", address!)).toBe(true);
  expect((await node.cni("DEL", "going", { config: both })).code).toBe(0);
  expect((await node.cni("STATUS", "going")).output).toContain('"code":50');
  await server.listen(node.apiSocket);
  await until("deleted after all", () => ![...server.objects.keys()].some((key) => key.endsWith(".going")));
  expect(server.hellos.at(-1)?.resume).toMatchObject({ epoch: server.epoch });
  expect(audit()).toEqual([]);
});

test("it reports endpoints, BIRD and sessions", async () => {
  await until("BIRD is ready", () => server.statuses.at(-1)?.bird.state === "Ready");
  server.write([object("Node", "n2", { bgp: { ipv4Address: "192.0.2.2/24" } })]);
  await until(
    "a session to the other node",
    () => server.statuses.at(-1)?.sessions.some(({ peerNode }) => peerNode === "n2") === true,
  );
  const status = server.statuses.at(-1);
  expect(status).toMatchObject({ node: "n1", inSync: true, bird: { state: "Ready", routerID: "192.0.2.1" } });
  const routes = execFileSync("ip", ["-n", node.netns, "route", "show", "type", "blackhole"], { encoding: "utf8" });
  expect(routes).toMatch(/^blackhole 10\.77\.0\.\d+\/26 proto bird/m);
});
