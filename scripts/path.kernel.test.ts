/** The line through everything: an edit at the API, a packet dropped by the kernel. On real nodes with real agents. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { askLab, call, labId, send } from "@percale/cli";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startProduct } from "./product/product.ts";
import type { Product } from "./product/product.ts";

const POLICIES = "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies";
const DENY = {
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name: "default.frontend-not-database", namespace: "shop" },
  spec: {
    tier: "default",
    order: 10,
    selector: "app == 'database'",
    types: ["Ingress"],
    ingress: [{ action: "Deny", source: { selector: "app == 'frontend'" } }],
  },
};
let product: Product;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => {
  await product?.stop();
  const left = spawnSync("ip", ["netns"], { encoding: "utf8" }).stdout.split("\n");
  expect(left.filter((name) => product !== undefined && name.includes(labId(product.dataDir)))).toEqual([]);
});

test("logs, pid files, sockets and secrets are their owner's alone", () => {
  const isPrivate = /\.(log|pid|key|token)$|^(kubeconfig|admin-token)$/;
  const files = readdirSync(product.dataDir, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isSocket() || (entry.isFile() && isPrivate.test(entry.name)),
  );
  const names = files.map(({ name }) => name);
  for (const one of ["api.log", "api.pid", "supervisor.pid", "api.sock", "lab.log", "cni.sock", "health.sock"])
    expect(names).toContain(one);
  const modes = files.map(({ parentPath, name }) => [name, statSync(join(parentPath, name)).mode & 0o077]);
  expect(modes.filter(([, open]) => open !== 0)).toStrictEqual([]);
});

test("the shop works as its policies say", () => {
  const verdicts = [
    ["frontend", "cart"],
    ["frontend", "cart-2"],
    ["cart", "payments"],
    ["payments", "database"],
    ["frontend", "database"],
    ["payments", "outside"],
    ["outside", "frontend"],
    ["frontend", "payments"],
    ["cart", "database"],
    ["outside", "database"],
  ].map(
    ([from, to]) => `${from} → ${to} ${product.percale("lab", "probe", from!, to!).code === 0 ? "allowed" : "denied"}`,
  );
  expect(verdicts).toEqual([
    "frontend → cart allowed",
    "frontend → cart-2 allowed",
    "cart → payments allowed",
    "payments → database allowed",
    "frontend → database allowed",
    "payments → outside allowed",
    "outside → frontend allowed",
    "frontend → payments denied",
    "cart → database denied",
    "outside → database denied",
  ]);
});

test("why takes the names and the port that probe takes", () => {
  const { code, output } = product.percale("why", "payments", "database");
  expect([code, output]).toStrictEqual([
    0,
    expect.stringMatching(/^allow: shop\/\S+payments\S* .* → shop\/\S+database\S* .*, TCP port 5432,/),
  ]);
  expect(product.percale("why", "payments", "databse")).toMatchObject({
    code: 1,
    output: expect.stringContaining("shop/database"),
  });
});

test("IPv6 goes the same way", () => {
  expect(product.percale("lab", "probe", "-6", "frontend", "cart-2").code).toBe(0);
  expect(product.percale("lab", "probe", "-6", "frontend", "payments").code).toBe(1);
});

test("a policy made through REST denies, and deleted with kubectl allows again", async () => {
  await call(product.access, "POST", POLICIES, { body: DENY });
  await until("frontend", "database", "timeout");
  expect(product.percale("lab", "probe", "frontend", "database").code).toBe(1);
  expect(product.kubectl("delete", "-n", "shop", "networkpolicies.projectcalico.org", DENY.metadata.name).code).toBe(0);
  await until("frontend", "database", "open");
});

test("an agent killed under a stream of packets loses none and lets none through that is denied", async () => {
  const node = (await askLab(product.labSocket, { verb: "status" })).nodes.find(
    ({ name }) => name === "percale-node-1",
  )!;
  const stream = { verb: "stream", from: "frontend", intervalUs: 1_000, count: 4_000 } as const;
  const allowed = askLab(product.labSocket, { ...stream, to: "prometheus", port: 9090 });
  const denied = askLab(product.labSocket, { ...stream, to: "payments", port: 8443 });
  await delay(500);
  process.kill(node.agentPid!, "SIGKILL");
  expect(await allowed).toMatchObject({ sent: 4_000, echoed: 4_000 });
  expect(await denied).toMatchObject({ sent: 4_000, echoed: 0 });
  const after = await agentBack(node.name, node.agentPid!);
  expect(after.agentRestarts).toBeGreaterThan(0);
});

test("a rule deleted by hand comes back, where the kernel lets it be deleted at all", async () => {
  const netns = `percale-${labId(product.dataDir)}-percale-node-1`;
  const nft = (...args: readonly string[]) =>
    spawnSync("ip", ["netns", "exec", netns, "nft", ...args], { encoding: "utf8" });
  // A rule that is written again has a new handle.
  const handles = (): string[] => nft("-a", "list", "ruleset").stdout.match(/(?<= # handle )\d+$/gm) ?? [];
  const before = handles();
  const [table] = nft("list", "tables").stdout.split("\n");
  const chain = /chain (\S+) \{[^}]*?\n\t\t[^}]*?# handle (\d+)/.exec(nft("-a", "list", ...table!.split(" ")).stdout)!;
  const { status, stderr } = nft("flush", "chain", ...table!.split(" ").slice(1), chain[1]!);
  if (status !== 0) {
    expect(stderr).toContain("Operation not permitted"); // owned, from Linux 6.9 on
    expect(handles()).toEqual(before);
    return;
  }
  const isBack = (now: readonly string[]): boolean => now.length === before.length && now.join() !== before.join();
  for (let waited = 0; waited < 30_000 && !isBack(handles()); waited += 200) await delay(200);
  expect(isBack(handles())).toBe(true);
});

test("without Postgres the API says 503 and why, agents enforce, and all recovers", async () => {
  // It is started again each time; ended often enough, some write meets none.
  const reply = await writeUntil503(() => endPostgres(product.dataDir));
  expect(reply.status).toBe(503);
  expect(JSON.stringify(reply.body)).toMatch(/database|datastore|Postgres/i);
  expect(product.percale("lab", "probe", "frontend", "cart").code).toBe(0);
  expect(product.percale("lab", "probe", "frontend", "payments").code).toBe(1);
  for (let waited = 0; waited < 30_000; waited += 250) {
    if ((await send(product.access, "POST", POLICIES, { body: DENY })).status < 300) break;
    await delay(250);
  }
  await until("frontend", "database", "timeout");
  await call(product.access, "DELETE", `${POLICIES}/${DENY.metadata.name}`);
});

/** Returns when a probe ends so; how soon that is, is measured in the bench. */
async function until(from: string, to: string, kind: string): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const { result } = await askLab(product.labSocket, { verb: "probe", from, to, protocol: "tcp", timeoutMs: 300 });
    if (result.kind === kind) return;
    if (performance.now() - startedAt > 15_000)
      throw new Error(`${from} → ${to} is ${result.kind}, not ${kind}, after 15 s`);
    await delay(10);
  }
}

async function agentBack(name: string, oldPid: number) {
  for (;;) {
    const { nodes } = await askLab(product.labSocket, { verb: "status" });
    const node = nodes.find((one) => one.name === name)!;
    if (node.agentPid !== undefined && node.agentPid !== oldPid) return node;
    await delay(50);
  }
}

async function writeUntil503(before: () => void) {
  for (let tries = 0; ; tries++) {
    before();
    const metadata = { name: `default.while-down-${tries}`, namespace: "shop" };
    const reply = await send(product.access, "POST", `${POLICIES}?dryRun=All`, { body: { ...DENY, metadata } });
    if (reply.status === 503 || tries === 40) return reply;
    await delay(100);
  }
}

/** The postmaster of this product's own database, by the pid file in its folder. */
function endPostgres(dataDir: string): void {
  try {
    const [pid = ""] = readFileSync(join(dataDir, "postgres/data/postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), "SIGKILL");
  } catch {
    // ended already
  }
}
