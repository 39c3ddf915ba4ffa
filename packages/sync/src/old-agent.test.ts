import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { silentLogger } from "@percale/daemon";
import type { AgentStatus, ClientMessage, ServerMessage } from "@percale/protocol";
import type { KubeObject } from "@percale/resources";
import { MemorySocket, MemorySource } from "@percale/testkit";
import type { MemoryEvent, MemoryState } from "@percale/testkit";
import type { WebSocket } from "ws";
import { expect, test } from "vitest";
import { SyncServer } from "./index.ts";
import type { Reach } from "./index.ts";
import { viewOf } from "./view.ts";

/** What an agent and a server of schema level 1 said to each other while these things happened. */
type Recorded =
  | ({ readonly from: "store" } & Required<MemoryState>)
  | { readonly from: "store"; readonly events: readonly MemoryEvent[] }
  | { readonly from: "agent"; readonly frame: ClientMessage }
  | { readonly from: "server"; readonly frame: ServerMessage }
  | { readonly from: "network"; readonly cut: true };

const recording = readFileSync(join(import.meta.dirname, "testdata/agent-of-level-1.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

/** Lets a recording happen again; `expected` is what must be heard where the server of then said something. */
async function replay(
  lines: readonly Recorded[],
  { reach, expected }: { reach: Reach; expected: (frame: ServerMessage) => object },
): Promise<void> {
  let source = new MemorySource();
  let server: SyncServer | undefined;
  let socket = new MemorySocket();
  const statuses: AgentStatus[] = [];
  const told: object[] = [];
  const hear = ({ data }: { data: Buffer }): void => void told.push(JSON.parse(data.toString("utf8")) as object);
  for (const line of lines) {
    if ("objects" in line) {
      source = new MemorySource(line);
      server = new SyncServer({
        source,
        putStatus: async (status) => void statuses.push(status),
        snapshotGate: { enter: () => true, leave: () => undefined },
        log: silentLogger,
        build: "0.1.0",
        server: "recorded",
        onSend: () => undefined,
      });
    } else if ("events" in line) source.replay(line.events);
    else if ("cut" in line) socket.terminate();
    else if (line.from === "server") {
      while (told.length === 0) await delay(1);
      expect(told.shift()).toEqual(expected(line.frame));
    } else {
      if (line.frame.t === "hello") {
        socket = new MemorySocket().on("heard", hear);
        server!.serve({ socket: socket as unknown as WebSocket, refusalOf: () => undefined, reach });
      }
      socket.say(line.frame);
    }
  }
  expect(told).toEqual([]);
  expect(statuses.map(({ node, programmedRevision }) => ({ node, programmedRevision }))).toEqual([
    { node: "n1", programmedRevision: 21 },
  ]);
  socket.terminate();
}

test("an agent of the first schema level is told, word for word, what its own server told it", () =>
  replay(recording, { reach: "cluster", expected: (frame) => frame }));

test("by its node's credential it is told the same, but of what is others' the shared form, and what agents read alone", () => {
  const view = viewOf({ type: "agent", scope: "node" }, 2);
  const scopeDigest = `${view.digest("n1")}/1`;
  const shown = (objects: readonly KubeObject[]): object[] =>
    objects.flatMap((object) => {
      if (object.kind === "WorkloadEndpoint" && object.metadata.name.startsWith("n1-")) return [object];
      const text = view.kind(object.kind)?.shared(object);
      return text === undefined ? [] : [JSON.parse(text) as object];
    });
  const held = new Set<string>();
  const resumed = recording.map((line) =>
    "frame" in line && line.frame.t === "hello" && line.frame.resume !== undefined
      ? { ...line, frame: { ...line.frame, resume: { ...line.frame.resume, scopeDigest } } }
      : line,
  );
  return replay(resumed as Recorded[], {
    reach: "node",
    expected: (frame) => {
      if (frame.t === "welcome") return { ...frame, scopeDigest };
      if (frame.t === "snapshotBegin") return { ...frame, objects: frame.objects - 1 }; // nobody reads ClusterInformation
      if (frame.t === "put") {
        for (const object of shown(frame.objects)) held.add(JSON.stringify(object));
        return { ...frame, objects: shown(frame.objects) };
      }
      if (frame.t !== "delta") return frame;
      const puts = shown(frame.puts);
      const isNews = frame.deletes.length > 0 || puts.some((object) => !held.has(JSON.stringify(object)));
      return isNews ? { ...frame, puts } : { t: "bookmark", revision: frame.toRev };
    },
  });
});
