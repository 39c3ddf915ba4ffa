import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { pool, tier } from "./testdata/objects.ts";
import { TestNode, until } from "./testdata/test-node.ts";
import type { CniOptions } from "./testdata/test-node.ts";
import { TestServer } from "./testdata/test-server.ts";

const server = new TestServer();
const node = new TestNode("n1");

beforeAll(async () => {
  server.seed([tier, pool("10.79.0.0/24"), pool("fd79::/112")]);
  await server.listen(node.apiSocket);
  ip(node.netns, "route", "add", "default", "via", "192.0.2.254", "dev", "uplink0");
  node.start(["--no-bgp"]);
  await until("ready", async () => (await node.health("/readyz")).status === 200);
  await until("registered", () => server.objects.has("Node/n1"));
});

afterAll(async () => {
  await node.remove();
  await server.close();
});

let id = "";
let count = 0;
beforeEach(() => {
  id = `c${count++}`;
});

const both = { ipam: { assign_ipv4: "true", assign_ipv6: "true" } };
/** Without Kubernetes' variables: named after its container. */
const plain = { args: "", config: both };
const ip = (netns: string, ...args: string[]): string =>
  execFileSync("ip", ["-n", netns, ...args], { encoding: "utf8" });
/** All that a call could harm in a namespace. */
const stateOf = (netns: string): unknown => ({
  links: ip(netns, "-o", "link").replaceAll(/state \w+|<[^>]*>/g, ""),
  addresses: ip(netns, "-o", "-4", "addr"),
  routes: ip(netns, "route"),
  routes6: ip(netns, "-6", "route", "show", "default"),
  forwarding: execFileSync("ip", ["netns", "exec", netns, "cat", "/proc/sys/net/ipv4/ip_forward"], {
    encoding: "utf8",
  }),
});
const inside = (container: string): string => `${node.netns}-${container}`;
const add = async (container: string, options: CniOptions = {}) => {
  const { code, output } = await node.cni("ADD", container, { ...plain, ...options });
  const result = JSON.parse(output) as { code?: number; interfaces: { name: string }[]; ips: { address: string }[] };
  return code === 0
    ? { host: result.interfaces[0]!.name, addresses: result.ips.map(({ address }) => address.split("/")[0]!) }
    : { code: result.code };
};
const codeOf = async (command: string, container: string, options: CniOptions = {}): Promise<number> => {
  const { code, output } = await node.cni(command, container, { ...plain, ...options });
  return code === 0 ? 0 : (JSON.parse(output) as { code: number }).code;
};
const check = (container: string, options: CniOptions = {}) => node.cni("CHECK", container, { ...plain, ...options });

/** The node's namespace by each name it can have. */
function namesOfTheNode(): Record<string, string> {
  const bound = `/run/netns/${node.netns}-bound`;
  mkdirSync(dirname(bound), { recursive: true });
  writeFileSync(bound, "");
  execFileSync("mount", ["--bind", `/run/netns/${node.netns}`, bound]);
  return { named: `/run/netns/${node.netns}`, "of a process": `/proc/${node.agent?.pid}/ns/net`, bound };
}
function forget(path: string): void {
  execFileSync("umount", [path]);
  rmSync(path);
}

test("the node's own namespace is no container's, by whatever path: code 8, and nothing of the node or store changes", async () => {
  const names = namesOfTheNode();
  const [before, objects] = [stateOf(node.netns), server.revision];
  for (const netns of Object.values(names))
    for (const command of ["ADD", "DEL", "CHECK"])
      for (const ifName of ["eth0", "uplink0"]) expect(await codeOf(command, id, { netns, ifName })).toBe(8);
  expect(stateOf(node.netns)).toEqual(before);
  expect(server.revision).toBe(objects);
  forget(names["bound"]!);
});

test("the plugin's own namespace is refused too, with the agent there or away; CNI_NETNS_OVERRIDE allows it", async () => {
  const netns = node.container(id);
  const own = { netns, from: inside(id) };
  expect(await codeOf("ADD", id, own)).toBe(8);
  expect(await add(id, { ...own, env: { CNI_NETNS_OVERRIDE: "1" } })).toMatchObject({ host: `cali${id}` });
  expect(await codeOf("DEL", id, own)).toBe(8);
  const before = stateOf(inside(id));
  expect(await codeOf("DEL", id, { ...own, env: { PERCALE_CNI_SOCKET: "/nowhere" } })).toBe(8);
  expect(stateOf(inside(id))).toEqual(before);
  expect(await codeOf("DEL", id, { ...own, env: { CNI_NETNS_OVERRIDE: "TRUE" } })).toBe(0);
  expect(ip(inside(id), "-o", "link")).not.toContain("eth0");
});

test("a second interface of a container is its own: names, addresses, routes; either goes without the other", async () => {
  const [first, second] = [await add(id), await add(id, { ifName: "net1" })];
  expect(first).toMatchObject({ host: `cali${id}` });
  expect(second).toMatchObject({ host: expect.stringMatching(/^cali[0-9a-f]{11}$/) as string });
  const peer = await add(`other${id}`);
  for (const address of [...(first.addresses ?? []), ...(second.addresses ?? [])])
    expect(await node.reaches(`other${id}`, address)).toBe(true);
  for (const address of peer.addresses ?? []) expect(await node.reaches(id, address)).toBe(true);
  expect([(await check(id)).output, (await check(id, { ifName: "net1" })).output]).toEqual(["", ""]);
  expect(await codeOf("DEL", id)).toBe(0);
  expect((await check(id, { ifName: "net1" })).output).toBe("");
  expect(await codeOf("DEL", id, { ifName: "net1" })).toBe(0);
  expect([...server.objects.keys()].filter((key) => key.includes(`.${id}`) || key.includes(`-${id}-`))).toEqual([]);
  expect(ip(inside(id), "rule")).not.toContain("from 10.79");
});

test("containers whose ids begin alike have different interfaces", async () => {
  const [one, other] = [`long-name-${id}-a`, `long-name-${id}-b`];
  const hosts = (await Promise.all([add(one), add(other)])).map(({ host }) => host); // at once: neither is recorded yet
  expect(new Set(hosts).size).toBe(2);
  expect([(await check(one)).output, (await check(other)).output]).toEqual(["", ""]);
  expect(await codeOf("DEL", one)).toBe(0);
  expect((await check(other)).output).toBe("");
});

test("a container's interface that we did not make is left alone by ADD and DEL", async () => {
  node.container(id);
  ip(inside(id), "link", "add", "eth0", "type", "bridge");
  expect(await add(id)).toEqual({ code: 104 });
  expect(await codeOf("DEL", id)).toBe(0);
  expect(ip(inside(id), "-o", "link")).toContain("eth0");
  expect([...server.objects.keys()].filter((key) => key.includes(`.${id}`) || key.includes(`-${id}-`))).toEqual([]);
});

test("a node's interface that we did not make keeps its name: the workload's gets another", async () => {
  ip(node.netns, "link", "add", `cali${id}`, "type", "bridge");
  const { host } = await add(id);
  expect(host).not.toBe(`cali${id}`);
  expect((await check(id)).output).toBe("");
  expect(await codeOf("DEL", id)).toBe(0);
  expect(await node.links()).toContain(`cali${id}`);
  expect(await node.links()).not.toContain(host);
});

test("a call that names another container's namespace changes nothing there", async () => {
  await add(id);
  const victim = { netns: node.container(id) };
  expect(await add(`${id}thief`, victim)).toEqual({ code: 104 });
  expect(await codeOf("DEL", `${id}thief`, victim)).toBe(0);
  expect((await check(id)).output).toBe("");
});

test("our own stale interface is replaced: also one whose host end somebody renamed", async () => {
  await add(id);
  ip(node.netns, "link", "set", `cali${id}`, "down");
  ip(node.netns, "link", "set", `cali${id}`, "name", "elsewhere");
  expect(await add(id)).toMatchObject({ host: `cali${id}` });
  expect(await node.links()).not.toContain("elsewhere");
  ip(node.netns, "link", "set", `cali${id}`, "down");
  ip(node.netns, "link", "set", `cali${id}`, "name", "elsewhere");
  expect(await codeOf("DEL", id)).toBe(0);
  expect(await node.links()).not.toContain("elsewhere");
});

test("an address that the node routes elsewhere stays there, and the ADD leaves nothing", async () => {
  ip(node.netns, "route", "add", "10.79.0.40/32", "dev", "uplink0");
  const [before, objects] = [stateOf(node.netns), [...server.objects.keys()].sort()];
  expect(await add(id, { args: "IP=10.79.0.40" })).toEqual({ code: 104 });
  expect(stateOf(node.netns)).toEqual(before);
  expect(
    [...server.objects.keys()].filter((key) => !objects.includes(key) && !/Profile|IPAMBlock|Affinity/.test(key)),
  ).toEqual([]);
  expect(ip(inside(id), "-o", "link")).not.toContain("eth0");
});

test("with the agent away the client deletes what bears its container's mark and nothing else", async () => {
  await add(id);
  const away = { env: { PERCALE_CNI_SOCKET: `${node.directory}/away.sock` } };
  expect(await codeOf("DEL", `other${id}`, { ...away, netns: node.container(id) })).toBe(0);
  expect((await check(id)).output).toBe("");
  expect(await codeOf("DEL", id, away)).toBe(0);
  expect(ip(inside(id), "-o", "link")).not.toContain("eth0");
});
