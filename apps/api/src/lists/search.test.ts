import { API_VERSION, formatRef } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { expect, test } from "vitest";
import { World } from "../policy/world.ts";
import { search } from "./search.ts";

const object = (kind: string, name: string, spec: object, namespace?: string, labels?: object): KubeObject =>
  ({
    apiVersion: API_VERSION,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(labels !== undefined && { labels }) },
    spec,
  }) as KubeObject;
const pod = (name: string, address: string, labels = {}): KubeObject =>
  object(
    "WorkloadEndpoint",
    `n1-k8s-${name}-eth0`,
    { node: "n1", pod: name, ipNetworks: [`${address}/32`] },
    "shop",
    labels,
  );
const cluster = [
  pod("cart", "10.65.0.65", { app: "basket" }),
  pod("web", "10.65.0.6"),
  object(
    "NetworkPolicy",
    "web",
    {
      tier: "default",
      ingress: [
        { action: "Allow", protocol: "TCP", destination: { ports: [8080] } },
        { action: "Deny", protocol: "TCP", destination: { ports: ["400:500"] } },
        { action: "Deny" },
      ],
    },
    "shop",
  ),
  object("IPPool", "pool", { cidr: "10.65.0.0/16" }),
  object("BGPPeer", "tor", { peerIP: "192.0.2.1", asNumber: 64_513 }),
  object("Node", "node-2", { bgp: { asNumber: "64514" } }),
];

function found(text: string, objects = cluster) {
  const world = new World();
  world.take({ changes: objects.map((one) => JSON.stringify(one)), isAnew: true, revision: 1 });
  const { owners, endpoints, rules, objects: named, texts, speakers, isOwnAs } = search(world, { text });
  return {
    owners: owners.map(({ name }) => name),
    endpoints: endpoints.map(({ name }) => name),
    objects: named.map((ref) => formatRef(ref)),
    texts: texts.map(({ ref, field }) => `${formatRef(ref)} ${field}`),
    speakers: [...(isOwnAs ? ["own"] : []), ...speakers.map((ref) => formatRef(ref))],
    rules: rules.map(({ ref, direction, index }) => `${formatRef(ref)} ${direction} ${index}`),
  };
}
const nothing = found("no such thing");

test.each<[text: string, told: Partial<typeof nothing>]>([
  [" 10.65.0.65 ", { owners: ["cart"] }],
  ["10.65.0.6", { owners: ["web"], endpoints: ["cart"] }],
  ["10.65.0.0/16", { objects: ["IPPool/pool"] }],
  ["192.0.2.", { objects: ["BGPPeer/tor"] }],
  ["Basket", { endpoints: ["cart"] }],
  ["shop/", { endpoints: ["cart", "web"], objects: ["NetworkPolicy/shop/web"] }],
  ["64512", { speakers: ["own"] }],
  ["AS 64513", { speakers: ["BGPPeer/tor"] }],
  ["as64514", { speakers: ["Node/node-2"] }],
  ["64515", {}],
  ["deny 443 shop", { rules: ["NetworkPolicy/shop/web ingress 1", "NetworkPolicy/shop/web ingress 2"] }],
  ["deny shop", { rules: ["NetworkPolicy/shop/web ingress 1", "NetworkPolicy/shop/web ingress 2"] }],
  ["allow 8080", { rules: ["NetworkPolicy/shop/web ingress 0"] }],
  ["pass 8080", {}],
  ["deny 443 payments", {}],
  ["deny", { texts: ["NetworkPolicy/shop/web spec.ingress[1].action"] }],
  ["400:500", { texts: ["NetworkPolicy/shop/web spec.ingress[1].destination.ports[0]"] }],
  ["10.65.0.0/1", { objects: ["IPPool/pool"] }], // by name, and not again by its text
])("%s finds %j", (text, told) => {
  expect(found(text)).toEqual({ ...nothing, ...told });
});

test("of what many have in common it tells the first few", () => {
  const many = Array.from({ length: 99 }, (_, i) => pod(`p${i}`, `10.0.0.${i + 1}`));
  expect(found("p", many).endpoints).toEqual(Array.from({ length: 8 }, (_, i) => `p${i}`));
});

test("the cluster speaks for the autonomous system that it is configured with", () => {
  const configured = [object("BGPConfiguration", "default", { asNumber: 65_001 })];
  expect([found("65001", configured).speakers, found("64512", configured).speakers]).toEqual([["own"], []]);
});

test("a rule with more nets than a row shows is found with the first of them", () => {
  const nets = Array.from({ length: 20_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
  const rule = { action: "Deny", source: { nets }, destination: { ports: [443] } };
  const world = new World();
  const policy = object("GlobalNetworkPolicy", "long", { tier: "default", ingress: [rule] });
  world.take({ changes: [JSON.stringify(policy)], isAnew: true, revision: 1 });
  expect(search(world, { text: "deny 443" }).rules.map((found) => found.rule)).toEqual([
    { ...rule, source: { nets: [...nets.slice(0, 8), "…"] } },
  ]);
});
