import { expect, test } from "vitest";
import { wrongShapesOf } from "@percale/testkit";
import { closeReason } from "./close.ts";
import type { AgentStatus, BgpSession, ClientMessage, ServerMessage } from "./messages.ts";
import { agentStatusOf } from "./testdata/agent-status.ts";
import { parseClientMessage, parseServerMessage, ProtocolError } from "./parse.ts";

const object = { apiVersion: "projectcalico.org/v3", kind: "Tier", metadata: { name: "t" }, spec: {} };
const ref = { kind: "NetworkSet", namespace: "default", name: "n" };
/** As the first agents tell it: what came later is optional. */
const oldSession: BgpSession = {
  peerIP: "192.0.2.2",
  type: "NodeMesh",
  asNumber: 64512,
  state: "Idle",
  since: "",
  info: "",
  routesImported: 0,
  routesExported: 0,
};
/** As they tell all else. */
const { starts: _starts, routes: _routes, ended: _ended, ...oldStatus } = agentStatusOf("n2");
const status: AgentStatus = { ...agentStatusOf("n1"), sessions: [oldSession, ...agentStatusOf("n1").sessions] };
const resume = { epoch: "e", revision: 1, scopeDigest: "d" };
const fromClients: ClientMessage[] = [
  {
    t: "hello",
    node: "n1",
    component: "c",
    build: "0",
    schemaLevel: 2,
    minSchemaLevel: 1,
    type: "agent",
    scope: "node",
    encodings: ["json"],
    resume,
  },
  { t: "ack", applied: 1, programmed: 1 },
  { t: "status", status },
  { t: "status", status: oldStatus },
  { t: "ping", id: 1, timeMs: 1 },
];
const fromServers: ServerMessage[] = [
  {
    t: "welcome",
    server: "s",
    build: "0",
    schemaLevel: 1,
    epoch: "e",
    head: 1,
    mode: "resume",
    encoding: "json",
    scopeDigest: "d",
    pingIntervalMs: 1,
  },
  { t: "reject", code: "busy", text: "", retryAfterMs: 1, alternatives: [] },
  { t: "snapshotBegin", revision: 1, objects: 1 },
  { t: "put", objects: [object] },
  { t: "snapshotEnd", revision: 1 },
  { t: "delta", fromRev: 1, toRev: 2, puts: [object], deletes: [ref], more: true },
  { t: "bookmark", revision: 1 },
  { t: "state", state: "inSync", upstreamAgeMs: 0 },
  { t: "pong", id: 1, timeMs: 1 },
];

test.each(fromClients)("a client's $t comes through whole", (message) => {
  expect(parseClientMessage(JSON.stringify(message))).toEqual(message);
});

test.each(fromServers)("a server's $t comes through whole", (message) => {
  expect(parseServerMessage(JSON.stringify(message))).toEqual(message);
});

test("whatever else comes is a message or a ProtocolError", () => {
  for (const [messages, parse] of [
    [fromClients, parseClientMessage],
    [fromServers, parseServerMessage],
  ] as const)
    for (const message of messages)
      for (const wrong of wrongShapesOf(message)) {
        const outcome = attempt(() => parse(JSON.stringify(wrong)));
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ProtocolError);
      }
});

test.each([
  ["null", "must be an object, got null"],
  ["{", /^not JSON: /],
  ['{"t":1}', "t: must be a string, got 1"],
  ['{"t":"pull"}', 't: must be one of hello, ack, status, ping, pong, got "pull"'],
  ['{"t":"ack","applied":"1","programmed":-1}', 'applied: must be a number, got "1"; programmed: must be >= 0, got -1'],
  ['{"t":"status","status":{"node":"n1"}}', /^status\.build: is required; status\.startedAt: is required; /],
])("%s is refused with its field and what was got", (frame, message) => {
  expect(() => parseClientMessage(frame)).toThrow(message);
});

const LONG = "x".repeat(10_000);
const BRIEF = `${"x".repeat(2_047)}…`;

test("of long words in a status the beginning counts: they cost nobody his stream, and fill no page", () => {
  const said = (words: string): AgentStatus => ({
    ...status,
    driftRepairs: { count: 1, lastDetail: words },
    sessions: [{ ...oldSession, info: words }],
    workloads: [{ ref, state: "error", interfaceName: "cali1", detail: words }],
    conditions: [{ code: "C", severity: "info", title: words, detail: words, advice: words, since: "" }],
  });
  expect(parseClientMessage(JSON.stringify({ t: "status", status: said(LONG) }))).toEqual({
    t: "status",
    status: said(BRIEF),
  });
  const reject = { t: "reject", code: "busy" };
  expect(parseServerMessage(JSON.stringify({ ...reject, text: LONG }))).toEqual({ ...reject, text: BRIEF });
});

test.each<[field: string, message: object]>([
  ["component", { ...fromClients[0], component: LONG }],
  [
    "status.conditions[0].code",
    { t: "status", status: { ...status, conditions: [{ ...status.conditions[0], code: LONG }] } },
  ],
  [
    "status.workloads[0].ref.name",
    {
      t: "status",
      status: { ...status, workloads: [{ ref: { kind: "K", name: LONG }, state: "up", interfaceName: "c" }] },
    },
  ],
])("a %s of ten thousand characters is none", (field, message) => {
  expect(() => parseClientMessage(JSON.stringify(message))).toThrow(`${field}: `);
});

test("a server's message of a kind that only newer agents know is ignored", () => {
  expect(parseServerMessage('{"t":"move","to":"b"}')).toBeUndefined();
});

test.each(["plain", "é".repeat(200), "😀".repeat(200), "\ud800".repeat(200)])(
  "the reason %j fits into a close frame, in whole characters",
  (text) => {
    const reason = closeReason(text);
    expect(new TextEncoder().encode(reason).length).toBeLessThanOrEqual(123);
    expect(text.startsWith(reason) && reason !== "").toBe(true);
    expect(reason.isWellFormed()).toBe(text.isWellFormed());
  },
);

function attempt(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    return error;
  }
}
