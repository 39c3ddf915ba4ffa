import { expect, test } from "vitest";
import type { z } from "zod";
import * as inputs from "./inputs.ts";

const text = (length: number): string => "x".repeat(length);
const many = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one);
const pair = { from: "a", to: "b" };
const port = { protocol: "TCP", port: 80 };
const workload = { name: "a", namespace: "b", addresses: [], labels: {}, ports: [] };
const probe = { ...pair, proto: "TCP", allowed: true, at: "2026-11-01T10:00:00Z" };
const lab = (more: object): object => ({ probes: [], workloads: [], ...more });

/** An input by what is varied in it, and the least and the most of that. */
const LIMITS: readonly (readonly [
  what: string,
  schema: z.ZodType,
  of: (n: number) => unknown,
  bounds: { readonly least?: number; readonly most?: number },
])[] = [
  [
    "a namespace's characters",
    inputs.listInput,
    (n) => ({ kind: "Tier", namespace: text(n) }),
    { least: 1, most: 253 },
  ],
  ["a token's characters", inputs.signInInput, (n) => ({ token: text(n) }), { least: 1, most: 512 }],
  ["changes in a page", inputs.changesInput, (limit) => ({ limit }), { least: 1, most: 1_000 }],
  ["the revision to revert", inputs.revertInput, (revision) => ({ revision }), { least: 0 }],
  [
    "a precondition's characters",
    inputs.revertInput,
    (n) => ({ revision: 1, resourceVersionPrecondition: text(n) }),
    { most: 20 },
  ],
  ["a reason's characters", inputs.revertInput, (n) => ({ revision: 1, reason: text(n) }), { most: 1_024 }],
  ["the last event's characters", inputs.sinceInput, (n) => ({ lastEventId: text(n) }), { most: 20 }],
  ["an address' characters", inputs.releaseInput, (n) => ({ address: text(n) }), { least: 1, most: 64 }],
  ["a party's characters", inputs.explainInput, (n) => ({ ...pair, from: text(n) }), { least: 1, most: 4_096 }],
  ["a port", inputs.explainInput, (n) => ({ ...pair, port: n }), { least: 1, most: 65_535 }],
  ["a protocol's number", inputs.explainInput, (protocol) => ({ ...pair, protocol }), { least: 1, most: 255 }],
  ["a protocol's characters", inputs.explainInput, (n) => ({ ...pair, protocol: text(n) }), { least: 1, most: 16 }],
  ["pairs of a matrix", inputs.matrixInput, (n) => ({ pairs: many(n, pair) }), { most: 10_000 }],
  ["ports of a matrix", inputs.matrixInput, (n) => ({ ports: many(n, port) }), { most: 64 }],
  ["a selector's characters", inputs.selectorInput, (n) => ({ selector: text(n) }), { most: 4_096 }],
  ["probes of a lab", inputs.labReport, (n) => lab({ probes: many(n, probe) }), { most: 20_000 }],
  ["a probe's port", inputs.labReport, (n) => lab({ probes: [{ ...probe, port: n }] }), { least: 0, most: 65_535 }],
  ["workloads of a lab", inputs.labReport, (n) => lab({ workloads: many(n, workload) }), { most: 1_000 }],
  [
    "addresses of one",
    inputs.labReport,
    (n) => lab({ workloads: [{ ...workload, addresses: many(n, "a") }] }),
    { most: 16 },
  ],
  ["ports of one", inputs.labReport, (n) => lab({ workloads: [{ ...workload, ports: many(n, port) }] }), { most: 64 }],
  ["a token's subject", inputs.tokenInput, (n) => ({ subject: text(n) }), { least: 1, most: 253 }],
  ["a token's groups", inputs.tokenInput, (n) => ({ subject: "a", groups: many(n, "g") }), { most: 32 }],
  ["a token's description", inputs.tokenInput, (n) => ({ subject: "a", description: text(n) }), { most: 1_024 }],
  ["a token's seconds", inputs.tokenInput, (n) => ({ subject: "a", ttlSeconds: n }), { least: 1 }],
  ["a token's id", inputs.tokenRef, (n) => ({ id: text(n) }), { least: 1, most: 64 }],
];

test.each(LIMITS)("of %s a call has so many and no more", (_, schema, of, { least, most }) => {
  const isTaken = (n: number): boolean => schema.safeParse(of(n)).success;
  if (least !== undefined) expect([isTaken(least - 1), isTaken(least)]).toEqual([false, true]);
  if (most !== undefined) expect([isTaken(most), isTaken(most + 1)]).toEqual([true, false]);
});

test("what a caller leaves out is what most callers mean", () => {
  expect([
    inputs.changesInput.parse({}),
    inputs.releaseInput.parse({ address: "10.0.0.1" }),
    inputs.explainInput.parse(pair),
    inputs.tokenInput.parse({ subject: "alice" }),
    inputs.sinceInput.parse(undefined),
    inputs.matrixInput.parse({}),
  ]).toEqual([
    { limit: 50 },
    { address: "10.0.0.1", force: false },
    { ...pair, protocol: "TCP" },
    { subject: "alice", groups: [], description: "" },
    undefined,
    {},
  ]);
});
