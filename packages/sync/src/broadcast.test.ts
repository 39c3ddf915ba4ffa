import { setTimeout as delay } from "node:timers/promises";
import { MemorySource } from "@percale/testkit";
import type { KubeObject } from "@percale/resources";
import { expect, test } from "vitest";
import { Broadcast } from "./broadcast.ts";
import type { Listener } from "./broadcast.ts";
import { textOfFrame } from "./frames.ts";
import type { Frame } from "./frames.ts";
import { viewOf } from "./view.ts";

const tier = (order: number): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "Tier",
  metadata: { name: "t" },
  spec: { order },
});
const affinity = (node: string): KubeObject => ({
  ...tier(1),
  kind: "BlockAffinity",
  metadata: { name: node },
  spec: { node },
});

interface Heard extends Listener {
  readonly frames: Frame[];
  lags: boolean;
}

function listener(node: string, revision: number): Heard {
  const frames: Frame[] = [];
  return {
    view: viewOf({ type: "agent", scope: "node" }, 2),
    encoding: "json",
    node,
    revision,
    frames,
    lags: false,
    send: (more) => void frames.push(...more),
  };
}

const toldTo = ({ frames }: Heard) =>
  frames.map(({ data, isBinary }) => {
    const { t, fromRev, toRev, revision, more } = JSON.parse(textOfFrame(data, isBinary)) as Record<string, unknown>;
    return t === "delta"
      ? `${String(fromRev)}–${String(toRev)}${more === true ? "…" : ""}`
      : `${String(t)} ${String(revision)}`;
  });

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(1);
}

test("all get the same bytes, each its own before them, and whoever came with more is not taken back", async () => {
  const source = new MemorySource();
  const broadcast = new Broadcast(source);
  const stop = new AbortController();
  const [early, late] = [listener("n1", 0), listener("n2", 2)];
  source.write([tier(1)]);
  source.write([tier(2)]);
  const ends = [broadcast.attend(early, stop.signal), broadcast.attend(late, stop.signal)];
  await until(() => early.frames.length > 0);
  expect([toldTo(early), toldTo(late)]).toEqual([["0–2"], []]);
  expect([broadcast.isLevelWith(1), broadcast.isLevelWith(2)]).toEqual([false, true]);
  source.write([tier(3), affinity("n2")]);
  await until(() => early.frames.length > 1);
  expect([toldTo(early), toldTo(late)]).toEqual([
    ["0–2", "2–4"],
    ["2–4…", "2–4"],
  ]);
  expect(late.frames[1]!.data).toBe(early.frames[1]!.data);
  stop.abort();
  await Promise.all(ends);
  expect(broadcast.isLevelWith(0)).toBe(true); // nobody listens: it follows nothing
});

test("whoever sees nothing of what happens hears later how far it is", async () => {
  const source = new MemorySource();
  const broadcast = new Broadcast(source);
  const stop = new AbortController();
  const [owner, other] = [listener("n1", 0), listener("n2", 0)];
  const ends = [broadcast.attend(owner, stop.signal), broadcast.attend(other, stop.signal)];
  source.write([affinity("n1")]);
  await until(() => other.frames.length > 0);
  expect([toldTo(owner), toldTo(other), other.revision]).toEqual([["0–1"], ["bookmark 1"], 1]);
  stop.abort();
  await Promise.all(ends);
});

test("nobody is told how far things are before he is told of them", async () => {
  const source = new MemorySource();
  const broadcast = new Broadcast(source);
  const stop = new AbortController();
  const seen = listener("n1", 0);
  // So slow that everybody else has a turn between two objects.
  const shared = ({ metadata: { name }, spec }: KubeObject): string | undefined => {
    for (const until = performance.now() + 15; performance.now() < until;);
    return name === "hidden" ? undefined : JSON.stringify({ name, spec });
  };
  const view = { name: "slow", kind: () => ({ shared, nodeOf: () => undefined }), digest: () => "" };
  const end = broadcast.attend({ ...seen, view }, stop.signal);
  source.write([{ ...tier(1), metadata: { name: "hidden" } }]);
  await delay(100);
  source.write(Array.from({ length: 30 }, (_, i) => ({ ...tier(1), metadata: { name: `t${i}` } })));
  await until(() => toldTo(seen).some((told) => told.endsWith("–31")));
  stop.abort();
  await end;
});

test("whoever is not level is not taken", async () => {
  const source = new MemorySource();
  const broadcast = new Broadcast(source);
  const stop = new AbortController();
  const level = listener("n1", 0);
  const end = broadcast.attend(level, stop.signal);
  source.write([tier(1)]);
  await until(() => level.frames.length === 1);
  await broadcast.attend(listener("n2", 0), stop.signal);
  stop.abort();
  await end;
});

test("whoever lags is let go, and the others hear on", async () => {
  const source = new MemorySource();
  const broadcast = new Broadcast(source);
  const stop = new AbortController();
  const [quick, slow] = [listener("n1", 0), listener("n2", 0)];
  slow.lags = true;
  const end = broadcast.attend(quick, stop.signal);
  const letGo = broadcast.attend(slow, stop.signal);
  source.write([tier(1)]);
  await letGo;
  source.write([tier(2)]);
  await until(() => quick.frames.length === 2);
  expect([toldTo(quick), toldTo(slow)]).toEqual([["0–1", "1–2"], ["0–1"]]);
  stop.abort();
  await end;
});

test("when the source fails or ends, all are let go", async () => {
  const source = new MemorySource();
  source.write([tier(1)]);
  source.compact();
  const broadcast = new Broadcast(source);
  const stop = new AbortController();
  await broadcast.attend(listener("n1", 0), stop.signal); // what it asks for is forgotten
  const end = broadcast.attend(listener("n1", 1), stop.signal);
  source.close();
  await end;
});
