/** How a command speaks to the lab's daemon: one JSON line each way over a unix socket. */
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";
import { createInterface } from "node:readline";
import { listenPrivately } from "@percale/daemon";
import type { LabStatus } from "./status.ts";
import type { ProbeResult, Protocol } from "./workload-process.ts";

export interface ProbeRequest {
  readonly verb: "probe";
  readonly from: string;
  readonly to: string;
  readonly protocol: Protocol;
  /** The target's first port if absent. */
  readonly port?: number;
  readonly family?: 4 | 6;
  readonly timeoutMs: number;
}
export interface StreamRequest {
  readonly verb: "stream";
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly intervalUs: number;
  readonly count: number;
}
export interface ThroughputRequest {
  readonly verb: "throughput";
  readonly from: string;
  readonly to: string;
  readonly port?: number;
  readonly durationMs: number;
}
export type ControlRequest =
  | { readonly verb: "status" }
  | { readonly verb: "stop" }
  | ProbeRequest
  | StreamRequest
  | ThroughputRequest;

export interface ProbeAnswer {
  readonly from: string;
  readonly to: string;
  readonly source: string | undefined;
  readonly address: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly result: ProbeResult;
}

/** What each verb answers. */
export interface ControlAnswers {
  readonly status: LabStatus;
  readonly stop: { readonly stopped: true };
  readonly probe: ProbeAnswer;
  readonly stream: { readonly sent: number; readonly echoed: number; readonly longestGapMs: number };
  readonly throughput: { readonly bytesPerSecond: number };
}

type Envelope = { readonly ok: unknown } | { readonly error: string };

export class NoLabError extends Error {
  override readonly name = "NoLabError";
}

/** Asks the daemon. NoLabError if none runs; an Error with the daemon's words if it refuses. */
export async function askLab<R extends ControlRequest>(socket: string, request: R): Promise<ControlAnswers[R["verb"]]> {
  const connection = connect(socket);
  try {
    await once(connection, "connect");
  } catch (cause) {
    throw new NoLabError("no lab is running: percale lab up", { cause });
  }
  connection.write(`${JSON.stringify(request)}\n`);
  try {
    for await (const line of createInterface({ input: connection })) {
      const envelope = JSON.parse(line) as Envelope; // our own daemon's
      if ("error" in envelope) throw new Error(envelope.error);
      return envelope.ok as ControlAnswers[R["verb"]];
    }
  } finally {
    connection.destroy();
  }
  throw new NoLabError("the lab ended before it answered");
}

/** Serves until closed. Only the owner may connect. */
export async function serveControl(
  socket: string,
  handle: (request: ControlRequest) => Promise<unknown>,
): Promise<Server> {
  rmSync(socket, { force: true });
  const server = createServer((connection) => {
    connection.on("error", () => undefined); // the asker went away
    createInterface({ input: connection }).on("line", (line) => {
      void answer(line, handle).then((envelope) => connection.end(`${JSON.stringify(envelope)}\n`));
    });
  });
  await listenPrivately(server, socket);
  return server;
}

async function answer(line: string, handle: (request: ControlRequest) => Promise<unknown>): Promise<Envelope> {
  try {
    return { ok: await handle(JSON.parse(line) as ControlRequest) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
