import { expect, test } from "vitest";
import { BGP_GRACE_MS, diagnoseBgp } from "./index.ts";
import type { BgpReport, SessionStatus } from "./index.ts";

const SINCE = "2026-11-21T10:00:00.000Z";
const LATER = Date.parse(SINCE) + BGP_GRACE_MS;
const [ADDRESS_A, ADDRESS_B, OUTSIDE] = ["192.0.2.1", "192.0.2.2", "198.51.100.9"];

type Facts = Partial<SessionStatus>;
type Change = Partial<Omit<BgpReport, "sessions">>;

const idle: SessionStatus = {
  peerIP: ADDRESS_B,
  type: "NodeMesh",
  asNumber: 64512,
  state: "Connect",
  since: SINCE,
  info: "",
  routesImported: 0,
  routesExported: 0,
  localASNumber: 64512,
  port: 179,
  passive: false,
  hasPassword: false,
};
const report = (node: string, sessions: readonly SessionStatus[], change: Change = {}): BgpReport => ({
  node,
  isHeard: true,
  birdRuns: true,
  routerID: node === "a" ? ADDRESS_A : ADDRESS_B,
  listenPort: 179,
  sessions,
  ...change,
});
const endA = (facts: Facts): SessionStatus => ({ ...idle, peerNode: "b", localIP: ADDRESS_A, ...facts });
const endB = (facts: Facts): SessionStatus => ({
  ...idle,
  peerIP: ADDRESS_A,
  peerNode: "a",
  localIP: ADDRESS_B,
  ...facts,
});

/** Two nodes of ours; either end may differ from a session that should stand. */
function nodes(a: Facts, b: Facts | undefined, changeA: Change = {}, changeB: Change = {}): readonly BgpReport[] {
  return [report("a", [endA(a)], changeA), report("b", b === undefined ? [] : [endB(b)], changeB)];
}
const outside = (facts: Facts, change: Change = {}): readonly BgpReport[] => [
  report("a", [{ ...idle, type: "GlobalPeer", peerIP: OUTSIDE, localIP: ADDRESS_A, ...facts }], change),
];
const peer = { kind: "BGPPeer", name: "rack" };
const md5 = (counts: object) => ({ md5Refused: { notFound: 0, unexpected: 0, failure: 0, ...counts } });

const diagnose = (reports: readonly BgpReport[], now = LATER) =>
  diagnoseBgp({ reports, now, hasDefaultConfiguration: false });

test.each<[name: string, reports: readonly BgpReport[], reason: string]>([
  ["a wrong AS at one end", nodes({ asNumber: 64999 }, {}), "a expects AS 64999 of b, which has AS 64512."],
  [
    "a wrong AS at both ends",
    nodes({ asNumber: 1 }, { asNumber: 2 }),
    "a expects AS 1 of b, which has AS 64512; b expects AS 2 of a, which has AS 64512.",
  ],
  [
    "a second session with one address",
    [
      report("a", [endA({ state: "Established" }), endA({ type: "NodePeer", state: "Idle", ref: peer })]),
      report("b", [endB({ state: "Established" }), endB({ type: "NodePeer" })]),
    ],
    "a has two sessions with 192.0.2.2, and BIRD runs one of them.",
  ],
  ["no session at the other end", nodes({}, undefined), "Only a has this session: b has none with a."],
  [
    "a wrong port",
    nodes({ port: 1790, ref: peer }, { passive: true }),
    "a connects to port 1790 of b, whose BIRD listens on port 179.",
  ],
  ["a password at one end", nodes({}, { hasPassword: true }), "b has a password for this session, a has none."],
  [
    "different passwords",
    nodes({ hasPassword: true }, { hasPassword: true }, {}, md5({ failure: 3 })),
    "a and b have different passwords: a kernel refuses the other's signature.",
  ],
  [
    "TTL security at one end, the other one believing that all is well",
    nodes({ state: "Established" }, { ttlHops: 1, state: "OpenConfirm" }),
    "b has TTL security (1 hop), a has not.",
  ],
  ["BIRD down at the other end", nodes({}, { since: "" }, {}, { birdRuns: false }), "BIRD does not run on b."],
  [
    "a silent agent at the other end",
    nodes({}, { state: "Established" }, {}, { isHeard: false }),
    "The agent of b is not heard, so the node may be down or cut off.",
  ],
  [
    "one router ID at both ends",
    nodes({}, {}, { routerID: "9.9.9.9" }, { routerID: "9.9.9.9" }),
    "a and b have the same router ID, 9.9.9.9.",
  ],
  ["both ends passive", nodes({ passive: true }, { passive: true }), "a and b both wait for the other one to connect."],
  ["no answer", nodes({}, { passive: true }), "b does not answer on TCP 179: packets are lost or dropped."],
  ["nobody listens", nodes({ info: "Socket: Connection refused" }, {}), "Nothing listens on port 179 of b."],
  [
    "no route, told by the other end",
    nodes({}, { info: "Socket: No route to host" }),
    "b cannot reach a: no route, or nobody there has that address.",
  ],
  ["a timeout", outside({ info: "Socket: Connection timed out" }), `${OUTSIDE} does not answer on port 179.`],
  [
    "a silent peer",
    outside({ info: "Error: Hold timer expired" }),
    `${OUTSIDE} fell silent for longer than the hold time.`,
  ],
  [
    "a shutdown",
    outside({ info: "Received: Administrative shutdown" }),
    "The session was shut down by hand: “Received: Administrative shutdown”.",
  ],
  [
    "too many routes",
    outside({ info: "Received: Maximum number of prefixes reached" }),
    "More routes were sent than the limit allows: “Received: Maximum number of prefixes reached”.",
  ],
  [
    "a collision",
    outside({ info: "Received: Connection collision resolution" }),
    "Both ends connected at once and each dropped the other's connection.",
  ],
  [
    "an outside peer with another AS",
    outside({ info: "BGP Error: Bad peer AS", asNumber: 65001 }),
    `a expects AS 65001 of ${OUTSIDE}, which has another one.`,
  ],
  [
    "an outside peer that expects another AS",
    outside({ info: "Received: Bad peer AS" }),
    `${OUTSIDE} expects another AS than a has (AS 64512).`,
  ],
  [
    "an outside peer with our router ID",
    outside({ info: "BGP Error: Bad BGP identifier" }),
    `${OUTSIDE} has the same router ID as a.`,
  ],
  [
    "an outside peer with a password",
    outside({}, md5({ unexpected: 2 })),
    `${OUTSIDE} seems to have a password, a has none.`,
  ],
  [
    "an outside peer without the password",
    outside({ hasPassword: true }, md5({ notFound: 2 })),
    `a has a password, ${OUTSIDE} seems to have none.`,
  ],
  [
    "an outside peer with another password",
    outside({ hasPassword: true }, md5({ failure: 2 })),
    `${OUTSIDE} seems to have another password than a.`,
  ],
  [
    "an outside peer that says nothing to a password",
    outside({ hasPassword: true }),
    `${OUTSIDE} does not answer on TCP 179: packets are lost or dropped, or its password is not that of this session.`,
  ],
  [
    "an outside peer whose messages do not arrive",
    outside({ state: "OpenSent", ttlHops: 1 }),
    `${OUTSIDE} is connected and its messages do not arrive.`,
  ],
  [
    "an outside peer that does not connect",
    outside({ passive: true, state: "Active" }),
    `${OUTSIDE} does not connect to a, which waits for it.`,
  ],
  [
    "what only BIRD understands",
    outside({ info: "BGP Error: Malformed AS_PATH" }),
    "BIRD on a says “BGP Error: Malformed AS_PATH”.",
  ],
])("%s is the cause", (_, reports, reason) => {
  expect(diagnose(reports).map((diagnosis) => diagnosis.reason)).toEqual([reason]);
});

test("two ends are one diagnosis, with the facts of both and the object that asks for the session", () => {
  const a: Facts = { ref: peer, asNumber: 64999, info: "BGP Error: Bad peer AS", state: "Idle" };
  expect(diagnose(nodes(a, {}))).toEqual([
    {
      ends: [
        { node: "a", session: endA(a) },
        { node: "b", session: endB({}) },
      ],
      session: `a – b (${ADDRESS_B})`,
      reason: "a expects AS 64999 of b, which has AS 64512.",
      facts:
        "a (192.0.2.1, AS 64512) expects AS 64999 at 192.0.2.2 port 179 and connects; Idle, “BGP Error: Bad peer AS”. " +
        "b (192.0.2.2, AS 64512) expects AS 64512 at 192.0.2.1 port 179 and connects; Connect.",
      advice: "Correct asNumber in BGPPeer rack, or the asNumber of the Node.",
      since: SINCE,
      ref: peer,
    },
  ]);
});

test("the mesh is asked for by its configuration, or by a node where there is none", () => {
  const refs = [true, false].map(
    (hasDefaultConfiguration) =>
      diagnoseBgp({ reports: nodes({}, {}), now: LATER, hasDefaultConfiguration })[0]!.ref.kind,
  );
  expect(refs).toEqual(["BGPConfiguration", "Node"]);
});

test.each<[string, readonly BgpReport[], number]>([
  ["a session within its grace time", nodes({}, {}), LATER - 1],
  ["an established session", nodes({ state: "Established" }, { state: "Established" }), LATER],
  ["the last word of a silent agent", nodes({}, {}, { isHeard: false }, { isHeard: false }), LATER],
  ["sessions of a BIRD that does not run", outside({ since: "" }, { birdRuns: false }), LATER],
  ["what agents of before said of them", outside({ since: "1970-01-01T00:00:00Z" }, { birdRuns: false }), LATER],
])("%s is no fault", (_, reports, now) => {
  expect(diagnose(reports, now)).toEqual([]);
});

test("sessions of both families, and the mesh's beside a peer's, are told apart", () => {
  const six = { peerIP: "fd00::2", localIP: "fd00::1" };
  const up = { state: "Established" } as const;
  const broken = endA({ ...six, info: "Socket: No route to host" });
  const wrong = endA({ type: "NodePeer", asNumber: 64999 });
  const back6 = endB({ peerIP: six.localIP, localIP: six.peerIP });
  const back = endB({ type: "GlobalPeer" });
  const reports = [report("a", [endA(up), broken, wrong]), report("b", [back, endB(up), back6])];
  expect(diagnose(reports).map(({ ends }) => ends)).toEqual([
    [
      { node: "a", session: broken },
      { node: "b", session: back6 },
    ],
    [
      { node: "a", session: wrong },
      { node: "b", session: back },
    ],
  ]);
});

test("agents that tell less than is asked for now still get BIRD's words", () => {
  const old = ({ peerIP, peerNode, type, asNumber, state, since, routesImported, routesExported }: SessionStatus) => {
    const info = "Socket: Connection refused";
    return { peerIP, peerNode: peerNode!, type, asNumber, state, since, info, routesImported, routesExported };
  };
  const reports = [report("a", [old(endA({}))]), report("b", [old(endB({}))])];
  expect(diagnose(reports).map(({ reason, facts }) => [reason, facts])).toEqual([
    [
      "Nothing listens on port 179 of b.",
      "a expects AS 64512 at 192.0.2.2; Connect, “Socket: Connection refused”. b expects AS 64512 at 192.0.2.1; Connect, “Socket: Connection refused”.",
    ],
  ]);
});
