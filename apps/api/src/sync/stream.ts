import type { WebSocket } from "ws";
import { CloseCode, closeReason, parseClientMessage, ProtocolError, SCHEMA_LEVEL } from "@percale/protocol";
import type { Ack, AgentStatus, ClientMessage, Hello, RejectCode } from "@percale/protocol";
import type { Logger } from "@percale/daemon";
import { StatusError } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { hasRight, remedyFor } from "../auth/authorize.ts";
import { ADMIN_GROUP, nodeOf } from "../auth/identity.ts";
import type { Identity } from "../auth/identity.ts";
import type { Gate } from "../limits.ts";
import { stepsOf } from "./follow.ts";
import type { NodeStatuses } from "./node-statuses.ts";
import { Outbox } from "./outbox.ts";

const HELLO_MS = 10_000;
const PING_MS = 10_000;
const DEAD_MS = 30_000;
const BOOKMARK_MS = 25_000;
const MAX_MESSAGES_PER_S = 20;
const ACK_MS = 1_000;
const LAG_MS = 5_000;
/** One scope so far: every kind, whole. Another filter would have another digest, so that nobody resumes across. */
const SCOPE_DIGEST = "all/1";

export interface StreamOptions {
  readonly socket: WebSocket;
  readonly identity: Identity;
  readonly store: Datastore;
  readonly statuses: Pick<NodeStatuses, "put">;
  readonly snapshots: Gate;
  readonly log: Logger;
  readonly build: string;
  readonly server: string;
  readonly onSend: (kind: string) => void;
}

/**
 * One agent's stream, from its hello to its end:
 *
 *   hello ─► check ─► welcome ─► [snapshot] ─► steps of the store's watch ─► outbox
 *   ack, status ─► agent status records
 */
export class SyncStream {
  readonly #options: StreamOptions;
  readonly #outbox: Outbox;
  readonly #abort = new AbortController();
  #lastHeardAt = Date.now();
  #hello: Hello | undefined;
  #status: AgentStatus | undefined;
  #ack: Ack | undefined;
  #budget = MAX_MESSAGES_PER_S;
  #writing: Promise<void> | undefined;
  #isStatusNew = false;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.socket, options.onSend);
  }

  get node(): string | undefined {
    return this.#hello?.node;
  }

  run(): void {
    const { socket, log } = this.#options;
    const timers = [
      setTimeout(() => this.#hello === undefined && this.#close("timeout", "no hello within 10 s"), HELLO_MS),
      setInterval(() => this.#checkAlive(), PING_MS),
      setInterval(() => {
        this.#budget = MAX_MESSAGES_PER_S;
        this.#keepStatus();
      }, ACK_MS),
    ];
    socket.on("message", (data: Buffer, isBinary) => {
      this.#lastHeardAt = Date.now();
      if (isBinary) return this.#close("protocolError", "text frames only");
      if (--this.#budget < -MAX_MESSAGES_PER_S) return this.#close("protocolError", "more than 20 messages a second");
      try {
        this.#receive(parseClientMessage(data.toString("utf8")));
      } catch (error) {
        if (error instanceof ProtocolError) this.#close("protocolError", error.message);
        else this.#fail(error);
      }
      return undefined;
    });
    socket.on("error", (error) => log.debug("stream broke", { node: this.node, error }));
    socket.on("close", () => {
      for (const timer of timers) clearTimeout(timer);
      this.#abort.abort();
    });
  }

  /** The server stops: clients shall come back, to another one or later. */
  drain(): void {
    if (this.#hello === undefined) this.#outbox.send({ t: "reject", code: "draining", text: "the server stops" });
    this.#close("draining", "the server stops");
  }

  /** Its credential ended. */
  dismiss(why: string): void {
    this.#reject("auth", why);
  }

  #receive(message: ClientMessage): void {
    if (message.t === "hello") return this.#receiveHello(message);
    if (this.#hello === undefined) return this.#close("protocolError", "hello comes first");
    switch (message.t) {
      case "ping":
        return this.#outbox.send({ t: "pong", id: message.id, timeMs: message.timeMs });
      case "ack":
        this.#ack = message;
        return;
      case "status":
        return this.#receiveStatus(message.status, this.#hello.node);
      case "pong":
        return; // that it came is what counts
    }
  }

  #receiveHello(hello: Hello): void {
    if (this.#hello !== undefined) return this.#close("protocolError", "hello twice");
    const refusal = this.#refusalOf(hello);
    if (refusal !== undefined) return this.#reject(refusal.code, refusal.text);
    this.#hello = hello;
    this.#serve(hello).catch((error: unknown) => this.#fail(error));
  }

  #receiveStatus(status: AgentStatus, node: string): void {
    if (status.node !== node)
      return this.#close("protocolError", `status.node: must be ${node}, as in the hello, got ${status.node}`);
    this.#status = status;
    this.#isStatusNew = true;
    this.#keepStatus();
  }

  #refusalOf({ node, schemaLevel }: Hello): { code: RejectCode; text: string } | undefined {
    const { identity } = this.#options;
    if (!hasRight(identity, "sync"))
      return { code: "auth", text: `${identity.user} has no right to sync: ${remedyFor("sync")}` };
    if (!identity.groups.includes(ADMIN_GROUP) && nodeOf(identity) !== node)
      return { code: "auth", text: `${identity.user} may not speak for node ${node}` };
    if (schemaLevel < SCHEMA_LEVEL)
      return { code: "version", text: `this server speaks schema level ${SCHEMA_LEVEL}, got ${schemaLevel}` };
    return undefined;
  }

  async #serve({ resume }: Hello): Promise<void> {
    const { store, build, server } = this.#options;
    if (!store.isConnected()) return this.#reject("notReady", "the database can't be reached", 1_000);
    const isOurs = resume !== undefined && resume.epoch === store.epoch && resume.scopeDigest === SCOPE_DIGEST;
    const head = isOurs ? await this.#headFrom(resume.revision) : await store.head();
    if (isOurs && head < resume.revision) return this.#reject("busy", "this server lags behind", 1_000);
    const mode = isOurs ? "resume" : "snapshot";
    this.#outbox.send({
      t: "welcome",
      server,
      build,
      schemaLevel: SCHEMA_LEVEL,
      epoch: store.epoch,
      head,
      mode,
      encoding: "json",
      scopeDigest: SCOPE_DIGEST,
      pingIntervalMs: PING_MS,
    });
    await this.#follow(isOurs ? resume.revision : await this.#sendSnapshot());
  }

  /** The head, waited for a while if this process has not come as far as another that the client left. */
  async #headFrom(revision: number): Promise<number> {
    for (let waited = 0; ; waited += 100) {
      const head = await this.#options.store.head();
      if (head >= revision || waited >= LAG_MS) return head;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #follow(from: number): Promise<void> {
    const { store } = this.#options;
    const { signal } = this.#abort;
    for (let since = from; !signal.aborted;) {
      try {
        this.#outbox.send({ t: "state", state: "inSync", upstreamAgeMs: 0 });
        let toldAt = Date.now();
        for await (const step of stepsOf(store.watch({ since, signal, bookmarks: true }), since)) {
          if (step.puts.length + step.deletes.length > 0) {
            await this.#outbox.delta(step);
            toldAt = Date.now();
          } else if (step.toRev > step.fromRev || Date.now() - toldAt > BOOKMARK_MS / 2) {
            this.#outbox.send({ t: "bookmark", revision: step.toRev });
            toldAt = Date.now();
          }
          since = step.toRev;
        }
        if (!signal.aborted) return this.#close("draining", "the store closes");
      } catch (error) {
        if (!(error instanceof StatusError) || error.reason !== "Expired") throw error;
        since = await this.#sendSnapshot(); // it was away longer than the log reaches back
      }
    }
  }

  async #sendSnapshot(): Promise<number> {
    const { store, snapshots } = this.#options;
    if (!snapshots.enter()) {
      this.#reject("busy", "too many snapshots are on their way", 500 + Math.floor(Math.random() * 4_500));
      throw new StatusError("TooManyRequests", "too many snapshots");
    }
    try {
      const { revision, objects } = await store.snapshot();
      this.#outbox.send({ t: "snapshotBegin", revision, objects: objects.length });
      await this.#outbox.putAll(objects);
      this.#outbox.send({ t: "snapshotEnd", revision });
      return revision;
    } finally {
      snapshots.leave();
    }
  }

  /** The newest status with the newest acknowledgement in it, one write at a time and at most one a second unless it is new. */
  #keepStatus(): void {
    const { statuses, log } = this.#options;
    if (this.#status === undefined || this.#writing !== undefined) return;
    const { applied = 0, programmed = 0 } = this.#ack ?? {};
    const isAhead = applied > this.#status.appliedRevision || programmed > this.#status.programmedRevision;
    if (!this.#isStatusNew && !isAhead) return;
    this.#isStatusNew = false;
    this.#status = {
      ...this.#status,
      appliedRevision: Math.max(applied, this.#status.appliedRevision),
      programmedRevision: Math.max(programmed, this.#status.programmedRevision),
    };
    this.#writing = statuses
      .put(this.#status)
      .catch((error: unknown) => log.debug("status not kept", { node: this.node, error }))
      .finally(() => {
        this.#writing = undefined;
      });
  }

  #checkAlive(): void {
    if (Date.now() - this.#lastHeardAt > DEAD_MS) this.#options.socket.terminate();
    else this.#outbox.send({ t: "ping", id: this.#lastHeardAt, timeMs: Date.now() });
  }

  #reject(code: RejectCode, text: string, retryAfterMs?: number): void {
    this.#outbox.send({ t: "reject", code, text, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    this.#close(code, text);
  }

  #fail(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    this.#options.log.warn("stream ended", { node: this.node, error });
    const isDown = error instanceof StatusError && error.reason === "ServiceUnavailable";
    this.#close(isDown ? "notReady" : "protocolError", error instanceof Error ? error.message : "failed");
  }

  #close(code: keyof typeof CloseCode, text: string): void {
    this.#options.socket.close(CloseCode[code], closeReason(text));
    this.#abort.abort();
  }
}
