import { memoryRecords } from "@percale/store/memory";
import { agentStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Hearing } from "./hearing.ts";

let nowMs: number;
let storeHeardAt: number;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  nowMs = 1_000;
  storeHeardAt = nowMs;
});
afterEach(() => void vi.useRealTimers());

/** A server with agents that answer while they are `alive`. */
function serverOf(records: ReturnType<typeof memoryRecords>, ...nodes: readonly string[]) {
  const alive = new Set(nodes);
  const asked: string[] = [];
  const streams = nodes.map((node) => ({
    ping: () => {
      asked.push(node);
      if (alive.has(node)) hearing.hear(node);
    },
  }));
  const store = { heardMs: () => nowMs - storeHeardAt };
  const hearing: Hearing = new Hearing({ store, records, streams, now: () => nowMs });
  const closing = new AbortController();
  void hearing.run(closing.signal);
  return { hearing, alive, asked, close: () => closing.abort() };
}

type Server = ReturnType<typeof serverOf>;

/** Seconds go by; the database answers at each of them, if it is there. */
async function beats(servers: readonly Server[], seconds: number, { database = true } = {}): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    nowMs += 1_000;
    if (database) storeHeardAt = nowMs;
    for (const { hearing } of servers) hearing.tick();
    vi.advanceTimersByTime(200);
    await new Promise((resolve) => setImmediate(resolve)); // notices are on their way
  }
}

/** As a dashboard does; the result ends it. */
function watch({ hearing }: Server) {
  const stop = new AbortController();
  const seen: Awaited<ReturnType<typeof next>>[] = [];
  const all = hearing.beats(stop.signal);
  const next = async () => (await all.next()).value;
  void (async () => {
    for await (const beat of all) seen.push(beat);
  })();
  return { seen, stop: () => stop.abort() };
}

test("agents are asked at each beat only while somebody watches", async () => {
  const server = serverOf(memoryRecords(), "n1");
  await beats([server], 5);
  expect(server.asked).toEqual([]);
  const { stop } = watch(server);
  await Promise.resolve();
  await beats([server], 3);
  expect(server.asked).toHaveLength(4); // at once, and at each beat
  stop();
  await vi.waitFor(() => expect(server.hearing.isWatched).toBe(false));
  await beats([server], 3);
  expect(server.asked).toHaveLength(4);
  server.close();
});

test("agents are asked once for all dashboards that come at the same time", async () => {
  const server = serverOf(memoryRecords(), "n1");
  const dashboards = Array.from({ length: 50 }, () => watch(server));
  await beats([server], 2);
  expect(server.asked).toHaveLength(3); // as they come, and at each beat
  await vi.waitFor(() => expect(dashboards.map(({ seen }) => seen.length)).toEqual(Array(50).fill(2)));
  server.close();
});

test("an agent that answers no more is late after three seconds and lost after fifteen", async () => {
  const server = serverOf(memoryRecords(), "n1", "n2");
  watch(server);
  await beats([server], 1);
  server.alive.delete("n2");
  const said: string[] = [];
  for (const seconds of [1, 1, 1, 11, 1]) {
    await beats([server], seconds);
    said.push([server.hearing.node("n1"), server.hearing.node("n2")].join(" "));
  }
  expect(said).toEqual(["heard heard", "heard heard", "heard late", "heard late", "heard lost"]);
  server.close();
});

test("nobody is late for a pause of the server", async () => {
  const server = serverOf(memoryRecords(), "n1");
  watch(server);
  await beats([server], 5);
  server.alive.delete("n1");
  nowMs += 20_000; // stopped: no beat came
  expect([server.hearing.node("n1"), server.hearing.database()]).toEqual(["unknown", "unknown"]);
  const said: string[] = [];
  for (let second = 0; second < 4; second++) {
    await beats([server], 1);
    said.push(server.hearing.node("n1"));
  }
  expect(said).toEqual(["unknown", "unknown", "unknown", "late"]);
  server.close();
});

test("a database that hangs is late though the server listens, and heard again with its first answer", async () => {
  const server = serverOf(memoryRecords());
  await beats([server], 5);
  await beats([server], 2, { database: false });
  expect(server.hearing.database()).toBe("heard");
  await beats([server], 1, { database: false });
  expect([server.hearing.database(), server.hearing.databaseMs]).toEqual(["late", 3_000]);
  await beats([server], 1);
  expect(server.hearing.database()).toBe("heard");
  server.close();
});

test("a dashboard's beat says how old each word is, a new one's soon", async () => {
  const server = serverOf(memoryRecords(), "n1");
  await beats([server], 9);
  const { seen } = watch(server);
  await Promise.resolve();
  nowMs += 200;
  vi.advanceTimersByTime(200);
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  expect(seen[0]).toEqual({ t: "beat", storeMs: 200, attentionMs: 9_200, askingMs: 200, nodes: { n1: 200 } });
  server.close();
});

test("an agent at another server is heard through it, and late when it answers that one no more", async () => {
  const records = memoryRecords();
  const [here, there] = [serverOf(records), serverOf(records, "far")];
  watch(here);
  await beats([here, there], 5);
  expect([there.asked.length > 0, here.hearing.node("far")]).toEqual([true, "heard"]);
  there.alive.delete("far");
  await beats([here, there], 5);
  expect([here.hearing.node("far"), there.hearing.node("far")]).toEqual(["late", "late"]);
  here.close();
  there.close();
});

test("what another server said while the database hung does not count when it comes", async () => {
  const records = memoryRecords();
  const here = serverOf(records);
  watch(here);
  await beats([here], 5);
  await beats([here], 6, { database: false });
  void records.notices.say(JSON.stringify({ server: "there", watches: true, heard: { far: 10 } }));
  expect(here.hearing.node("far")).toBe("unknown");
  await beats([here], 2);
  void records.notices.say(JSON.stringify({ server: "there", watches: true, heard: { far: 10 } }));
  expect(here.hearing.node("far")).toBe("heard");
  here.close();
});

test("while nobody watches, a report that was written down counts, for as long as reports may take", async () => {
  vi.useRealTimers();
  const records = memoryRecords();
  const server = serverOf(records);
  await new Promise((resolve) => setImmediate(resolve)); // its watch stands
  await records.agentStatus.put(agentStatusOf("n1"));
  await expect.poll(() => server.hearing.node("n1")).toBe("heard");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await beats([server], 24);
  expect(server.hearing.node("n1")).toBe("heard");
  await beats([server], 1);
  expect(server.hearing.node("n1")).toBe("lost");
  watch(server);
  expect(server.hearing.node("n1")).toBe("unknown"); // until it is asked
  server.close();
});

test("a node of which nothing was ever heard is unknown, then lost", async () => {
  const server = serverOf(memoryRecords());
  watch(server);
  await beats([server], 14);
  expect(server.hearing.node("n1")).toBe("unknown");
  await beats([server], 1);
  expect(server.hearing.node("n1")).toBe("lost");
  server.close();
});
