import type { KubeObject } from "@percale/resources";
import { MemorySource } from "@percale/testkit";
import { afterEach, expect, test, vi } from "vitest";
import { textOfFrame } from "./frames.ts";
import { Snapshots } from "./snapshots.ts";
import type { Snapshot } from "./snapshots.ts";
import { viewOf } from "./view.ts";

afterEach(() => void vi.useRealTimers());

const object = (kind: string, name: string, spec: object = {}): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name },
  spec,
});
const agent = viewOf({ type: "agent", scope: "node" }, 2);
const all = viewOf({ type: "all", scope: "cluster" }, 2);
const namesOf = (snapshot: Snapshot, node: string): string[] =>
  [...snapshot.frames(node)].flatMap(({ data, isBinary }) =>
    (JSON.parse(textOfFrame(data, isBinary)) as { objects: KubeObject[] }).objects.map(({ metadata }) => metadata.name),
  );

test("a node gets what is its own first, then what all get, and nothing that it does not read", async () => {
  const source = new MemorySource({
    revision: 5,
    objects: [
      object("Tier", "default"),
      object("BlockAffinity", "of-n1", { node: "n1" }),
      object("BlockAffinity", "of-n2", { node: "n2" }),
      object("IPAMHandle", "handle"),
    ],
  });
  const snapshot = await new Snapshots(source).take(agent, "json");
  expect(
    ["n1", "n2", "n3"].map((node) => [snapshot.revision, snapshot.objects(node), namesOf(snapshot, node)]),
  ).toEqual([
    [5, 2, ["of-n1", "default"]],
    [5, 2, ["of-n2", "default"]],
    [5, 1, ["default"]],
  ]);
});

test("a snapshot is made once for all who come while it is made or good, and for each view and encoding apart", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const source = new MemorySource();
  const snapshots = new Snapshots(source);
  const [first, second] = await Promise.all([snapshots.take(agent, "json"), snapshots.take(agent, "json")]);
  const others = [await snapshots.take(agent, "json+zstd"), await snapshots.take(all, "json")];
  expect([second === first, ...others.map((other) => other === first)]).toEqual([true, false, false]);
  expect((await snapshots.take(agent, "json")) === first).toBe(true);
  await vi.runAllTimersAsync();
  expect((await snapshots.take(agent, "json")) === first).toBe(false);
});

test("a snapshot that could not be made is made anew for the next", async () => {
  const source = new MemorySource();
  const snapshots = new Snapshots(source);
  source.snapshot = () => Promise.reject(new Error("lost"));
  await expect(snapshots.take(agent, "json")).rejects.toThrow("lost");
  source.snapshot = async () => ({ revision: 7, objects: [] });
  expect((await snapshots.take(agent, "json")).revision).toBe(7);
});

const endpoint = (node: string) => ({
  apiVersion: "projectcalico.org/v3",
  kind: "WorkloadEndpoint",
  metadata: { name: `${node}-web`, namespace: "shop", resourceVersion: "7" },
  spec: { node, containerID: "c" },
});
const affinity = {
  apiVersion: "projectcalico.org/v3",
  kind: "BlockAffinity",
  metadata: { name: "a" },
  spec: { node: "n2" },
};
const objects = [endpoint("n1"), affinity, endpoint("n2")];

/** What a node is told, and of how many objects it is told so. */
function toldTo(node: string, snapshot: Snapshot): { count: number; names: string[] } {
  const frames = [...snapshot.frames(node)].map(({ data, isBinary }) => JSON.parse(textOfFrame(data, isBinary)));
  const names = frames.flatMap(({ objects: put }: { objects: (typeof objects)[number][] }) =>
    put.map(({ metadata, spec }) => ("containerID" in spec ? `${metadata.name} whole` : metadata.name)),
  );
  return { count: snapshot.objects(node), names };
}

test.each([
  [2, { n1: ["n1-web whole", "n1-web", "n2-web"], n2: ["a", "n2-web whole", "n1-web", "n2-web"] }],
  [1, { n1: ["n1-web whole", "n2-web"], n2: ["n1-web", "a", "n2-web whole"] }],
])("at level %i nodes share one snapshot, though each gets its own objects whole", async (level, told) => {
  let made = 0;
  const snapshots = new Snapshots({ snapshot: async () => ({ revision: ++made, objects }) });
  for (const [node, names] of Object.entries(told)) {
    const view = viewOf({ type: "agent", scope: "node" }, level, node);
    expect(toldTo(node, await snapshots.take(view, "json"))).toEqual({ count: names.length, names });
  }
  expect(made).toBe(1);
});
