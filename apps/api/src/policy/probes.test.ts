import { API_VERSION } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { expect, test } from "vitest";
import type { LabMatrixView } from "../trpc/views.ts";
import { answerTo } from "./questions.ts";
import { Rows } from "./rows.ts";
import { World } from "./world.ts";

const object = (kind: string, name: string, spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...metadata },
  spec,
});
const pod = (name: string, last: number): KubeObject =>
  object(
    "WorkloadEndpoint",
    `n1-k8s-${name}-eth0`,
    { node: "n1", pod: name, profiles: ["open"], ipNetworks: [`10.0.0.${last}/32`] },
    { namespace: "shop", labels: { app: name } },
  );
const shop = [
  object("Profile", "open", { ingress: [{ action: "Allow" }], egress: [{ action: "Allow" }] }),
  object(
    "NetworkPolicy",
    "db",
    {
      tier: "t",
      selector: "app == 'db'",
      types: ["Ingress"],
      ingress: [{ action: "Allow", source: { selector: "app == 'cart'" } }],
    },
    { namespace: "shop" },
  ),
  pod("web", 1),
  pod("db", 2),
  pod("cart", 3),
];
const at = "2026-11-30T00:00:01Z";
const probe = (from: string, to: string, allowed: boolean, more: object = {}) => ({
  from,
  to,
  proto: "tcp",
  port: 80,
  allowed,
  at,
  ...more,
});
const workload = (name: string, namespace: string, address: string) => ({
  name,
  namespace,
  addresses: [address],
  labels: {},
  ports: [],
});

async function judged(probes: LabMatrixView["probes"]): Promise<readonly unknown[]> {
  const world = new World();
  world.take({ changes: shop.map((one) => JSON.stringify(one)), isAnew: true, revision: 1 });
  const lists: string[] = [];
  const rows = new Rows((list) => lists.push(list));
  const workloads = [workload("web", "shop", "10.0.0.1/32"), workload("outside", "", "192.0.2.1")];
  const course = {
    rows,
    inSlices: async (items: readonly never[], work: (all: readonly never[]) => void) => work(items),
  };
  await answerTo(world, { ask: "probes", about: { workloads, probes } }, course as never);
  rows.end();
  return lists.flatMap((list) => JSON.parse(list) as unknown[]);
}

test("what packets met stands beside what the evaluator says and what decides, whatever the lab calls the ends", async () => {
  const row = (source: string, destination: string) => ({ source, destination, protocol: "TCP", port: 80, at });
  expect(
    await judged([
      probe("web", "10.0.0.2", false),
      probe("shop/n1-k8s-cart-eth0", "db", true),
      probe("shop/db", "outside", false),
      probe("nobody", "shop/web", true, { port: 0, proto: "icmp" }),
    ]),
  ).toEqual([
    {
      ...row("shop/web", "shop/db"),
      allowed: false,
      predicted: "deny",
      text: "Deny: policies of tier t apply and none of their rules matched",
      by: ["Tier/t"],
    },
    {
      ...row("shop/cart", "shop/db"),
      allowed: true,
      predicted: "allow",
      text: "Allow: ingress rule 1 of NetworkPolicy shop/db in tier t",
      by: ["Profile/open", "NetworkPolicy/shop/db"],
    },
    {
      ...row("shop/db", "outside"),
      allowed: false,
      predicted: "allow",
      text: "Allow: egress rule 1 of Profile open",
      by: ["Profile/open"],
    },
    { source: "nobody", destination: "shop/web", protocol: "ICMP", allowed: true, at },
  ]);
});

test("of several probes of a pair the newest counts", async () => {
  const newer = probe("web", "db", true, { at: "2026-11-30T00:00:02Z" });
  const older = probe("web", "db", false);
  for (const order of [
    [newer, older],
    [older, newer],
  ])
    expect(await judged(order)).toMatchObject([{ allowed: true }]);
});

test("more probes than an answer has room for are refused, not left out", async () => {
  const probes = Array.from({ length: 20_000 }, (_, port) =>
    probe("web", "db", true, { port: port + 1, flippedAt: at }),
  );
  await expect(judged(probes)).rejects.toMatchObject({ code: 400 });
});
