import fc from "fast-check";
import { expect, test } from "vitest";
import { BGP_GRACE_MS, countSessions, judgeSessions, sayCounts, sayStanding, STANDINGS } from "./index.ts";
import type { BgpReport, SessionStatus, Standing } from "./index.ts";

const SINCE = "2026-11-21T10:00:00.000Z";
const LATER = Date.parse(SINCE) + BGP_GRACE_MS;
const MESH: Readonly<Record<4 | 6, readonly [string, string]>> = {
  4: ["192.0.2.1", "192.0.2.2"],
  6: ["2001:db8::1", "2001:db8::2"],
};

/** One end of a session between a and b. */
function end(
  own: "a" | "b",
  { family = 4, ...facts }: Partial<SessionStatus> & { readonly family?: 4 | 6 } = {},
): SessionStatus {
  const [a, b] = MESH[family];
  const [localIP, peerIP] = own === "a" ? [a, b] : [b, a];
  return {
    peerIP,
    localIP,
    peerNode: own === "a" ? "b" : "a",
    type: "NodeMesh",
    asNumber: 64512,
    state: "Established",
    since: SINCE,
    info: "",
    routesImported: 1,
    routesExported: 1,
    ...facts,
  };
}
const report = (node: string, sessions: readonly SessionStatus[], change: Partial<BgpReport> = {}): BgpReport => ({
  node,
  isHeard: true,
  birdRuns: true,
  sessions,
  ...change,
});
const judge = (reports: readonly BgpReport[], now = LATER) =>
  judgeSessions({ reports, now, hasDefaultConfiguration: false });
const standings = (reports: readonly BgpReport[], now?: number) => judge(reports, now).map(({ standing }) => standing);

const connect = { state: "Connect" } as const;
const unheard = { isHeard: false } as const;
const outside: SessionStatus = { ...end("a"), peerIP: "198.51.100.9", type: "GlobalPeer", peerNode: undefined! };

test.each<[name: string, reports: readonly BgpReport[], standing: string]>([
  ["that both ends say is up", [report("a", [end("a")]), report("b", [end("b")])], "established"],
  ["with an outside peer that our end says is up", [report("a", [outside])], "established"],
  ["that one end says is down", [report("a", [end("a")]), report("b", [end("b", connect)])], "oneSided"],
  ["that both ends say is down", [report("a", [end("a", connect)]), report("b", [end("b", connect)])], "down"],
  ["that the other node does not have", [report("a", [end("a", connect)]), report("b", [])], "halfConfigured"],
  ["that is up and that the other node does not have", [report("a", [end("a")]), report("b", [])], "halfConfigured"],
  ["whose other end is not heard", [report("a", [end("a")]), report("b", [end("b")], unheard)], "unheard"],
  ["whose other node never reported", [report("a", [end("a")]), report("b", [], unheard)], "unheard"],
  ["of which nobody is heard", [report("a", [end("a", connect)], unheard), report("b", [])], "unheard"],
  ["that is down, the other end unheard", [report("a", [end("a", connect)]), report("b", [], unheard)], "down"],
  ["whose BIRD does not run", [report("a", [{ ...outside, state: "Idle", since: "" }], { birdRuns: false })], "down"],
  ["that BIRD does not list yet", [report("a", [{ ...outside, state: "Idle", since: "" }])], "connecting"],
  ["with a node without BIRD", [report("a", [end("a", connect)]), report("b", [], { birdRuns: false })], "down"],
])("a session %s", (_, reports, standing) => {
  expect(standings(reports)).toEqual([standing]);
});

test("a session has a moment to come up, whatever its ends say meanwhile", () => {
  const down = end("b", connect);
  for (const reports of [
    [report("a", [end("a")]), report("b", [down])],
    [report("a", []), report("b", [down])],
    [report("a", [end("a", connect)]), report("b", [down])],
  ])
    expect(standings(reports, LATER - 1)).toEqual(["connecting"]);
});

test("each family is a session of its own, and so is a peer's beside the mesh's", () => {
  const six = { family: 6, state: "Idle" } as const;
  const peer = { type: "NodePeer", ref: { kind: "BGPPeer", name: "p" } } as const;
  const reports = [
    report("b", [end("b"), end("b", six), end("b", peer)]),
    report("a", [end("a"), end("a", six), end("a", peer), outside]),
  ];
  expect(judge(reports).map(({ id, family, kind, standing, peer }) => [id, family, kind, standing, peer])).toEqual([
    ["a~b~mesh4", 4, "mesh", "established", { address: "192.0.2.2", node: "b" }],
    ["a~b~mesh6", 6, "mesh", "down", { address: "2001:db8::2", node: "b" }],
    ["a~b~peer4", 4, "peer", "established", { address: "192.0.2.2", node: "b" }],
    ["a~198.51.100.9~peer4", 4, "peer", "established", { address: "198.51.100.9" }],
  ]);
  expect(countSessions(judge(reports))).toEqual({
    total: 4,
    established: 3,
    down: 1,
    halfConfigured: 0,
    oneSided: 0,
    connecting: 0,
    unheard: 0,
  });
});

test("a session keeps its name and the order of its ends when its states change", () => {
  const look = (a: Partial<SessionStatus>, b: Partial<SessionStatus>) =>
    judge([report("a", [end("a", a)]), report("b", [end("b", b)])]).map(({ id, ends }) => [
      id,
      ends.map(({ report }) => report.node),
    ]);
  for (const [a, b] of [
    [{}, {}],
    [connect, {}],
    [{}, connect],
  ] as const)
    expect(look(a, b)).toEqual([["a~b~mesh4", ["a", "b"]]]);
  expect(judge([report("a", []), report("b", [end("b", connect)])])[0]?.id).toBe("a~b~mesh4");
});

test("two sessions that would have one name are told apart", () => {
  const peers = [179, 1790].map((port): SessionStatus => ({ ...outside, port }));
  expect(judge([report("a", peers)]).map(({ id }) => id)).toEqual(["a~198.51.100.9~peer4", "a~198.51.100.9~peer4~2"]);
});

test("of two sessions of one end that the other one has once, one is that one's and the other nobody's", () => {
  const peer = { type: "NodePeer" } as const;
  const reports = [report("a", [end("a", peer)]), report("b", [end("b", peer), end("b", peer)])];
  expect(judge(reports).map(({ id, ends }) => [id, ends.map(({ report }) => report.node)])).toEqual([
    ["a~b~peer4", ["a", "b"]],
    ["a~b~peer4~2", ["b"]],
  ]);
});

test.each<[string, readonly BgpReport[], string | undefined]>([
  [
    "up since the later of its ends",
    [report("a", [end("a")]), report("b", [end("b", { since: "2026-11-21T10:00:09.000Z" })])],
    "2026-11-21T10:00:09.000Z",
  ],
  [
    "down since the earlier of those that see it",
    [report("a", [end("a", connect)]), report("b", [end("b", { ...connect, since: "2026-11-21T10:00:09.000Z" })])],
    SINCE,
  ],
  ["unheard, which has no beginning", [report("a", [end("a")]), report("b", [end("b")], unheard)], undefined],
])("a session is %s", (_, reports, since) => {
  expect(judge(reports)[0]?.since).toBe(since);
});

/** Any two nodes with any ends, of which one may be missing, silent or without BIRD. */
const anyEnd = (own: "a" | "b") =>
  fc
    .record({
      family: fc.constantFrom(4, 6),
      state: fc.constantFrom("Established", "Idle", "Active"),
      since: fc.constantFrom("", SINCE, new Date(LATER).toISOString()),
      type: fc.constantFrom("NodeMesh", "NodePeer"),
    })
    .map((facts) => end(own, facts));
const anyReport = (node: "a" | "b") =>
  fc
    .record({ sessions: fc.array(anyEnd(node), { maxLength: 3 }), isHeard: fc.boolean(), birdRuns: fc.boolean() })
    .map(({ sessions, ...change }) => report(node, sessions, change));

test("whatever is reported, every end is in one session, and one that an end saw go down long ago stands badly, with a diagnosis", () => {
  fc.assert(
    fc.property(anyReport("a"), anyReport("b"), (a, b) => {
      const sessions = judge([a, b]);
      const ends = sessions.flatMap((one) => one.ends.map(({ session }) => session));
      expect(new Set(ends)).toEqual(new Set([...a.sessions, ...b.sessions]));
      expect(ends).toHaveLength(a.sessions.length + b.sessions.length);
      expect(new Set(sessions.map(({ id }) => id)).size).toBe(sessions.length);
      for (const { diagnosis, standing, ends } of sessions) {
        const isSeen = ends.some(
          ({ report, session }) => report.isHeard && session.state !== "Established" && session.since === SINCE,
        );
        expect(diagnosis !== undefined).toBe(isSeen);
        if (isSeen) expect(["down", "halfConfigured", "oneSided"]).toContain(standing);
      }
    }),
  );
});

test.each<[readonly Standing[], lead: string, rest: string]>([
  [[], "No node reports a BGP session.", ""],
  [["established"], "The only session is established.", ""],
  [["established", "established"], "All 2 sessions are established.", ""],
  [["unheard"], "The only session is not established.", "1 not heard."],
  [
    ["unheard", "established", "down", "unheard", "oneSided"],
    "1 of 5 sessions are established.",
    "1 down, 1 one-sided, 2 not heard.",
  ],
])("sessions that stand as %j are said so", (all, lead, rest) => {
  expect(sayCounts(countSessions(all.map((standing) => ({ standing }))))).toEqual({ lead, rest });
});

test("of what is past it is said what was", () => {
  const then = (_: string, past: string) => past;
  const of = (...all: readonly Standing[]) =>
    sayCounts(countSessions(all.map((standing) => ({ standing }))), then).lead;
  expect([of(), of("down"), of("established", "established"), of("down", "established")]).toEqual([
    "No node reported a BGP session.",
    "The only session was not established.",
    "All 2 sessions were established.",
    "1 of 2 sessions were established.",
  ]);
});

test("a session's standing in words begins as a sentence does", () => {
  expect(STANDINGS.map(sayStanding)).toEqual([
    "Down",
    "Half configured",
    "One-sided",
    "Connecting",
    "Not heard",
    "Established",
  ]);
});
