import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { silentLogger } from "@percale/daemon";
import { API_VERSION } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { query } from "../rest/trpc.ts";
import { createMissing, ensureNodeToken, isFirstTime, labAccess, listOf, waitForApi } from "./api.ts";
import { foundation, startingPolicies } from "./manifests.ts";
import { reporter } from "./report.ts";
import { OUTSIDE, WORKLOADS } from "./shop.ts";
import type { LabStatus } from "./status.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startAnyApi();
});
afterAll(() => api.stop());
const config = () => readConfig({ PERCALE_DATA: api.dataDir });
const access = () => labAccess(config());

test("the API is reached by its unix socket, once it is there", async () => {
  expect(await waitForApi(config(), new AbortController().signal)).toStrictEqual({
    ...access(),
    socketPath: join(api.dataDir, "api.sock"),
  });
  const away = readConfig({ PERCALE_DATA: join(api.dataDir, "nowhere") });
  const stop = new AbortController();
  const waiting = waitForApi(away, stop.signal);
  stop.abort(new Error("no longer wanted"));
  await expect(waiting).rejects.toThrow(/no longer wanted|aborted/);
});

/** An endpoint as the lab's workload gets it. */
const endpoint = ({ name, namespace, node, labels, ports }: (typeof WORKLOADS)[number], index: number): KubeObject => ({
  apiVersion: API_VERSION,
  kind: "WorkloadEndpoint",
  metadata: {
    name: `${node.replaceAll("-", "--")}-k8s-${name.replaceAll("-", "--")}-eth0`,
    namespace,
    labels: { ...labels, "projectcalico.org/namespace": namespace },
  },
  spec: {
    orchestrator: "k8s",
    node,
    pod: name,
    endpoint: "eth0",
    interfaceName: `cali${index}`,
    ipNetworks: [`10.65.0.${index + 1}/32`],
    profiles: [`kns.${namespace}`],
    ports,
  },
});

test("an empty cluster gets the shop once; who reaches whom in it is what the shop needs", async () => {
  expect(await isFirstTime(access())).toBe(true);
  const objects = [...foundation(), ...startingPolicies()];
  expect(await createMissing(access(), objects)).toBe(objects.length);
  expect(await isFirstTime(access())).toBe(false);
  expect(await createMissing(access(), objects)).toBe(0);
  expect((await listOf(access(), "ippools")).map(({ spec }) => spec)).toMatchObject([
    { cidr: "10.65.0.0/16", natOutgoing: true },
    { cidr: "fdc0:65::/48", natOutgoing: true },
  ]);
  const endpoints = WORKLOADS.map(endpoint);
  const changes = endpoints.map((object) => ({ op: "create", object }));
  expect((await api.call("/changesets/v1", { method: "POST", body: { changes } })).code).toBe(200);
  const reached: string[] = [];
  const names = WORKLOADS.map(({ namespace, name }) => `${namespace}/${name}`);
  const nameOf = new Map(endpoints.map(({ metadata }, i) => [`${metadata.namespace}/${metadata.name}`, names[i]!]));
  const addresses = [...endpoints.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`), OUTSIDE.ipv4];
  const ports = [8080, 8443, 5432, 9090, 9100, OUTSIDE.ports[0].port];
  for (const from of addresses)
    for (const to of addresses) {
      if (from === to || (from === OUTSIDE.ipv4 && to === OUTSIDE.ipv4)) continue;
      const open: number[] = [];
      for (const port of ports) {
        const { verdict } = (await query(access(), "policy.explain", { from, to, protocol: "TCP", port })) as {
          readonly verdict: string;
        };
        if (verdict === "allow") open.push(port);
      }
      const [a, b] = [from, to].map((one) => nameOf.get(one)?.replace(/-2$/, "").split("/")[1] ?? "outside");
      reached.push(`${a} → ${b}: ${open.length === ports.length ? "all" : open.join(" ") || "none"}`);
    }
  expect([...new Set(reached)].sort()).toMatchInlineSnapshot(`
    [
      "cart → cart: none",
      "cart → database: none",
      "cart → frontend: 8080",
      "cart → outside: all",
      "cart → payments: 8443",
      "cart → prometheus: all",
      "database → cart: none",
      "database → database: 5432",
      "database → frontend: 8080",
      "database → outside: all",
      "database → payments: none",
      "database → prometheus: all",
      "frontend → cart: 8080",
      "frontend → database: 5432",
      "frontend → frontend: 8080",
      "frontend → outside: all",
      "frontend → payments: none",
      "frontend → prometheus: all",
      "outside → cart: none",
      "outside → database: none",
      "outside → frontend: 8080",
      "outside → payments: none",
      "outside → prometheus: all",
      "payments → cart: none",
      "payments → database: 5432",
      "payments → frontend: none",
      "payments → outside: 443",
      "payments → prometheus: none",
      "prometheus → cart: 9100",
      "prometheus → database: 9100",
      "prometheus → frontend: 8080 9100",
      "prometheus → outside: all",
      "prometheus → payments: 9100",
    ]
  `);
});

test("an object at fault is told by name", async () => {
  const bad = { apiVersion: API_VERSION, kind: "Tier", metadata: { name: "bad" }, spec: { order: "high" } };
  const good = { ...bad, metadata: { name: "good" }, spec: { order: 5 } };
  await expect(createMissing(access(), [good, bad])).rejects.toThrow(/^change 2, Tier\/bad: .*spec\.order/);
  expect((await listOf(access(), "tiers")).map(({ metadata }) => metadata.name)).not.toContain("good");
});

test("a node's agent keeps its token for as long as the server takes it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "percale-token-"));
  try {
    const path = await ensureNodeToken(access(), { node: "n1", folder });
    const token = readFileSync(path, "utf8");
    expect([path, statSync(path).mode & 0o777]).toStrictEqual([join(folder, "n1.token"), 0o600]);
    expect((await api.call("/trpc/session.whoami", { token: token.trim() })).body.result.data).toMatchObject({
      user: "system:node:n1",
      groups: ["system:nodes", "system:authenticated"],
    });
    await ensureNodeToken(access(), { node: "n1", folder });
    expect(readFileSync(path, "utf8")).toBe(token);
    writeFileSync(path, "percale_of_another_database\n");
    await ensureNodeToken(access(), { node: "n1", folder });
    expect(readFileSync(path, "utf8")).not.toContain("another");
    expect(existsSync(path)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a round of measurements is what the API shows, with where the workloads are", async () => {
  const [workload] = WORKLOADS;
  const status: LabStatus = {
    state: "ready",
    progress: "ready",
    rootless: false,
    daemonPid: 1,
    nodes: [],
    workloads: [{ ...workload!, addresses: ["10.65.0.1"], pid: 4 }],
    outside: { name: "outside", addresses: [OUTSIDE.ipv4], ports: OUTSIDE.ports, pid: 5 },
  };
  const probe = {
    from: "a",
    to: "b",
    port: 80,
    proto: "tcp",
    allowed: true,
    at: new Date(0).toISOString(),
    latencyMs: 1,
  };
  const report = reporter({ access, status: () => status, log: silentLogger });
  await report([{ ...probe, proto: "tcp" }]);
  expect(await query(access(), "lab.matrix")).toStrictEqual({
    reportedAt: expect.any(String),
    probes: [probe],
    workloads: [
      { ...workload!, addresses: ["10.65.0.1"] },
      { name: "outside", namespace: "", addresses: [OUTSIDE.ipv4], labels: {}, ports: OUTSIDE.ports },
    ],
  });
});

test("reports that fail are told once, until one is taken again", async () => {
  const told: string[] = [];
  const log = { ...silentLogger, warn: (message: string) => void told.push(message) };
  let isAway = true;
  const status: LabStatus = { state: "ready", progress: "", rootless: false, daemonPid: 1, nodes: [], workloads: [] };
  const report = reporter({
    access: () => {
      if (isAway) throw new Error("no kubeconfig");
      return access();
    },
    status: () => status,
    log,
  });
  for (const away of [true, true, false, true]) {
    isAway = away;
    await report([]);
  }
  expect(told).toStrictEqual(["cannot report measurements to the API"]);
});
