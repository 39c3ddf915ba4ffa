import type { ApplyReport } from "@percale/dataplane";
import type { NodeUpdate } from "@percale/policy";
import type { KubeObject } from "@percale/resources";
import { silentLogger } from "@percale/daemon";
import { expect, test } from "vitest";
import { Pipeline } from "./pipeline.ts";

const report: ApplyReport = { tookMs: 0, messages: 1, bytes: 1, refused: [] };
const object = (name: string): KubeObject => ({ apiVersion: "", kind: "X", metadata: { name }, spec: {} });

/** A graph that gives each put back as an update, and a kernel whose batches the test ends. */
function setUp() {
  const pending: NodeUpdate[] = [];
  const held = { now: false };
  const batches: { keys: string[]; tried: Promise<void>; done: (report: ApplyReport) => void; fail: () => void }[] = [];
  const pipeline = new Pipeline({
    graph: {
      put: ({ metadata }) => pending.push({ t: "policyRemoved", key: metadata.name }),
      remove: ({ name }) => pending.push({ t: "policyRemoved", key: `-${name}` }),
      *flushSteps() {
        while (held.now) yield;
        return pending.splice(0);
      },
      *prepareSteps() {},
    },
    dataplane: {
      apply: (updates) => {
        const { promise, resolve } = Promise.withResolvers<ApplyReport>();
        const { promise: tried, resolve: fail } = Promise.withResolvers<void>();
        const done = (report: ApplyReport): void => {
          resolve(report);
          fail(); // tried, and more than that
        };
        batches.push({ keys: updates.map((update) => ("key" in update ? update.key : "")), tried, done, fail });
        return promise;
      },
      tried: () => batches.at(-1)!.tried,
    },
    log: silentLogger,
    clock: () => 0,
    onProgrammed: () => undefined,
  });
  return { pipeline, batches, hold: (now: boolean) => (held.now = now) };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what comes while a batch is on its way goes together into the next", async () => {
  const { pipeline, batches } = setUp();
  pipeline.step([object("a")], [], 1);
  await settle();
  pipeline.step([object("b")], [], 2);
  pipeline.step([object("c")], [{ kind: "X", name: "a" }], 3);
  const programmed = pipeline.whenProgrammed(3);
  batches[0]!.done(report);
  await pipeline.whenProgrammed(1);
  await settle();
  batches[1]!.done(report);
  await programmed;
  expect(batches.map(({ keys }) => keys)).toEqual([["a"], ["b", "c", "-a"]]);
  expect(pipeline.programmed).toBe(3);
});

test("nothing goes to the kernel while a snapshot is half received", async () => {
  const { pipeline, batches } = setUp();
  pipeline.load([object("a")]);
  await settle();
  expect(batches).toEqual([]);
  pipeline.step([], [], 7);
  await settle();
  expect(batches[0]?.keys).toEqual(["a"]);
});

test("a change goes to the kernel though an earlier batch is still refused, and is programmed with it", async () => {
  const { pipeline, batches } = setUp();
  pipeline.step([object("bad")], [], 1);
  await settle();
  batches[0]!.fail();
  pipeline.step([], [{ kind: "X", name: "bad" }], 2);
  await settle();
  expect(batches.map(({ keys }) => keys)).toEqual([["bad"], ["-bad"]]);
  pipeline.step([], [], 3); // nothing for this node: not programmed either while something is owed
  batches[1]!.fail();
  await settle();
  expect([batches.length, pipeline.programmed]).toEqual([3, 0]);
  for (const { done } of batches) done(report);
  await pipeline.whenProgrammed(3);
  expect(pipeline.programmed).toBe(3);
});

test("what comes while the graph is asked waits until it has answered, and goes by its own revision", async () => {
  const { pipeline, batches, hold } = setUp();
  hold(true);
  pipeline.step([object("a")], [], 1);
  await settle();
  pipeline.step([object("b")], [], 2);
  await settle();
  expect(batches).toEqual([]);
  hold(false);
  await settle();
  batches[0]!.done(report);
  await settle();
  expect([pipeline.programmed, batches.map(({ keys }) => keys)]).toEqual([1, [["a"], ["b"]]]);
});
