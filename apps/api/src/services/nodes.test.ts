import { silentLogger } from "@percale/daemon";
import type { AgentStatus } from "@percale/protocol";
import { memoryRecords } from "@percale/store/memory";
import { afterEach, expect, test, vi } from "vitest";
import { agentStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import type { NodeStatusView } from "../trpc/views.ts";
import { nodeServices } from "./nodes.ts";

afterEach(() => void vi.useRealTimers());

function setUp() {
  let nowMs = 1_000_000;
  const { agentStatus } = memoryRecords({ now: () => new Date(nowMs) });
  const nodes = nodeServices({ agentStatus, log: silentLogger, now: () => nowMs });
  return { agentStatus, nodes, pass: (ms: number) => (nowMs += ms) };
}
const view = (node: string, connected: boolean): NodeStatusView => ({
  node,
  connected,
  lastSeen: new Date(1_000_000).toISOString(),
  status: agentStatusOf(node),
});
const named = (seen: readonly NodeStatusView[]) => seen.map(({ node, connected }) => [node, connected]);

test("a node is connected while its last report is young", async () => {
  const { agentStatus, nodes, pass } = setUp();
  for (const node of ["n2", "n1"]) await agentStatus.put(agentStatusOf(node));
  pass(24_999);
  expect(await nodes.list()).toEqual([view("n1", true), view("n2", true)]);
  pass(1);
  expect(await nodes.list()).toEqual([view("n1", false), view("n2", false)]);
});

test("a row that is no status keeps nobody from the others", async () => {
  const { agentStatus, nodes } = setUp();
  await agentStatus.put({ node: "n1" } as AgentStatus);
  await agentStatus.put(agentStatusOf("n2"));
  expect(named(await nodes.list())).toEqual([["n2", true]]);
});

test("a watch begins with all, tells who changed, and all again once one is gone", async () => {
  const { agentStatus, nodes } = setUp();
  for (const node of ["n1", "n2"]) await agentStatus.put(agentStatusOf(node));
  const stop = new AbortController();
  const seen: unknown[] = [];
  const next = [
    () => agentStatus.put({ ...agentStatusOf("n2"), inSync: false }),
    () => agentStatus.put(agentStatusOf("n3")),
    () => agentStatus.remove("n1"),
    async () => stop.abort(),
  ];
  for await (const step of nodes.watch(stop.signal)) {
    seen.push(named(step).map(([node]) => node));
    setTimeout(() => void next.shift()?.(), 5);
  }
  expect(seen).toEqual([["n1", "n2"], ["n2"], ["n3"], ["n2", "n3"]]);
});

test("a watch tells of a node that fell silent, which makes no event", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { agentStatus, nodes, pass } = setUp();
  await agentStatus.put(agentStatusOf("n1"));
  const stop = new AbortController();
  const watch = nodes.watch(stop.signal)[Symbol.asyncIterator]();
  expect(named((await watch.next()).value)).toEqual([["n1", true]]);
  const silent = watch.next();
  pass(30_000);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(named((await silent).value)).toEqual([["n1", false]]);
  const end = watch.next();
  stop.abort();
  expect((await end).done).toBe(true);
});
