import type { Agent } from "node:https";
import {
  CloseCode,
  closeReason,
  MIN_SCHEMA_LEVEL,
  parseServerMessage,
  ProtocolError,
  SCHEMA_LEVEL,
  SYNC_PATH,
  SYNC_SUBPROTOCOL,
} from "@percale/protocol";
import type { AgentStatus, ClientMessage, RejectCode, ServerMessage } from "@percale/protocol";
import { brief } from "@percale/resources";
import { untilDone } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { MAX_MESSAGE_BYTES, textOfFrame } from "@percale/sync";
import { WebSocket } from "ws";
import { briefBody, readRefusal } from "../api/body.ts";
import { HeldObjects } from "./held.ts";
import type { SyncStep } from "./held.ts";

const PING_MS = 10_000;
const DEAD_MS = 30_000;
const ACK_MS = 1_000;
const HOLD_MS = 60_000;

export interface SyncOptions {
  readonly url: string;
  readonly agent: Agent | undefined;
  /** Read before every connection: tokens rotate. */
  readonly token: () => Promise<string>;
  readonly node: string;
  readonly build: string;
  readonly log: Logger;
  readonly onStep: (step: Extract<SyncStep, { t: "step" | "loading" }>) => void;
  /** Connection, and whether the server calls itself in sync. */
  readonly onState: (state: SyncState) => void;
}

export interface SyncState {
  readonly connected: boolean;
  readonly inSync: boolean;
  /** Why not, in the server's or the socket's own words. */
  readonly detail: string;
  readonly rejected?: RejectCode;
}

/** The message of a Status, else whatever there is. */
function refusalText(code: number, body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: string };
    if (message !== undefined) return `${code}: ${brief(message)}`;
  } catch {
    // not from our server
  }
  return `${code} ${briefBody(body)}`.trim();
}

/** What became of a connection, as far as is known. */
interface ConnectionEnd {
  /** Why it ended, in the server's or the socket's own words; "": nobody has said yet. */
  detail: string;
  wasWelcome: boolean;
  retryAfterMs?: number;
  rejected?: RejectCode;
}

/** Every connection ends some time: it is tried again. */
class StreamLost extends Error {
  override readonly name = "StreamLost";
  readonly end: Readonly<ConnectionEnd>;

  constructor(end: Readonly<ConnectionEnd>) {
    super(end.detail);
    this.end = end;
  }
}

/** Follows the stream until `signal` aborts; reconnects for ever, with jitter, and resumes where it was. */
export class SyncClient {
  readonly held = new HeldObjects();
  readonly #options: SyncOptions;
  #socket: WebSocket | undefined;
  #ack = { applied: 0, programmed: 0 };
  #acked = { applied: 0, programmed: 0 };
  #holdTimer: NodeJS.Timeout | undefined;

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, onState } = this.#options;
    await untilDone({
      attempt: async (stop, progress) => {
        const end = await this.#connection(stop);
        this.held.disconnected();
        if (end.wasWelcome) progress();
        throw new StreamLost(end);
      },
      onError: (error, failures) => {
        if (!(error instanceof StreamLost)) throw error;
        const { detail, rejected } = error.end;
        onState({ connected: false, inSync: false, detail, ...(rejected && { rejected }) });
        log[failures === 1 ? "info" : "debug"]("stream lost", { detail });
      },
      waitMs: (error) => (error instanceof StreamLost ? error.end.retryAfterMs : undefined),
      signal,
    });
    clearTimeout(this.#holdTimer);
  }

  /** How far the kernel is; goes to the server at most once a second. */
  ack(applied: number, programmed: number): void {
    this.#ack = { applied, programmed };
  }

  report(status: AgentStatus): void {
    this.#send({ t: "status", status });
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  async #connection(signal: AbortSignal): Promise<ConnectionEnd> {
    const { url, agent, token, node, build } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end: ConnectionEnd = { detail: "", wasWelcome: false };
    let socket: WebSocket;
    try {
      const secret = await unlessAborted(token(), signal);
      if (secret === undefined) return { ...end, detail: "stopped" };
      socket = new WebSocket(new URL(SYNC_PATH, url.replace(/^http/, "ws")), SYNC_SUBPROTOCOL, {
        headers: { authorization: `Bearer ${secret}` },
        maxPayload: MAX_MESSAGE_BYTES,
        perMessageDeflate: false,
        allowSynchronousEvents: false, // a packet holds many compressed frames: between two of them others have their turn
        handshakeTimeout: 10_000,
        ...(agent !== undefined && { agent }),
      });
    } catch (error) {
      return { ...end, detail: String(error) };
    }
    this.#socket = socket;
    let lastHeard = Date.now();
    const timers = [
      setInterval(() => {
        if (Date.now() - lastHeard > DEAD_MS) socket.terminate();
        else this.#send({ t: "ping", id: lastHeard, timeMs: Date.now() });
      }, PING_MS),
      setInterval(() => this.#sendAck(), ACK_MS),
    ];
    const abort = (): void => socket.close(1000);
    signal.addEventListener("abort", abort, { once: true });
    socket.on("open", () => {
      const resume = this.held.resume;
      this.#acked = { applied: 0, programmed: 0 };
      this.#send({
        t: "hello",
        node,
        component: "node-agent",
        build,
        schemaLevel: SCHEMA_LEVEL,
        minSchemaLevel: MIN_SCHEMA_LEVEL,
        type: "agent",
        scope: "node",
        encodings: ["json+zstd", "json"],
        ...(resume !== undefined && { resume }),
      });
    });
    let isOver = false;
    socket.on("message", (data: Buffer, isBinary) => {
      if (isOver) return; // behind a loss: what follows does not build on what is held
      lastHeard = Date.now();
      const message = parsed(data, isBinary);
      if (message === undefined) return;
      const fault = message.t === "fault" ? message.text : this.#handle(message, end);
      if (fault === undefined) return;
      isOver = true;
      end.detail = fault;
      socket.close(CloseCode.protocolError, closeReason(fault));
    });
    // Refused before it was a socket: the body says why, and what to do.
    socket.on("unexpected-response", (request, response) => {
      const { statusCode = 0 } = response;
      if (statusCode === 401 || statusCode === 403) end.rejected = "auth";
      const told = readRefusal(response).then(
        (text) => (end.detail = refusalText(statusCode, text)),
        () => (end.detail = refusalText(statusCode, "")), // cut off: the code alone has to do
      );
      void told.finally(() => {
        request.destroy();
        resolve();
      });
    });
    socket.on("error", (error) => (end.detail ||= error.message));
    socket.on("close", (code, reason) => {
      end.detail ||= reason.toString() || `closed with ${code}`;
      resolve();
    });
    await promise;
    for (const timer of timers) clearInterval(timer);
    signal.removeEventListener("abort", abort);
    return end;
  }

  /** What broke the protocol, if anything did. */
  #handle(message: ServerMessage, end: ConnectionEnd): string | undefined {
    this.#hear(message, end);
    const step = this.held.receive(message);
    switch (step.t) {
      case "none":
        return undefined;
      case "fault":
        return step.text;
      case "step":
        this.#options.onStep(step);
        if (step.heldBack > 0) this.#hold(step.heldBack);
        return undefined;
      case "loading":
        this.#options.onStep(step);
        return undefined;
    }
  }

  /** What a message says of the connection itself. */
  #hear(message: ServerMessage, end: ConnectionEnd): void {
    switch (message.t) {
      case "welcome":
        end.wasWelcome = true;
        return;
      case "reject":
        end.detail = `${message.code}: ${message.text}`;
        end.rejected = message.code;
        if (message.retryAfterMs !== undefined) end.retryAfterMs = message.retryAfterMs;
        return;
      case "ping":
        return this.#send({ t: "pong", id: message.id, timeMs: message.timeMs });
      case "state": {
        const inSync = message.state === "inSync";
        return this.#options.onState({
          connected: true,
          inSync,
          detail: inSync ? "" : `the server is ${message.state}`,
        });
      }
      case "pong":
      case "snapshotBegin":
      case "put":
      case "snapshotEnd":
      case "delta":
      case "bookmark":
        return; // of objects, or that it came is what counts
    }
  }

  /** Deletions that a snapshot seems to mean. */
  #hold(missing: number): void {
    this.#options.log.warn("snapshot lacks most of what was held: keeping it for a while", {
      missing,
      holdMs: HOLD_MS,
    });
    clearTimeout(this.#holdTimer);
    this.#holdTimer = setTimeout(() => this.#giveUpHeld(), HOLD_MS);
  }

  #giveUpHeld(): void {
    const deletes = this.held.releaseHeld();
    if (deletes.length === 0) return;
    this.#options.log.warn("believing the smaller snapshot now", { deleted: deletes.length });
    this.#options.onStep({ t: "step", puts: [], deletes, revision: this.held.revision, complete: false, heldBack: 0 });
  }

  #sendAck(): void {
    const { applied, programmed } = this.#ack;
    if (applied === this.#acked.applied && programmed === this.#acked.programmed) return;
    this.#acked = this.#ack;
    this.#send({ t: "ack", applied, programmed });
  }
}

/** Undefined once `signal` has aborted, whatever becomes of the promise. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  const value = await Promise.race([aborted, promise]).finally(() => signal.removeEventListener("abort", onAbort));
  return signal.aborted ? undefined : value;
}

/** Undefined for a message that only a newer agent knows. */
function parsed(
  data: Buffer,
  isBinary: boolean,
): ServerMessage | { readonly t: "fault"; readonly text: string } | undefined {
  try {
    return parseServerMessage(textOfFrame(data, isBinary));
  } catch (error) {
    if (error instanceof ProtocolError) return { t: "fault", text: error.message };
    throw error;
  }
}
