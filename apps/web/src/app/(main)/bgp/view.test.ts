import type { AgentStatus, BgpSession } from "@percale/protocol";
import { expect, test } from "vitest";
import type { NodeReport } from "../nodes/view.ts";
import { causesOf, healthOf, layoutSessions, pairsOf, sessionsOf, sessionsVerdict, stateOf, worstEnd } from "./view.ts";

const session = (peerNode: string, state: BgpSession["state"] = "Established"): BgpSession => ({
  peerIP: "10.0.0.1",
  peerNode,
  type: "NodeMesh",
  asNumber: 64_512,
  state,
  since: "2026-11-21T10:00:00Z",
  info: "",
  routesImported: 1,
  routesExported: 1,
});
const report = (name: string, sessions: readonly BgpSession[]): NodeReport => ({
  name,
  addresses: [],
  hearing: "heard",
  status: { sessions } as unknown as AgentStatus,
});

const mesh = [
  report("node-1", [session("node-2"), session("node-3", "Active")]),
  report("node-2", [session("node-1"), session("node-3")]),
  report("node-3", [session("node-1", "Idle"), session("node-2")]),
];

test("both ends of a session are one session and its worse state counts", () => {
  expect(sessionsOf(mesh).map(({ id, state, ends }) => [id, state, ends.length])).toEqual([
    ["node-1~node-3", "Idle", 2],
    ["node-1~node-2", "Established", 2],
    ["node-2~node-3", "Established", 2],
  ]);
  expect(sessionsVerdict(sessionsOf(mesh))).toEqual({ lead: "2 of 3 sessions established.", rest: "1 idle." });
});

test("a session that only one of two nodes has is half configured", () => {
  const half = sessionsOf([report("a", [session("b", "Active")]), report("b", [])]);
  expect(half[0]?.state).toBe("Half configured");
});

test("a large healthy mesh is one ring, what is broken stays a line of its own", () => {
  const names = Array.from({ length: 20 }, (_, index) => `node-${index}`);
  const reports = names.map((name) =>
    report(
      name,
      names
        .filter((peer) => peer !== name)
        .map((peer) => session(peer, [name, peer].sort().join() === "node-0,node-1" ? "Active" : "Established")),
    ),
  );
  const drawing = layoutSessions(reports, sessionsOf(reports), 900);
  expect(drawing.mesh).toMatchObject({ up: 189, total: 190 });
  expect(drawing.lines.map((line) => line.session.id)).toEqual(["node-0~node-1"]);
});

test("the same sessions give the same picture", () => {
  expect(layoutSessions(mesh, sessionsOf(mesh), 800)).toEqual(layoutSessions(mesh.toReversed(), sessionsOf(mesh), 800));
});

test("the last word of an agent that is not heard is no state", () => {
  const silent = { ...report("b", [session("a", "Active")]), hearing: "lost" as const };
  const [both] = sessionsOf([report("a", [session("b")]), silent]);
  expect([both?.state, both?.ends.map(stateOf)]).toEqual(["Unknown", ["Established", "Unknown"]]);
});

test("both families that only one of two nodes has are half configured too", () => {
  const six = { ...session("b", "Active"), peerIP: "fd00::2" };
  const half = sessionsOf([report("a", [session("b", "Active"), six]), report("b", [])]);
  expect(half.map(({ state }) => state)).toEqual(["Half configured"]);
});

test("what is between two nodes has each cause of its own sessions once", () => {
  const cause = { reason: "r", advice: "a", facts: "f" };
  const between = sessionsOf(mesh).find(({ id }) => id === "node-1~node-2")!;
  const end = { node: "node-1", peerIP: "10.0.0.1", type: "NodeMesh", cause } as const;
  const others = [
    { ...end, node: "node-3" },
    { ...end, type: "NodePeer" },
    { ...end, peerIP: "fd00::1" },
  ] as const;
  expect(causesOf(between, [...others, end, { ...end, node: "node-2" }])).toEqual([cause]);
  expect(causesOf(between, others)).toEqual([]);
});

test("ends of one family and kind stand side by side, broken ones first", () => {
  const six = { ...session("b"), peerIP: "fd00::2" };
  const peer = { ...session("b", "Active"), type: "NodePeer" } as const;
  const [both] = sessionsOf([report("a", [session("b"), six, peer]), report("b", [session("a")])]);
  expect(pairsOf(both!).map(({ title, ends }) => [title, ends.map(({ node }) => node)])).toEqual([
    ["IPv4 peer", ["a"]],
    ["IPv4 mesh", ["a", "b"]],
    ["IPv6 mesh", ["a"]],
  ]);
});

test.each([
  ["Established", "up"],
  ["Half configured", "half"],
  ["Idle", "down"],
  ["Close", "down"],
  ["Active", "connecting"],
  ["OpenConfirm", "connecting"],
  ["Unknown", "connecting"],
] as const)("%s is %s", (state, health) => {
  expect(healthOf(state)).toBe(health);
});

const outside = (peerIP: string, state: BgpSession["state"] = "Established"): BgpSession => {
  const { peerNode: _, ...rest } = session("", state);
  return { ...rest, peerIP, type: "GlobalPeer", asNumber: 65_001 };
};

test("a session to the outside is its node's alone, and named by the address", () => {
  const [one] = sessionsOf([report("a", [outside("192.0.2.1", "Connect")])]);
  expect(one).toMatchObject({
    id: "a~192.0.2.1",
    node: "a",
    peer: "192.0.2.1",
    peerIsNode: false,
    kind: "GlobalPeer",
    asNumber: 65_001,
    state: "Connect",
  });
});

test("a session to a node that reports nothing yet is not half configured, nor one that stands", () => {
  const silent = { ...report("b", []), status: undefined };
  expect(sessionsOf([report("a", [session("b", "Active")]), silent])[0]?.state).toBe("Active");
  expect(sessionsOf([report("a", [session("b")]), report("b", [])])[0]?.state).toBe("Established");
});

test("sessions in one state go by name, with numbers in their order", () => {
  const ids = sessionsOf([report("n", [outside("192.0.2.10"), outside("192.0.2.9")])]).map(({ id }) => id);
  expect(ids).toEqual(["n~192.0.2.9", "n~192.0.2.10"]);
});

test("the verdict of all, of none, and of several that are down", () => {
  expect(sessionsVerdict([])).toEqual({ lead: "No BGP session is configured.", rest: "Nodes exchange no routes." });
  expect(sessionsVerdict(sessionsOf([report("a", [outside("192.0.2.1")])]))).toEqual({
    lead: "All 1 sessions established.",
    rest: "",
  });
  const some = sessionsOf([
    report("a", [outside("192.0.2.1", "Idle"), outside("192.0.2.2", "Active"), outside("192.0.2.3", "Idle")]),
  ]);
  expect(sessionsVerdict(some)).toEqual({ lead: "0 of 3 sessions established.", rest: "2 idle, 1 active." });
});

test("the end that tells most is the one in the worst state", () => {
  const [both] = sessionsOf(mesh);
  expect(worstEnd(both!)?.state).toBe("Idle");
  expect(worstEnd({ ...both!, ends: [] })).toBeUndefined();
});

const drawn = (reports: readonly NodeReport[], width = 800) => {
  const { nodes, peers, ...rest } = layoutSessions(reports, sessionsOf(reports), width);
  const at = ({ name, x, y, up, total }: (typeof nodes)[number]) =>
    `${name} ${Math.round(x)},${Math.round(y)} ${up}/${total}`;
  return {
    ...rest,
    height: Math.round(rest.height),
    nodes: nodes.map(at),
    peers: peers.map(at),
    lines: rest.lines.map(({ from, to }) => `${from.name}-${to.name}`),
  };
};

test("one node stands in the middle, two side by side, more on a circle from the top", () => {
  expect(drawn([report("a", [])])).toEqual({
    width: 800,
    height: 330,
    nodes: ["a 400,160 0/0"],
    peers: [],
    lines: [],
    bundles: [],
    mesh: undefined,
  });
  expect(drawn([report("a", [session("b")]), report("b", [session("a")])])).toMatchObject({
    nodes: ["a 510,160 1/1", "b 290,160 1/1"],
    lines: ["a-b"],
    mesh: undefined,
  });
  expect(drawn(mesh)).toMatchObject({
    height: 362,
    nodes: ["node-1 400,50 1/2", "node-2 509,239 2/2", "node-3 291,239 1/2"],
    lines: ["node-1-node-3", "node-1-node-2", "node-2-node-3"],
  });
  expect(drawn(mesh, 300).nodes[0]).toBe("node-1 150,50 1/2");
});

test("peers outside stand in a row above, and many healthy sessions of one are one line with their number", () => {
  const few = [report("a", [outside("192.0.2.1"), outside("192.0.2.2", "Idle")])];
  expect(drawn(few)).toMatchObject({
    height: 450,
    nodes: ["a 400,280 1/2"],
    peers: ["192.0.2.1 267,50 1/1", "192.0.2.2 533,50 0/1"],
    lines: ["a-192.0.2.2", "a-192.0.2.1"],
    bundles: [],
  });
  const names = Array.from({ length: 13 }, (_, index) => `n${index}`);
  const many = names.map((name, index) => report(name, [outside("192.0.2.1", index === 0 ? "Idle" : "Established")]));
  const { lines, bundles } = layoutSessions(many, sessionsOf(many), 900);
  expect(lines.map(({ session: { node } }) => node)).toEqual(["n0"]);
  expect(bundles.map(({ id, count, from, to }) => [id, count, from.x, to.name])).toEqual([
    ["192.0.2.1", 12, 450, "192.0.2.1"],
  ]);
  const dozen = many.slice(0, 12);
  expect(layoutSessions(dozen, sessionsOf(dozen), 900)).toMatchObject({ bundles: [], lines: { length: 12 } });
});

test("a node that nobody reports is drawn where a session needs it, and a session to nowhere is not", () => {
  const reports = [report("a", [session("b")])];
  expect(drawn(reports)).toMatchObject({ nodes: ["a 400,160 1/1"], lines: [] });
  expect(layoutSessions([], sessionsOf(reports), 800).nodes.map(({ name }) => name)).toEqual(["a"]);
});
