import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { silentLogger } from "@percale/daemon";
import type { AgentStatus, ClientMessage } from "@percale/protocol";
import { MemorySocket, MemorySource } from "@percale/testkit";
import type { MemoryEvent, MemoryState } from "@percale/testkit";
import type { WebSocket } from "ws";
import { expect, test } from "vitest";
import { SyncServer } from "./index.ts";

/** What an agent and a server of schema level 1 said to each other while these things happened. */
type Recorded =
  | ({ readonly from: "store" } & Required<MemoryState>)
  | { readonly from: "store"; readonly events: readonly MemoryEvent[] }
  | { readonly from: "agent"; readonly frame: ClientMessage }
  | { readonly from: "server"; readonly frame: object }
  | { readonly from: "network"; readonly cut: true };

const recording = readFileSync(join(import.meta.dirname, "testdata/agent-of-level-1.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

test("an agent of the first schema level is told, word for word, what its own server told it", async () => {
  let source = new MemorySource();
  let server: SyncServer | undefined;
  let socket = new MemorySocket();
  const statuses: AgentStatus[] = [];
  const told: object[] = [];
  const hear = ({ data }: { data: Buffer }): void => void told.push(JSON.parse(data.toString("utf8")) as object);
  for (const line of recording) {
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
      expect(told.shift()).toEqual(line.frame);
    } else {
      if (line.frame.t === "hello") {
        socket = new MemorySocket().on("heard", hear);
        server!.serve({ socket: socket as unknown as WebSocket, refusalOf: () => undefined });
      }
      socket.say(line.frame);
    }
  }
  expect(told).toEqual([]);
  expect(statuses.map(({ node, programmedRevision }) => ({ node, programmedRevision }))).toEqual([
    { node: "n1", programmedRevision: 21 },
  ]);
  socket.terminate();
});
