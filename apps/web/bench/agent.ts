/** An agent without a kernel, as a process of its own: it follows the stream, answers when it is asked, and says of itself what it is told to say. */
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { type AgentStatus, type ServerMessage, SCHEMA_LEVEL, SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import { quietStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { WebSocket } from "ws";

export interface AgentOrder {
  /** Of the API. */
  readonly url: string;
  readonly caFile: string;
  readonly token: string;
  readonly node: string;
  /** Beyond a quiet status; a `programmedRevision` here is where its kernel stands still. */
  readonly status: Partial<AgentStatus>;
}

const { url, caFile, token, node, status } = JSON.parse(process.argv[2]!) as AgentOrder;
const socket = new WebSocket(url.replace(/^http/, "ws") + SYNC_PATH, SYNC_SUBPROTOCOL, {
  agent: new Agent({ ca: readFileSync(caFile) }),
  headers: { authorization: `Bearer ${token}` },
});
const say = (message: object): void => socket.send(JSON.stringify(message));
const startedAt = new Date().toISOString();
const bird = { state: "Ready", version: "2.17.1", routerID: "172.30.0.11" } as const;
let revision = 0;

socket.on("open", () => {
  const hello = { component: "bench", build: "0.1.0", schemaLevel: SCHEMA_LEVEL, type: "agent", scope: "node" };
  say({ t: "hello", node, ...hello, encodings: ["json"] });
});
socket.on("message", (data: Buffer) => {
  const message = JSON.parse(data.toString()) as ServerMessage;
  if (message.t === "ping") say({ ...message, t: "pong" });
  if (message.t !== "snapshotEnd" && message.t !== "delta" && message.t !== "bookmark") return;
  revision = message.t === "delta" ? message.toRev : message.revision;
  report();
});
socket.on("close", () => process.exit(1));
const timer = setInterval(report, 10_000);
process.on("SIGTERM", () => {
  clearInterval(timer);
  process.exit(0);
});

function report(): void {
  const own = { appliedRevision: revision, programmedRevision: revision, startedAt };
  say({ t: "status", status: { ...quietStatusOf(node), bird, ...own, ...status } satisfies AgentStatus });
}
