import type { EndpointRowView, PoolUsageView } from "@percale/api";
import { expect, test } from "vitest";
import { groupsFor, type Known } from "./find.ts";

const cart: EndpointRowView = {
  key: "shop/node--2-k8s-cart-eth0",
  namespace: "shop",
  name: "cart",
  objectName: "node--2-k8s-cart-eth0",
  node: "node-2",
  addresses: ["10.65.0.65"],
  labels: {},
};
const web = { kind: "NetworkPolicy", namespace: "shop", name: "web" };
const nothing: NonNullable<Known["found"]> = {
  owners: [],
  endpoints: [],
  objects: [],
  texts: [],
  speakers: [],
  isOwnAs: false,
  rules: [],
};
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
  found: nothing,
  pools: [pool],
  isPaused: false,
  lastChange: {
    revision: 9,
    at: "2026-11-30T09:00:00Z",
    author: "priya",
    reason: "",
    requestId: "",
    names: ["shop/web", "shop/db"],
    entries: [],
    objects: 2,
  },
};

/** Each group with its entries in words: name, detail, where it leads. */
function found(
  text: string,
  told: Partial<NonNullable<Known["found"]>> = {},
  more: Partial<Known> = {},
): readonly (readonly string[])[] {
  return groupsFor(text, { ...known, found: { ...nothing, ...told }, ...more }).map(({ title, entries }) => [
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
  expect(found(text, { owners: text === cart.addresses[0] ? [cart] : [] })).toEqual(wanted);
});

test("while pools are not told yet, nobody is said to have no address", () => {
  expect(found("10.65.0.70", {}, { pools: undefined })).toEqual([reach("10.65.0.70")]);
});

test("who speaks for an autonomous system is told with the way there", () => {
  const speakers = [
    { kind: "BGPPeer", name: "tor" },
    { kind: "Node", name: "node-2" },
  ];
  expect(found("as64512", { isOwnAs: true, speakers })).toEqual([
    [
      "AS 64512",
      "This cluster’s nodes | unless a node says otherwise | /bgp | Open BGP",
      "tor | BGP peer | /bgppeers/tor | Open",
      "node-2 | node | /nodes/node-2 | Open",
    ],
  ]);
});

test("a rule is told as a sentence, with the way to its policy", () => {
  const rule = { action: "Deny", protocol: "TCP", destination: { ports: ["400:500"] } } as const;
  expect(found("deny 443", { rules: [{ ref: web, direction: "ingress", index: 1, rule }] })).toEqual([
    [
      "Rules",
      "shop/web | ingress rule 2: Deny TCP to ports 400:500 | /policies?open=networkpolicies/shop/web | Open rule",
    ],
  ]);
});

test("a text leads to the fields that it stands in, as they are written", () => {
  expect(
    found("192.0.2", { texts: [{ ref: web, field: "spec.ingress[0].source.nets[0]", text: "192.0.2.0/24" }] }),
  ).toEqual([
    [
      "In a field",
      "shop/web | spec.ingress[0].source.nets[0]: 192.0.2.0/24 | /policies?open=networkpolicies/shop/web | Open",
    ],
  ]);
});

test("a name leads to what has it, a page or a command", () => {
  expect(found("shop/", { endpoints: [cart], objects: [web, { kind: "IPPool", name: "pool" }] })).toEqual([
    [
      "Endpoints",
      "shop/cart | 10.65.0.65 on node-2 | /endpoints?open=workloadendpoints/shop/node--2-k8s-cart-eth0 | Open endpoint",
    ],
    [
      "Objects",
      "shop/web | network policy | /policies?open=networkpolicies/shop/web | Open",
      "pool | IP pool | /ippools/pool | Open",
    ],
  ]);
  expect(found("gnp new")).toEqual([
    ["Commands", "New global network policy (gnp) | /policies?new=globalnetworkpolicies | Create"],
  ]);
  expect(found("undo")).toEqual([["Commands", "Undo my last change | changed shop/web and 1 more | undo | ⌘Z"]]);
  expect(found("undo", {}, { lastChange: undefined })).toEqual([]);
  expect(found("pause")).toEqual([["Commands", "Pause live updates | pause | Pause p"]]);
  expect(found("pause", {}, { isPaused: true })).toEqual([
    ["Commands", "Resume live updates (pause) | pause | Resume p"],
  ]);
});

test("before the server told what it finds, pages and commands are found already", () => {
  expect(found("bgp", {}, { found: undefined }).map(([title]) => title)).toEqual(["Pages"]);
});

test("before anything is typed it offers pages and commands", () => {
  expect(groupsFor(" ", known).map(({ title }) => title)).toEqual(["Pages", "Commands"]);
});
