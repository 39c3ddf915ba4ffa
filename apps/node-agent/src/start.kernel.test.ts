import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tier } from "./testdata/objects.ts";
import { TestNode, until } from "./testdata/test-node.ts";
import { TestServer } from "./testdata/test-server.ts";

const server = new TestServer();
const node = new TestNode("n1");
const elsewhere = new TestNode("n2");

beforeAll(async () => {
  server.seed([tier]);
  await server.listen(node.apiSocket);
});

afterAll(async () => {
  await elsewhere.remove();
  await node.remove();
  await server.close();
});

const isReady = async (): Promise<boolean> => (await node.health("/readyz")).status === 200;

/** Runs an agent to its end; what it said to a person, and its exit code. */
async function runToEnd(where: TestNode, flags: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = where.spawn(["--no-bgp", ...flags], ["ignore", "ignore", "pipe"]);
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += String(chunk)));
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once("close", resolve);
  return { code: await promise, said };
}

test("files that cannot be read do not keep the agent from starting: they are set aside and told", async () => {
  const attachments = join(node.directory, "data/attachments");
  const queue = join(node.directory, "cni/cni-queue");
  for (const folder of [attachments, queue]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(attachments, "a:eth0.json"), "");
  writeFileSync(join(attachments, "b:eth0.json"), '{"containerID":');
  writeFileSync(join(queue, "c:eth0"), "");
  mkdirSync(join(queue, "d:eth0"));
  node.start(["--no-bgp"]);
  await until("ready", isReady);
  const told = (): string =>
    server.statuses.at(-1)?.conditions.find(({ code }) => code === "StateSetAside")?.detail ?? "";
  await until("told", () => ["a:eth0", "b:eth0", "c:eth0", "d:eth0"].every((name) => told().includes(`.bad-${name}`)));
});

test.each<[string, TestNode, () => string[]]>([
  ["on the same node with another folder", node, () => [`--data-dir=${join(elsewhere.directory, "other")}`]],
  ["on another node with the same folder", elsewhere, () => [`--data-dir=${join(node.directory, "data")}`]],
])("a second agent %s refuses, says who is there, and takes nothing from it", async (_name, where, flags) => {
  const { code, said } = await runToEnd(where, [
    ...flags(),
    `--cni-socket=${join(node.directory, "cni/cni.sock")}`,
    `--health-socket=${join(node.directory, "health.sock")}`,
    `--api-socket=${node.apiSocket}`,
  ]);
  expect(code).toBe(1);
  expect(said).toMatch(new RegExp(`process ${node.agent?.pid}, since 20\\d\\d-`));
  expect(said).not.toContain("    at ");
  expect(await isReady()).toBe(true);
  expect((await node.cni("STATUS", "x")).code).toBe(0);
});

test("a killed agent leaves no lock", async () => {
  await node.stop("SIGKILL");
  node.start(["--no-bgp"]);
  await until("ready again", isReady);
});
