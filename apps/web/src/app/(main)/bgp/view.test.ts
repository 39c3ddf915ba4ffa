import type { AgentStatus, BgpSession } from "@percale/protocol";
import { expect, test } from "vitest";
import type { NodeReport } from "../nodes/view.ts";
import { causesOf, layoutSessions, pairsOf, sessionsOf, sessionsVerdict, stateOf } from "./view.ts";

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
  connected: true,
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
  const silent = { ...report("b", [session("a", "Active")]), connected: false };
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
