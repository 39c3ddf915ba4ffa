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
  const batches: { keys: string[]; done: (report: ApplyReport) => void; fail: (error: unknown) => void }[] = [];
  const pipeline = new Pipeline({
    graph: {
      put: ({ metadata }) => pending.push({ t: "policyRemoved", key: metadata.name }),
      remove: ({ name }) => pending.push({ t: "policyRemoved", key: `-${name}` }),
      flush: () => pending.splice(0),
    },
    dataplane: {
      apply: (updates) => {
        const { promise, resolve, reject } = Promise.withResolvers<ApplyReport>();
        batches.push({
          keys: updates.map((update) => ("key" in update ? update.key : "")),
          done: resolve,
          fail: reject,
        });
        return promise;
      },
    },
    log: silentLogger,
    clock: () => 0,
    onProgrammed: () => undefined,
    onFailure: () => undefined,
  });
  return { pipeline, batches };
}

test("what comes while a batch is on its way goes together into the next", async () => {
  const { pipeline, batches } = setUp();
  pipeline.step([object("a")], [], 1);
  pipeline.step([object("b")], [], 2);
  pipeline.step([object("c")], [{ kind: "X", name: "a" }], 3);
  const programmed = pipeline.whenProgrammed(3);
  batches[0]!.done(report);
  await pipeline.whenProgrammed(1);
  await Promise.resolve();
  batches[1]!.done(report);
  await programmed;
  expect(batches.map(({ keys }) => keys)).toEqual([["a"], ["b", "c", "-a"]]);
  expect(pipeline.programmed).toBe(3);
});

test("nothing goes to the kernel while a snapshot is half received", () => {
  const { pipeline, batches } = setUp();
  pipeline.load([object("a")]);
  expect(batches).toEqual([]);
  pipeline.step([], [], 7);
  expect(batches[0]?.keys).toEqual(["a"]);
});
