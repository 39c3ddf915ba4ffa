import { countSessions, STANDINGS } from "@percale/bgp/standing";
import { expect, test } from "vitest";
import { between, endOf, outside } from "./testdata/sessions.ts";
import {
  asWords,
  endFacts,
  endState,
  familyWords,
  partiesOf,
  remarkOn,
  routesOf,
  severityOf,
  severityOfCounts,
  sortSessions,
  touches,
} from "./view.ts";

test("what stands worst comes first, then names with numbers in their order", () => {
  const sessions = [
    between("n-10", "n-2"),
    between("n-1", "n-2", "unheard"),
    between("n-9", "n-2"),
    between("n-3", "n-4", "down"),
  ];
  expect(sortSessions(sessions).map(({ id }) => id)).toEqual([
    "n-3~n-4~mesh4",
    "n-1~n-2~mesh4",
    "n-9~n-2~mesh4",
    "n-10~n-2~mesh4",
  ]);
});

test("what nobody hears of is neither well nor broken", () => {
  expect(STANDINGS.map(severityOf)).toEqual(["critical", "critical", "critical", "warning", "unknown", "ok"]);
  const of = (...standings: readonly (typeof STANDINGS)[number][]) =>
    severityOfCounts(countSessions(standings.map((standing) => ({ standing }))));
  expect([of("established", "unheard"), of("unheard", "down"), of("established"), of()]).toEqual([
    "unknown",
    "critical",
    "ok",
    "ok",
  ]);
});

test("a session is named by its two parties and belongs to those that are nodes", () => {
  const [ours, theirs] = [between("a", "b"), outside("a", "198.51.100.9")];
  expect([partiesOf(ours), partiesOf(theirs)]).toEqual([
    ["a", "b"],
    ["a", "198.51.100.9"],
  ]);
  const half = between("a", "b", "halfConfigured", { ends: [endOf("a", { peerNode: "b" })] });
  expect(["a", "b", "c"].map((name) => touches(half, name))).toEqual([true, true, false]);
  expect(touches(theirs, "198.51.100.9")).toBe(false);
});

test("family, kind and numbers are said in short", () => {
  expect(familyWords(between("a", "b", "down", { family: 6 }))).toBe("IPv6 mesh");
  expect([between("a", "b"), outside("a", "198.51.100.9")].map(asWords)).toEqual(["iBGP 64512", "eBGP 64512 → 65001"]);
  const { localASNumber: _, ...old } = endOf("a");
  expect(asWords(between("a", "b", "down", { ends: [old] }))).toBe("AS 64512");
});

test.each([
  ["is not heard", { isHeard: false }, { severity: "unknown", text: "Not heard", lastWord: "Established" }],
  ["has no BIRD", { birdRuns: false, state: "Idle", since: "" }, { severity: "critical", text: "BIRD does not run" }],
  ["is new to BIRD", { state: "Idle", since: "" }, { severity: "warning", text: "Not started yet" }],
  ["is up", {}, { severity: "ok", text: "Established" }],
  ["is idle", { state: "Idle" }, { severity: "critical", text: "Idle" }],
  ["is closing", { state: "Close" }, { severity: "critical", text: "Close" }],
  ["connects", { state: "OpenConfirm" }, { severity: "warning", text: "OpenConfirm" }],
] as const)("an end that %s says so", (_, facts, said) => {
  expect(endState(endOf("a", facts))).toEqual(said);
});

const cause = { reason: "a expects another AS.", advice: "Correct it.", facts: "a (1) expects 2." };
const silentB = [endOf("a"), endOf("b", { isHeard: false })];
const birdless = [endOf("a"), endOf("b", { birdRuns: false })];

test.each([
  ["of a cause that was found", between("a", "b", "down", { cause }), { tone: "d", ...cause }],
  ["of a BIRD that does not run", between("a", "b", "down", { ends: birdless }), "BIRD does not run on b."],
  [
    "of an agent that is silent",
    between("a", "b", "unheard", { ends: silentB }),
    "The agent of b is not heard, so nobody knows.",
  ],
  [
    "of a node that never reported",
    between("a", "b", "unheard", { ends: [endOf("a", { peerNode: "b" })] }),
    "The agent of b is not heard, so nobody knows.",
  ],
  ["of a session that begins", between("a", "b", "connecting"), "It is coming up."],
  [
    "of one that one node lacks",
    between("a", "b", "halfConfigured", { ends: [endOf("a")] }),
    "Only a has this session.",
  ],
  ["of ends that differ", between("a", "b", "oneSided"), "Its ends do not agree."],
] as const)("a session says why it does not stand: %s", (_, session, said) => {
  const remark = remarkOn(session);
  expect(typeof said === "string" ? remark?.reason : remark).toEqual(said);
});

test("one that stands says nothing", () => {
  expect(remarkOn(between("a", "b"))).toBeUndefined();
});

test("an end tells what it knows and leaves out what it does not", () => {
  const { localASNumber: _, ...bare } = endOf("a");
  expect(endFacts(bare)).toEqual([["Expects", "192.0.2.2, AS 64512"]]);
  const full = endOf("a", {
    localIP: "192.0.2.1",
    port: 1790,
    passive: true,
    hasPassword: false,
    ttlHops: 1,
    holdSeconds: 90,
    keepaliveSeconds: 30,
    flaps: 2,
    info: "Socket: Connection refused",
  });
  expect(endFacts(full)).toEqual([
    ["Own address", "192.0.2.1, AS 64512"],
    ["Expects", "192.0.2.2 port 1790, AS 64512"],
    ["Who connects", "waits for the peer"],
    ["Password", "none"],
    ["TTL security", "1 hop"],
    ["Hold / keepalive", "90 s / 30 s"],
    ["Lost", "2 times"],
    ["BIRD says", "Socket: Connection refused"],
  ]);
  const other = endOf("a", { port: 179, passive: false, hasPassword: true, ttlHops: 3, holdSeconds: 90, flaps: 0 });
  expect(endFacts(other)).toEqual([
    ["Own address", "AS 64512"],
    ["Expects", "192.0.2.2, AS 64512"],
    ["Who connects", "connects to the peer"],
    ["Password", "set"],
    ["TTL security", "3 hops"],
    ["Hold / keepalive", "90 s"],
    ["Lost", "never"],
  ]);
  expect(endFacts(endOf("a", { flaps: 1 })).at(-1)).toEqual(["Lost", "once"]);
});

test("routes are counted of an end that is up and heard alone", () => {
  expect(routesOf(endOf("a", { routesFiltered: 2 }))).toEqual({ received: 4, filtered: 2, sent: 5 });
  expect([endOf("a", { isHeard: false }), endOf("a", { state: "Idle" })].map(routesOf)).toEqual([undefined, undefined]);
});
