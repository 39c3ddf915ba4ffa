import { expect, test } from "vitest";
import { renderBgp } from "./bgp-table.ts";
import type { BgpAnswer, BgpEnd } from "./bgp-table.ts";

const nowMs = Date.parse("2026-11-29T12:00:00Z");
const up: BgpEnd = {
  node: "node-1",
  isHeard: true,
  peerIP: "192.0.2.2",
  peerNode: "node-2",
  type: "NodeMesh",
  asNumber: 64512,
  state: "Established",
  since: "2026-11-29T08:48:00Z",
  info: "",
  routesImported: 4,
  routesExported: 5,
};
const cause = { reason: "It is so.", advice: "Do this.", facts: "Both say so." };
const down: BgpEnd = { ...up, state: "Idle", since: "2026-11-29T11:59:00Z", info: "BGP Error: Bad peer AS" };
const nodes = ["node-1", "node-2", "node-3"].map((node) => ({ node, isHeard: node !== "node-3" }));
type Sessions = BgpAnswer["sessions"];
/** Sessions of one end each that stand well. */
const alone = (...ends: readonly BgpEnd[]): Sessions => ends.map((end) => ({ standing: "established", ends: [end] }));
const show = (sessions: Sessions, node?: string) => renderBgp({ nodes, sessions }, { node, nowMs });

test("both ends have a row, and the cause of a session that is down is told once", () => {
  const far = { ...down, node: "node-2", peerIP: "192.0.2.1", peerNode: "node-1", info: "" };
  const outside: BgpEnd = { ...up, peerIP: "198.51.100.9", type: "GlobalPeer", asNumber: 65001, peerNode: undefined! };
  expect(show([...alone(up), { standing: "down", ends: [down, far], cause }, ...alone(outside)])).toBe(`\
NODE     PEER           PEER-NODE   TYPE     AS      STATE         SINCE   RECEIVED   ADVERTISED   REASON
node-1   192.0.2.2      node-2      mesh     64512   Established   3h12m   4          5            -
node-1   192.0.2.2      node-2      mesh     64512   Idle          1m      -          -            BGP Error: Bad peer AS
node-1   198.51.100.9   -           global   65001   Established   3h12m   4          5            -
node-2   192.0.2.1      node-1      mesh     64512   Idle          1m      -          -            see below

2 of 3 sessions are established. 1 down.
node-1 – node-2 (192.0.2.2): It is so. Do this.
`);
});

test("what nobody knows is unknown, never 1970", () => {
  const text = show(
    alone({ ...up, state: "Idle", since: "" }, { ...up, since: "1970-01-01T00:00:00Z" }, { ...up, isHeard: false }),
  );
  expect(text.match(/unknown/g)).toHaveLength(3);
  expect(text).toContain("Unknown");
  expect(text).toContain("agent not heard");
});

test.each([
  [undefined, "No BGP sessions: no node has a peer. The mesh begins with the second node.\n"],
  ["node-1", "node-1 has no BGP sessions.\n"],
  ["node-3", "node-3 has reported no BGP sessions; its agent is not heard.\n"],
])("of node %s there may be nothing to show", (node, text) => {
  expect(show([], node)).toBe(text);
  expect(renderBgp({ nodes: [], sessions: [] }, { nowMs })).toBe("No BGP sessions: no node has joined.\n");
});

test.each([
  ["2026-11-29T12:00:01Z", "0s"],
  ["2026-11-29T11:59:01Z", "59s"],
  ["2026-11-29T11:59:00Z", "1m"],
  ["2026-11-29T11:00:01Z", "59m"],
  ["2026-11-29T11:00:00Z", "1h0m"],
  ["2026-11-27T12:00:01Z", "47h59m"],
  ["2026-11-27T12:00:00Z", "2d"],
  ["2026-11-20T11:00:00Z", "9d"],
])("a session up since %s is so for %s", (since, words) => {
  expect(
    show(alone({ ...up, since }))
      .split("\n")[1]!
      .split(/ +/)[6],
  ).toBe(words);
});

test("a wide table tells what agents of older versions do not, with dashes for those", () => {
  const wide = (end: BgpEnd) => {
    const [head, row] = renderBgp({ nodes, sessions: alone(end) }, { wide: true, nowMs })
      .split("\n")
      .map((line) => line.split(/ {3,}/));
    return Object.fromEntries(head!.slice(9).map((name, i) => [name, row![9 + i]]));
  };
  const nothing = ["FILTERED", "LOCAL", "LOCAL-AS", "PORT", "PASSIVE", "PASSWORD", "TTL", "HOLD", "FLAPS", "ASKED-BY"];
  expect(wide(up)).toStrictEqual(Object.fromEntries([...nothing, "REASON"].map((name) => [name, "-"])));
  const told = {
    routesFiltered: 1,
    localIP: "192.0.2.1",
    localASNumber: 64_513,
    port: 179,
    passive: true,
    hasPassword: false,
    ttlHops: 1,
    holdSeconds: 90,
    keepaliveSeconds: 30,
    flaps: 0,
    ref: { kind: "BGPPeer", name: "rack" },
  };
  expect(Object.values(wide({ ...up, ...told }))).toStrictEqual([
    "1",
    "192.0.2.1",
    "64513",
    "179",
    "yes",
    "no",
    "1",
    "90/30",
    "0",
    "BGPPeer/rack",
    "-",
  ]);
});

test("one node's table has its own ends alone, and a cause without a node's name goes by the address", () => {
  const far: BgpEnd = { ...down, node: "node-2", peerNode: undefined!, info: "" };
  const sessions: Sessions = [...alone(up), { standing: "down", ends: [far], cause }];
  expect(show(sessions, "node-2").split("\n").slice(1)).toEqual([
    "node-2   192.0.2.2   -           mesh   64512   Idle    1m      -          -            see below",
    "",
    "The only session is not established. 1 down.",
    "node-2 – 192.0.2.2: It is so. Do this.",
    "",
  ]);
});
