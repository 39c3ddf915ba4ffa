import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pool, tier } from "./testdata/objects.ts";
import { TestNode, until } from "./testdata/test-node.ts";
import { TestServer } from "./testdata/test-server.ts";

const server = new TestServer();
const node = new TestNode("n1");

beforeAll(async () => {
  server.seed([tier, pool("10.82.0.0/24")]);
  await server.listen(node.apiSocket);
  node.start(["--no-bgp"]);
  await until("ready", async () => (await node.health("/readyz")).status === 200);
  await until("registered", () => server.objects.has("Node/n1"));
});

afterAll(async () => {
  await node.remove();
  await server.close();
});

const POD = "a-long-pod-name.".repeat(16).slice(0, 253).replace(/\.$/, "x");
const kept = (): string[] =>
  [...server.objects.keys()].filter((key) => /^(WorkloadEndpoint|IPAMHandle)\//.test(key)).sort();

test.each<[string, string, string, string]>([
  ["dots and underscores", "a.b_c", "percale", ""],
  ["capitals", "ABC", "percale", ""],
  ["an end that no object's name has", "abc-", "percale", ""],
  ["four hundred characters", "abcd".repeat(100), "percale", ""],
  ["a network with capitals, dots and underscores", "c1", "My_Net.Work-", ""],
  ["a network with a long name", "c2", "net".repeat(70), ""],
  ["a pod with the longest name", "c3", "percale", `K8S_POD_NAMESPACE=${"n".repeat(63)};K8S_POD_NAME=${POD}`],
])("a container whose id, network or pod has %s is attached and detached", async (_name, id, name, args) => {
  const before = kept();
  const options = { config: { name }, args, netns: node.container(`names-${id.slice(0, 8)}`) };
  const added = await node.cni("ADD", id, options);
  expect(JSON.parse(added.output)).not.toHaveProperty("code");
  const made = kept().filter((key) => !before.includes(key));
  expect(made).toHaveLength(2);
  const endpoint = server.objects.get(made.find((key) => key.startsWith("WorkloadEndpoint/")) ?? "");
  expect(endpoint?.spec).toMatchObject({ containerID: id, ...(args !== "" && { pod: POD }) });
  expect((await node.cni("CHECK", id, options)).output).toBe("");
  expect(await node.cni("DEL", id, options)).toEqual({ code: 0, output: "" });
  expect(kept()).toEqual(before);
});

test("long ids that end differently are different containers, for the client too", async () => {
  const [one, other] = ["a", "b"].map((end) => "long".repeat(100) + end) as [string, string];
  const of = (end: string) => ({ args: "", netns: node.container(`long-${end}`) });
  for (const [id, end] of [
    [one, "a"],
    [other, "b"],
  ] as const)
    expect((await node.cni("ADD", id, of(end))).code).toBe(0);
  const away = { PERCALE_CNI_SOCKET: `${node.directory}/away.sock` };
  expect((await node.cni("DEL", one, { ...of("b"), env: away })).code).toBe(0);
  expect((await node.cni("CHECK", other, of("b"))).output).toBe("");
  expect((await node.cni("DEL", one, of("a"))).code).toBe(0);
  expect((await node.cni("CHECK", other, of("b"))).output).toBe("");
  expect((await node.cni("DEL", other, { ...of("b"), env: away })).code).toBe(0);
  expect((await node.cni("CHECK", other, of("b"))).output).toContain("missing");
});

test("ids that differ only by case are different containers", async () => {
  const ids = ["same", "SAME"];
  const netnsOf = (id: string): string => node.container(`case-${id}`);
  for (const id of ids) expect((await node.cni("ADD", id, { args: "", netns: netnsOf(id) })).code).toBe(0);
  expect((await node.cni("DEL", "same", { args: "", netns: netnsOf("same") })).code).toBe(0);
  expect((await node.cni("CHECK", "SAME", { args: "", netns: netnsOf("SAME") })).output).toBe("");
});

test.each(["ETH0", "_x", "net.1", "a#b", "-", "é", "网口0"])(
  "an interface that is called %s in its container is attached and detached",
  async (ifName) => {
    const [before, links] = [kept(), await node.links()];
    const options = { ifName, netns: node.container("odd") };
    const { output } = await node.cni("ADD", "odd", options);
    expect(JSON.parse(output)).not.toHaveProperty("code");
    expect((await node.cni("CHECK", "odd", options)).output).toBe("");
    expect(await node.cni("DEL", "odd", options)).toEqual({ code: 0, output: "" });
    expect([kept(), await node.links()]).toEqual([before, links]);
  },
);

test.each<[string, string, Record<string, string>, string]>([
  ["the agent, of a configuration that is wrong", '{"cniVersion":"0.3.1","name":"-"}', {}, "0.3.1"],
  ["the agent, of a call that is wrong", '{"cniVersion":"0.4.0","name":"net"}', { CNI_ARGS: "WHAT=1" }, "0.4.0"],
  ["the agent, of a configuration without version", '{"name":"-"}', {}, "0.2.0"],
  ["the client", '{"prevResult":{"cniVersion":"0.1.0"},"cniVersion":"1.0.0"}', { CNI_IFNAME: "a/b" }, "1.0.0"],
  [
    "the client, past escapes",
    String.raw`{"name":"\"cniVersion\":\"0.1.0\"","list":["cniVersion","0.1.0"],"cniVersion" : "0.4.0"}`,
    { CNI_IFNAME: "" },
    "0.4.0",
  ],
  ["the client, of a configuration without version", "{}", { CNI_IFNAME: "" }, "0.2.0"],
])("an error of %s speaks the version that was asked for", async (_name, text, env, expected) => {
  const { code, output } = await node.cni("ADD", "v1", { text, env });
  expect([code, JSON.parse(output)]).toMatchObject([1, { cniVersion: expected, code: expect.any(Number) as number }]);
});

test("what CNI and Kubernetes do not allow is code 4", async () => {
  const args = "K8S_POD_NAMESPACE=../nodes;K8S_POD_NAME=x";
  const { output } = await node.cni("ADD", "p1", { args });
  expect(JSON.parse(output)).toMatchObject({ code: 4 });
  expect(execFileSync("ip", ["-n", `${node.netns}-p1`, "-o", "link"], { encoding: "utf8" })).not.toContain("eth0");
});
