import type { AgentStatus, BgpSession } from "@percale/protocol";
import { expect, test } from "vitest";
import type { NodeReport } from "../nodes/view.ts";
import { layoutSessions, likelyCause, sessionsOf, sessionsVerdict } from "./view.ts";

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

test("a known error has a likely cause", () => {
  expect(likelyCause({ ...session("x", "Active"), info: "Socket: Connection refused" })).toMatch(/Nothing listens/);
  expect(likelyCause(session("x"))).toBeUndefined();
});
