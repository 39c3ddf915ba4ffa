import { parseServerMessage, SCHEMA_LEVEL } from "@percale/protocol";
import type { Hello, ServerMessage } from "@percale/protocol";
import { MemorySocket } from "@percale/testkit";
import { onTestFinished } from "vitest";
import type { WebSocket } from "ws";
import { textOfFrame } from "../frames.ts";
import type { SyncClientOptions, SyncServer } from "../server.ts";

/** A client of the server until its test ends, that has said nothing yet. */
export function connect(
  server: SyncServer,
  { socket = new MemorySocket(), ...more }: { socket?: MemorySocket } & Partial<Omit<SyncClientOptions, "socket">> = {},
): MemorySocket {
  onTestFinished(() => socket.terminate());
  server.serve({ socket: socket as unknown as WebSocket, refusalOf: () => undefined, ...more });
  return socket;
}

export function hello(socket: MemorySocket, more: Partial<Hello> = {}): MemorySocket {
  const encodings = ["json+zstd", "json"];
  const own = { component: "test", build: "0", schemaLevel: SCHEMA_LEVEL, type: "agent", scope: "node" };
  socket.say({ t: "hello", node: "n1", ...own, encodings, ...more });
  return socket;
}

const messageByData = new WeakMap<Buffer, ServerMessage>();

/** Each message is read once, however often it is asked for: large ones take milliseconds. */
export const heardBy = ({ heard }: MemorySocket): ServerMessage[] =>
  heard.map(({ data, isBinary }) => {
    const message = messageByData.get(data) ?? parseServerMessage(textOfFrame(data, isBinary))!;
    messageByData.set(data, message);
    return message;
  });
