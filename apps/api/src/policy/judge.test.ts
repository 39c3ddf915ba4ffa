import { silentLogger } from "@percale/daemon";
import { API_VERSION } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { MemoryStore } from "@percale/store/memory";
import { afterAll, expect, test } from "vitest";
import { Judge } from "./judge.ts";

const endpoint = (name: string, last: number): KubeObject => ({
  apiVersion: API_VERSION,
  kind: "WorkloadEndpoint",
  metadata: { namespace: "shop", name },
  spec: { node: "n1", ipNetworks: [`10.0.0.${last}/32`], profiles: [] },
});
const storeOf = (...objects: readonly KubeObject[]): Datastore => {
  const store = new MemoryStore();
  store.commit({ author: "test", changes: objects.map((object) => ({ op: "create", object })) });
  return store;
};
const store = storeOf(endpoint("web", 1), endpoint("db", 2));
const judges: Judge[] = [];
const newJudge = (options: { heapMb?: number; store?: Datastore } = {}): Judge => {
  const judge = new Judge({ store, log: silentLogger, ...options });
  judges.push(judge);
  return judge;
};
afterAll(() => Promise.all(judges.map((judge) => judge.close())));

const explanation = { from: "shop/web", to: "shop/db", protocol: "TCP", port: 80 };
const refused = (code: number): object => expect.objectContaining({ code });

test("what is wrong with one question harms no other", async () => {
  const judge = newJudge();
  const [bad, missing, broken, good] = await Promise.allSettled([
    judge.ask("explain", () => ({ ...explanation, protocol: "NONE" })),
    judge.ask("effective", () => ({ kind: "WorkloadEndpoint", namespace: "shop", name: "none" })),
    judge.ask("effective", () => undefined as never),
    judge.ask("explain", () => explanation),
  ]);
  expect(bad).toEqual({ status: "rejected", reason: refused(400) });
  expect(missing).toEqual({ status: "rejected", reason: refused(404) });
  expect(broken).toMatchObject({
    status: "rejected",
    reason: { message: /Cannot destructure/, stack: /effective\.ts/ },
  });
  expect(good).toMatchObject({ status: "fulfilled", value: { verdict: "deny", revision: await store.head() } });
});

test("a long question lets short ones pass, and comes back whole", async () => {
  const judge = newJudge();
  const pairs = Array.from({ length: 10_000 }, () => ({ from: "shop/web", to: "shop/db" }));
  const order: string[] = [];
  const long = judge.ask("matrix", () => ({ pairs })).then((answer) => (order.push("long"), answer));
  for (let i = 0; i < 5; i++) {
    await judge.ask("explain", () => explanation);
    order.push("short");
  }
  const { cells, endpoints } = await long;
  expect(order).toEqual([...Array<string>(5).fill("short"), "long"]);
  expect(endpoints).toEqual(["shop/db", "shop/web"]);
  expect(cells.map(({ from, to }) => ({ from, to }))).toEqual(pairs);
});

test("a matrix longer than an answer may be is refused", async () => {
  const pairs = Array.from({ length: 10_000 }, () => ({ from: "shop/web", to: "shop/db" }));
  const ports = Array.from({ length: 10 }, (_, i) => ({ protocol: "TCP", port: i + 1 }));
  await expect(newJudge().ask("matrix", () => ({ pairs, ports }))).rejects.toMatchObject({
    code: 400,
    message: "100000 cells are longer than an answer may be: ask for fewer pairs or ports",
  });
});

test("an impact longer than an answer may be says how much more there is", async () => {
  const objects = Array.from({ length: 120 }, (_, i) => endpoint(`w${i}`, i));
  const crowd = storeOf(...objects);
  const anything = { selector: "all()", ingress: [{ action: "Allow" }], egress: [{ action: "Allow" }] };
  const draft = { apiVersion: API_VERSION, kind: "GlobalNetworkPolicy", metadata: { name: "all" }, spec: anything };
  const { examined, changes, more } = await newJudge({ store: crowd }).ask("impact", () => [JSON.stringify(draft)]);
  expect(examined).toBe(120 * 119);
  expect(more).toEqual({ denied: 0, allowed: examined - changes.length });
  expect(JSON.stringify(changes).length).toBeGreaterThan(4_000_000);
});

test("a question that the thread dies of is refused; those behind it, and those to come, are answered", async () => {
  const judge = newJudge({ heapMb: 48 });
  const pairs = Array.from({ length: 10_000 }, () => ({ from: "shop/web", to: "shop/db" }));
  const ports = Array.from({ length: 49 }, (_, i) => ({ protocol: "TCP", port: i + 1 }));
  const [fatal, behind] = await Promise.allSettled([
    judge.ask("matrix", () => ({ pairs, ports })),
    judge.ask("explain", () => explanation),
  ]);
  expect(fatal).toEqual({ status: "rejected", reason: refused(500) });
  expect(behind).toMatchObject({ status: "fulfilled", value: { verdict: "deny" } });
  expect(await judge.ask("explain", () => explanation)).toMatchObject({ verdict: "deny" });
});

test("only so many may wait, and of one user only some", async () => {
  const judge = newJudge();
  const codesOf = async (count: number, user?: string): Promise<unknown[]> => {
    const asked = Array.from({ length: count }, () => judge.ask("explain", () => explanation, user));
    const outcomes = await Promise.allSettled(asked);
    return outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : "answered"));
  };
  const times = (count: number, what: unknown): unknown[] => Array<unknown>(count).fill(what);
  expect(await codesOf(6, "vera")).toEqual([...times(4, "answered"), ...times(2, 429)]);
  expect(await codesOf(262)).toEqual([...times(256, "answered"), ...times(6, 429)]);
});

test("who waits when it closes is told so, as is who comes later", async () => {
  const judge = newJudge();
  const waiting = judge.ask("explain", () => explanation).catch((error: unknown) => error);
  await Promise.resolve();
  await judge.close();
  expect(await waiting).toEqual(refused(503));
  await expect(judge.ask("explain", () => explanation)).rejects.toEqual(refused(503));
});
