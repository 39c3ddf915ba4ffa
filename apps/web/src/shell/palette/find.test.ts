import type { PoolUsageView } from "@percale/api";
import { API_VERSION, type KubeObject } from "@percale/resources";
import { expect, test } from "vitest";
import { endpointOf } from "../../policy/endpoint.ts";
import type { PolicyObject } from "../../policy/spec.ts";
import { groupsFor, type Known } from "./find.ts";

function object<S>(kind: string, name: string, spec: S, namespace?: string): KubeObject<S> {
  return { apiVersion: API_VERSION, kind, metadata: { name, ...(namespace !== undefined && { namespace }) }, spec };
}

const cart = object(
  "WorkloadEndpoint",
  "node--2-k8s-cart-eth0",
  { node: "node-2", pod: "cart", ipNetworks: ["10.65.0.65/32"] },
  "shop",
);
const web = object(
  "NetworkPolicy",
  "web",
  {
    ingress: [
      { action: "Allow", protocol: "TCP", destination: { ports: [8080] } },
      { action: "Deny", protocol: "TCP", destination: { ports: ["400:500"] } },
      { action: "Deny" },
    ],
  },
  "shop",
) as PolicyObject;
const pool: PoolUsageView = {
  name: "pool",
  cidr: "10.65.0.0/16",
  size: 65_536,
  used: 2,
  blocks: [
    {
      cidr: "10.65.0.64/26",
      node: "node-2",
      used: 2,
      size: 64,
      owners: [
        { ordinal: 1, owner: "shop/cart" },
        { ordinal: 2, owner: "the tunnel of node-2" },
      ],
    },
  ],
};
const known: Known = {
  endpoints: [endpointOf(cart)],
  policies: [web],
  objects: [
    web,
    object("IPPool", "pool", { cidr: "10.65.0.0/16" }),
    object("BGPPeer", "tor", { peerIP: "192.0.2.1", asNumber: 64_513 }),
    object("Node", "node-2", { bgp: { asNumber: "64514" } }),
  ],
  pools: [pool],
  asNumber: 64_512,
  lastChange: {
    revision: 9,
    at: "2026-11-30T09:00:00Z",
    author: "priya",
    reason: "",
    requestId: "",
    names: ["shop/web", "shop/db"],
    entries: [],
  },
};

/** Each group with its entries in words: name, detail, where it leads. */
function found(text: string, more: Partial<Known> = {}): readonly (readonly string[])[] {
  return groupsFor(text, { ...known, ...more }).map(({ title, entries }) => [
    title,
    ...entries.map(({ name, detail, verb, does }) =>
      [name, detail, "go" in does ? does.go : does.command, verb].filter((word) => word !== undefined).join(" | "),
    ),
  ]);
}

const reach = (address: string): readonly string[] => [
  "With this address",
  `Reach from it | /reach?src=${address} | Ask`,
  `Reach to it | /reach?dst=${address} | Ask`,
];
const block =
  "Block 10.65.0.64/26 of node-2 | 2 of 64 in use | /ippools?focus=pool&open=block/10.65.0.64/26 | Open block";
const ofPool = "Pool pool | 10.65.0.0/16, 65,534 free | /ippools?focus=pool | Open pool";
const blockPath = "/ippools?focus=pool&open=block/10.65.0.64/26 | Open block";

test.each<[what: string, text: string, wanted: readonly (readonly string[])[]]>([
  [
    "an endpoint's",
    "10.65.0.65",
    [
      ["Owner", "shop/cart | on node-2 | /endpoints?open=workloadendpoints/shop/node--2-k8s-cart-eth0 | Open endpoint"],
      ["Where it comes from", block, ofPool],
      reach("10.65.0.65"),
    ],
  ],
  [
    "held otherwise",
    "10.65.0.66",
    [
      ["Owner", `Held by the tunnel of node-2 | 62 of 64 are free | ${blockPath}`],
      ["Where it comes from", block, ofPool],
      reach("10.65.0.66"),
    ],
  ],
  [
    "free in a block",
    "10.65.0.70",
    [
      ["Nobody has it", `Free in block 10.65.0.64/26 of node-2 | 62 of 64 are free | ${blockPath}`],
      ["Where it would come from", block, ofPool],
      reach("10.65.0.70"),
    ],
  ],
  [
    "free in a pool, in no block",
    "10.65.9.9",
    [
      ["Nobody has it", "Free in pool pool | in no block yet | /ippools?focus=pool | Open pool"],
      ["Where it would come from", ofPool],
      reach("10.65.9.9"),
    ],
  ],
  ["of no pool", "fd00:0::1", [["Nobody has it", "In none of the pools | /ippools | Open pools"], reach("fd00::1")]],
])("an address that is %s leads to whom it belongs, and to where it is from", (_, text, wanted) => {
  expect(found(text)).toEqual(wanted);
});

test("while pools are not told yet, nobody is said to have no address", () => {
  expect(found("10.65.0.70", { pools: undefined })).toEqual([reach("10.65.0.70")]);
});

test.each<[text: string, wanted: readonly (readonly string[])[]]>([
  ["64512", [["AS 64512", "This cluster’s nodes | unless a node says otherwise | /bgp | Open BGP"]]],
  ["AS 64513", [["AS 64513", "tor | BGP peer | /bgppeers/tor | Open"]]],
  ["as64514", [["AS 64514", "node-2 | node | /nodes/node-2 | Open"]]],
  ["64515", []],
])("%s leads to who speaks for that autonomous system", (text, wanted) => {
  expect(found(text)).toEqual(wanted);
});

test.each<[text: string, rules: readonly string[]]>([
  [
    "deny 443 shop",
    ["shop/web | ingress rule 2: Deny TCP to ports 400:500", "shop/web | ingress rule 3: Deny anything"],
  ],
  ["deny shop", ["shop/web | ingress rule 2: Deny TCP to ports 400:500", "shop/web | ingress rule 3: Deny anything"]],
  ["allow 8080", ["shop/web | ingress rule 1: Allow TCP to ports 8080"]],
  ["pass 8080", []],
  ["deny 443 payments", []],
])("%s asks for rules, by action, port and a part of the policy's name", (text, rules) => {
  const open = " | /policies?open=networkpolicies/shop/web | Open rule";
  const wanted = rules.map((rule) => rule + open);
  expect(found(text).filter(([title]) => title === "Rules")).toEqual(wanted.length === 0 ? [] : [["Rules", ...wanted]]);
});

test("a name leads to what has it, be it a part of a label, a net, a page or a command", () => {
  expect(found("10.65.0.0/16")).toEqual([["Objects", "pool | IP pool | /ippools/pool | Open"]]);
  expect(found("192.0.2.")).toEqual([["Objects", "tor | BGP peer | /bgppeers/tor | Open"]]);
  expect(found("shop/")).toEqual([
    [
      "Endpoints",
      "shop/cart | 10.65.0.65 on node-2 | /endpoints?open=workloadendpoints/shop/node--2-k8s-cart-eth0 | Open endpoint",
    ],
    ["Objects", "shop/web | network policy | /policies?open=networkpolicies/shop/web | Open"],
  ]);
  expect(found("gnp new")).toEqual([
    ["Commands", "New global network policy (gnp) | /policies?new=globalnetworkpolicies | Create"],
  ]);
  expect(found("undo")).toEqual([["Commands", "Undo my last change | changed shop/web and 1 more | undo | ⌘Z"]]);
  expect(found("undo", { lastChange: undefined })).toEqual([]);
});

test("before anything is typed it offers pages and commands", () => {
  expect(groupsFor(" ", known).map(({ title }) => title)).toEqual(["Pages", "Commands"]);
});
