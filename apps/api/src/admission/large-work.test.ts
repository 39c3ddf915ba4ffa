import { describe, expect, test } from "vitest";
import { networkSet } from "../testdata/test-api.ts";
import { isLarge } from "./is-large.ts";
import { LargeWork } from "./large-work.ts";
import { prepare } from "./prepare.ts";
import type { Question } from "./prepare.ts";
import { splitSet } from "./split.ts";

const work = new LargeWork();
const at = { kind: "NetworkSet", namespace: "default", name: "s" };
const nets = Array.from({ length: 20_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
const stored = { ...networkSet("s", { nets }), metadata: { name: "s", namespace: "default", resourceVersion: "7" } };

function draft(op: "create" | "update" | "patch", body: unknown, type = "application/json"): Question {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const old = op === "create" ? {} : { old: stored as NonNullable<Question["old"]> };
  return { proposal: { op, draft: { bytes: Buffer.from(text), type, at } }, fieldValidation: "Warn", ...old };
}

const yaml = `spec:\n  nets:\n${nets.map((net) => `    - ${net}\n`).join("")}`;
const object = networkSet("s", { nets, extra: 1 }) as NonNullable<Question["old"]>;

describe("what the thread prepares is what would be prepared without it", () => {
  test.each<[string, Question]>([
    ["a creation", draft("create", object)],
    ["an update", draft("update", stored)],
    ["YAML", draft("create", yaml, "application/yaml")],
    ["a merge patch", draft("patch", { metadata: { labels: { a: "b" } } }, "application/merge-patch+json")],
    ["a JSON patch", draft("patch", [{ op: "remove", path: "/spec/nets/3" }], "application/json-patch+json")],
    ["an object of a change set", { proposal: { op: "create", object }, fieldValidation: "Warn" }],
    ["its text", { proposal: { op: "create", text: JSON.stringify(object), ref: at }, fieldValidation: "Warn" }],
  ])("%s", async (_, question) => {
    expect(isLarge(question)).toBe(true);
    expect(await work.prepare(question)).toEqual(prepare(question));
  });
});

describe("what the thread refuses would be refused without it", () => {
  test.each<[string, Question, number, string]>([
    ["no JSON", draft("create", "{"), 400, "not valid JSON"],
    ["no YAML", draft("create", "a: [", "application/yaml"), 400, "not valid YAML"],
    ["what can't be stored", draft("create", String.raw`{"a":"\u0000"}`), 422, "NUL"],
    ["another name", draft("update", networkSet("other")), 400, "does not match the name"],
    ["faults", draft("create", networkSet("s", { nets: nets.map((net) => `${net}/x`) })), 422, "nets[49]"],
    ["a patch of the name", draft("patch", { metadata: { name: "t" } }, "application/merge-patch+json"), 400, "name"],
  ])("%s", async (_, question, code, message) => {
    const refusal: unknown = await work.prepare(question).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(() => prepare(question)).toThrow((refusal as Error).message);
  });
});

test("more fields than any object has are refused: the way back would take too long", async () => {
  const labels = Object.fromEntries(nets.flatMap((_, i) => [1, 2, 3].map((n) => [`l${i}-${n}`, ""])));
  await expect(work.prepare(draft("create", networkSet("s", {}, { labels })))).rejects.toMatchObject({
    code: 422,
    message: expect.stringMatching(/may have 25000 fields at all depths together, got 6000\d/),
  });
});

test("an object of more than two megabytes is refused", async () => {
  const long = Array.from({ length: 110_000 }, (_, i) => `2001:${i >> 16}:1:2:3:4:5:${(i & 65_535).toString(16)}`);
  await expect(work.prepare(draft("create", networkSet("s", { nets: long })))).rejects.toMatchObject({ code: 413 });
});

test("a change set comes back in parts", async () => {
  const small = networkSet("s");
  const changes = [
    { op: "create", object: small },
    { op: "update", object: small, subresource: "status" },
    { op: "delete", ref: at, uid: "u" },
  ];
  const body = { bytes: Buffer.from(JSON.stringify({ changes, reason: "why" })), type: "application/json" };
  const set = await work.split(body);
  expect(set).toEqual(splitSet(body));
  const [created, updated, deleted] = set.changes as readonly { readonly text: string }[];
  expect(JSON.parse(created!.text)).toEqual(small);
  expect(updated).toMatchObject({ op: "update", ref: at, subresource: "status" });
  expect(deleted).toEqual(changes[2]);
  await expect(work.split({ ...body, bytes: Buffer.from('{"changes":[]}') })).rejects.toMatchObject({ code: 400 });
});

test("others have their turns meanwhile", async () => {
  let turns = 0;
  const count = setInterval(() => turns++, 1);
  await Promise.all(Array.from({ length: 10 }, () => work.prepare(draft("create", object))));
  clearInterval(count);
  expect(turns).toBeGreaterThan(10);
});

test("only so many may wait, and of one user fewer", () => {
  const leaves = Array.from({ length: 16 }, () => work.enter("greedy"));
  expect(() => work.enter("greedy")).toThrow(expect.objectContaining({ code: 429 }));
  work.enter("modest")();
  for (const leave of leaves) leave();
  work.enter("greedy")();
});

test("what a task fails of is its own caller's", async () => {
  const bad = { proposal: { op: "create", text: "{", ref: at }, fieldValidation: "Warn" } as const;
  const outcomes = await Promise.allSettled([work.prepare(bad), work.prepare(draft("create", object))]);
  expect(outcomes[0]).toMatchObject({ reason: { code: 500, cause: { message: expect.stringContaining("JSON") } } });
  expect(outcomes[1]).toMatchObject({ status: "fulfilled" });
});

test("what the thread dies of is its own caller's, too: a new one goes on with the rest", async () => {
  const mortal = new LargeWork(new URL("testdata/dying-thread.ts", import.meta.url));
  const body = { bytes: Buffer.from("{}"), type: "application/json" };
  const split = (): Promise<unknown> => mortal.split(body);
  const outcomes = await Promise.allSettled([split(), mortal.weigh(body.bytes), split(), split()]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  expect(outcomes[1]).toMatchObject({ reason: { code: 500, cause: { message: "the thread ended: out of memory" } } });
});

test("what is short is not handed over", () => {
  expect(isLarge(draft("create", networkSet("s", { nets: nets.slice(0, 100) })))).toBe(false);
  expect(isLarge({ proposal: { op: "delete", ref: at }, fieldValidation: "Warn" })).toBe(false);
});
