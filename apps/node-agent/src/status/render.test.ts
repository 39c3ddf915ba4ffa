import { VERSION } from "@percale/protocol";
import { expect, test } from "vitest";
import { renderStatus } from "./render.ts";

type From = Parameters<typeof renderStatus>[0];

const ref = { namespace: "shop", name: "web" };
const from = {
  node: "n1",
  starts: ["1970-01-01T00:00:00.000Z", "1969-12-31T00:00:00.000Z"],
  inSync: true,
  pipeline: { applied: 7, programmed: 6, latencies: { summary: () => ({ p50: 1, p99: 2, last: 3 }) } },
  dataplane: {
    counts: { endpoints: 1, policies: 2, sets: 3, setMembers: 4, routes: 5 },
    driftRepairs: { count: 9 },
    endpoints: [
      { ref, interfaceName: "cali1", state: "ready" },
      { ref, interfaceName: "cali2", state: "error", detail: "no such link" },
    ],
  },
  bgp: undefined,
  routes: undefined,
  conditions: [],
  ended: [],
  rssBytes: 80,
} as unknown as From; // the parts that are read

const status = {
  node: "n1",
  build: VERSION,
  startedAt: "1970-01-01T00:00:00.000Z",
  starts: ["1970-01-01T00:00:00.000Z", "1969-12-31T00:00:00.000Z"],
  inSync: true,
  appliedRevision: 7,
  programmedRevision: 6,
  rssBytes: 80,
  counts: { endpoints: 1, policies: 2, sets: 3, setMembers: 4, routes: 5 },
  applyMs: { p50: 1, p99: 2, last: 3 },
  driftRepairs: { count: 9 },
  bird: { state: "NotReady" },
  sessions: [],
  workloads: [
    { ref, interfaceName: "cali1", state: "ready" },
    { ref, interfaceName: "cali2", state: "error", detail: "no such link" },
  ],
  conditions: [],
  ended: [],
};

test("a node's account of itself is what its parts say", () => {
  expect(renderStatus(from)).toEqual(status);
});

test("routes are told once somebody looked", () => {
  const routes = { total: 1, list: [{ dst: "10.65.0.64/26", from: "peer" }] } as const;
  expect(renderStatus({ ...from, routes })).toEqual({ ...status, routes });
});

const known = { version: "2.0.12", routerID: "10.0.0.1" };
const bird = { ...known, lastReboot: "2026-11-21 11:44:10.294", lastReconfiguration: "" };
const told = { state: "Ready", ...known, startedAt: "2026-11-21T11:44:10.294Z" };
const md5Refused = { count: 3 };

test.each([
  ["does not run", { status: undefined, sessions: [] }, { state: "NotReady" }],
  ["runs", { status: bird, sessions: [] }, told],
  ["has refused signatures", { status: bird, sessions: [], md5Refused }, { ...told, md5Refused }],
])("BIRD is told of when it %s", (_, bgp, told) => {
  expect(renderStatus({ ...from, bgp: bgp as unknown as From["bgp"] })).toEqual({ ...status, bird: told });
});
