import { createLogger } from "@percale/daemon";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startAnyApi } from "../testdata/any-store-api.ts";
import type { TestApi } from "../testdata/any-store-api.ts";
import { networkSet } from "../testdata/test-api.ts";

const lines: string[] = [];
let server: TestApi;
beforeAll(async () => {
  const log = createLogger({ component: "api", level: "info", write: (line) => lines.push(line) });
  server = await startAnyApi({ log });
});
afterAll(() => server.stop());
beforeEach(() => void lines.splice(0));

const refusals = () =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === "write refused");
const inputOf = (input: unknown): string => `input=${encodeURIComponent(JSON.stringify(input))}`;
const mutate = (path: string, body: unknown) => server.call(`/trpc/${path}`, { method: "POST", body });

/** Answers to queries in one request: codes, or what refused them. */
async function batch(...queries: readonly (readonly [path: string, input: unknown])[]): Promise<readonly unknown[]> {
  const input = Object.fromEntries(queries.map(([, one], i) => [i, one]));
  const { body } = await server.call(`/trpc/${queries.map(([path]) => path).join(",")}?batch=1&${inputOf(input)}`);
  return [body].flat().map((one) => one.error?.data.status.message ?? "answered");
}

const COVERAGE = ["policy.coverage", { per: "policy" }] as const;
const TIERS = ["objects.list", { kind: "Tier" }] as const;
const ALONE = "policy.coverage may not be in a batch: its answer may be long, ask for it alone";

test("a question whose answer may be long is asked alone", async () => {
  expect(await batch(COVERAGE)).toEqual(["answered"]);
  expect(await batch(TIERS, TIERS)).toEqual(["answered", "answered"]);
  expect(await batch(TIERS, COVERAGE)).toEqual([ALONE, ALONE]);
});

test("a batch carries so many characters of answers, whatever each call asks for", async () => {
  const note = "x".repeat(250_000);
  await mutate("changes.submit", {
    changes: [{ op: "create", object: networkSet("long", {}, { annotations: { note } }) }],
  });
  const LONG = ["objects.get", { kind: "NetworkSet", namespace: "default", name: "long" }] as const;
  const answers = await batch(...Array.from({ length: 18 }, () => LONG));
  expect(answers.filter((one) => one === "answered")).toHaveLength(16);
  expect(answers.filter((one) => one !== "answered")).toEqual(
    Array.from({ length: 2 }, () => "the answers of this batch are too long together: ask for less at once"),
  );
});

const wrong = { changes: [{ op: "create", object: networkSet("bad", { nets: ["x"] }) }] };

test.each<[what: string, ask: () => Promise<{ readonly code: number }>, code: number, logged: readonly string[]]>([
  ["write", () => mutate("changes.submit", wrong), 422, ["changes.submit"]],
  ["rehearsed write", () => mutate("changes.submit", { ...wrong, dryRun: true }), 422, []],
  ["read", () => server.call(`/trpc/objects.get?${inputOf({ kind: "Tier", name: "gone" })}`), 404, []],
  ["sign-in", () => mutate("session.signIn", { token: "no" }), 401, []],
])("of a refused %s the log tells what a person must know", async (_, ask, code, logged) => {
  expect((await ask()).code).toBe(code);
  expect(refusals().map(({ call }) => call)).toEqual(logged);
});
