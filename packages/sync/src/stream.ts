import { setTimeout as delay } from "node:timers/promises";
import { turns } from "@percale/daemon";
import { CloseCode, parseClientMessage, ProtocolError } from "@percale/protocol";
import type { AgentStatus, ClientMessage, Hello, Reject, RejectCode } from "@percale/protocol";
import { StatusError } from "@percale/resources";
import { framesOf } from "./broadcast.ts";
import type { Broadcast, Listener } from "./broadcast.ts";
import { Budget } from "./budget.ts";
import { chooseEncoding } from "./frames.ts";
import { Outbox } from "./outbox.ts";
import { isTooSlow } from "./pace.ts";
import { Reports } from "./reports.ts";
import { roundOf } from "./round.ts";
import type { SyncClientOptions, SyncServerOptions } from "./server.ts";
import type { Snapshot, Snapshots } from "./snapshots.ts";
import { stepsOf } from "./steps.ts";
import type { Step } from "./steps.ts";
import { chooseLevel } from "./versions.ts";
import { reachFault, viewOf } from "./view.ts";
import type { Reach } from "./view.ts";

const HELLO_MS = 10_000;
const PING_MS = 10_000;
const DEAD_MS = 30_000;
const SECOND_MS = 1_000;
const LAG_MS = 5_000;
/** Of a snapshot no more lies unread than that: whoever does not read is seen soon. */
const UNREAD_BYTES = 64 * 1024;

export interface StreamOptions extends SyncServerOptions, SyncClientOptions {
  readonly snapshots: Snapshots;
  readonly broadcast: Broadcast;
}

/**
 * One client's stream, from its hello to its end:
 *
 *   hello ─► check ─► welcome ─► [snapshot] ─► catch up alone ─► listen with all others
 *                                                     ▲── too slow ──┘
 *   ack, status ─► budget ─► reports
 */
export class SyncStream {
  readonly #options: StreamOptions;
  readonly #outbox: Outbox;
  readonly #reports: Reports;
  readonly #abort = new AbortController();
  readonly #budget = new Budget();
  #lastHeardAt = Date.now();
  #hello: Hello | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.socket, options.onSend);
    this.#reports = new Reports({ put: options.putStatus, log: options.log });
  }

  get node(): string | undefined {
    return this.#hello?.node;
  }

  get #reach(): Reach {
    return this.#options.reach ?? "node";
  }

  run(): void {
    const { socket, log } = this.#options;
    const timers = [
      setTimeout(() => this.#hello === undefined && this.#close("timeout", "no hello within 10 s"), HELLO_MS),
      setInterval(() => this.#checkAlive(), PING_MS),
      setInterval(() => {
        this.#budget.refill();
        if (!this.#budget.isSpent) socket.resume();
        this.#reports.keep();
      }, SECOND_MS),
    ];
    const { signal } = this.#abort;
    signal.addEventListener("abort", () => timers.forEach((timer) => clearTimeout(timer)));
    socket.on("message", (data: Buffer, isBinary) => {
      if (signal.aborted) return undefined; // let go: nothing that it says counts any more
      this.#lastHeardAt = Date.now();
      if (isBinary) return this.#close("protocolError", "text frames only");
      if (!this.#budget.take(data.length)) return this.#close("protocolError", "more than 20 messages a second");
      if (this.#budget.isSpent) socket.pause();
      try {
        this.#receive(parseClientMessage(data.toString("utf8")));
        if (this.node !== undefined) this.#options.onHeard?.(this.node);
      } catch (error) {
        if (error instanceof ProtocolError) this.#close("protocolError", error.message);
        else this.#fail(error);
      }
      return undefined;
    });
    socket.on("error", (error) => log.debug("stream broke", { node: this.node, error }));
    socket.on("close", () => this.#abort.abort());
  }

  /** Asks for a sign of life: only a client whose loop runs answers. */
  ping(): void {
    if (this.#hello !== undefined) this.#outbox.beat({ t: "ping", id: this.#lastHeardAt, timeMs: Date.now() });
  }

  /** The server stops: clients shall come back, to another one or later. */
  drain(): void {
    if (this.#hello === undefined) this.#reject("draining", "the server stops");
    else this.#close("draining", "the server stops");
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
        return this.#outbox.beat({ t: "pong", id: message.id, timeMs: message.timeMs });
      case "ack":
        return this.#reports.ack(message);
      case "status":
        return this.#receiveStatus(message.status, this.#hello.node);
      case "pong":
        return; // that it came is what counts
    }
  }

  #receiveHello(hello: Hello): void {
    if (this.#hello !== undefined) return this.#close("protocolError", "hello twice");
    const refusal = this.#options.refusalOf(hello);
    if (refusal !== undefined) return this.#reject(refusal.code, refusal.text);
    const fault = reachFault(hello, this.#reach);
    if (fault !== undefined) return this.#reject("type", fault);
    const chosen = chooseLevel(hello);
    if ("fault" in chosen) return this.#reject("version", chosen.fault);
    this.#hello = hello;
    this.#serve(hello, chosen.level).catch((error: unknown) => this.#fail(error));
  }

  #receiveStatus(status: AgentStatus, node: string): void {
    if (status.node !== node)
      return this.#close("protocolError", `status.node: must be ${node}, as in the hello, got ${status.node}`);
    this.#reports.report(status);
  }

  async #serve({ type, scope, node, encodings, resume }: Hello, schemaLevel: number): Promise<void> {
    const { source, build, server } = this.#options;
    if (!source.isConnected()) return this.#reject("notReady", "the database can't be reached", 1_000);
    const view = viewOf({ type, scope }, schemaLevel, this.#reach === "node" ? node : undefined);
    const scopeDigest = view.digest(node);
    const encoding = schemaLevel < 2 ? "json" : chooseEncoding(encodings); // level 1 knows text frames alone
    const isOurs = resume !== undefined && resume.epoch === source.epoch && resume.scopeDigest === scopeDigest;
    const head = isOurs ? await this.#headFrom(resume.revision) : await source.head();
    if (isOurs && head < resume.revision) return this.#reject("busy", "this server lags behind", 1_000);
    this.#outbox.send({
      t: "welcome",
      server,
      build,
      schemaLevel,
      epoch: source.epoch,
      head,
      mode: isOurs ? "resume" : "snapshot",
      encoding,
      scopeDigest,
      pingIntervalMs: PING_MS,
    });
    const outbox = this.#outbox;
    const listener: Listener = {
      view,
      encoding,
      node,
      revision: resume?.revision ?? 0,
      send: (frames) => outbox.frames(frames),
      get lags() {
        return outbox.lags;
      },
    };
    if (!isOurs) await this.#sendSnapshot(listener);
    // What goes to many does not begin exactly where each of them stands: the first clients ask for that.
    await this.#follow(listener, { isAlone: schemaLevel < 2 });
  }

  /** The head, waited for a while if this process has not come as far as another that the client left. */
  async #headFrom(revision: number): Promise<number> {
    for (let waited = 0; ; waited += 100) {
      const head = await this.#options.source.head();
      if (head >= revision || waited >= LAG_MS || this.#abort.signal.aborted) return head;
      await delay(100);
    }
  }

  async #follow(listener: Listener, { isAlone }: { readonly isAlone: boolean }): Promise<void> {
    const { broadcast } = this.#options;
    const { signal } = this.#abort;
    this.#tellInSync();
    let isLevel = !isAlone && broadcast.isLevelWith(listener.revision);
    while (!signal.aborted) {
      try {
        isLevel ||= await this.#catchUp(listener, () => !isAlone && broadcast.isLevelWith(listener.revision));
        if (!isLevel) return signal.aborted ? undefined : this.#close("draining", "the store closes");
        await broadcast.attend(listener, signal);
        isLevel = false;
        await this.#outbox.drained();
      } catch (error) {
        if (!(error instanceof StatusError) || error.reason !== "Expired") throw error;
        await this.#sendSnapshot(listener); // it was away longer than the log reaches back
        this.#tellInSync();
      }
    }
  }

  /** Follows the source alone, as fast as the client reads; false when the source ends before the client has come far enough. */
  async #catchUp(listener: Listener, isEnough: () => boolean): Promise<boolean> {
    const end = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, end.signal]);
    const since = listener.revision;
    try {
      for await (const step of stepsOf(this.#options.source.follow({ since, signal }), since)) {
        await this.#tell(listener, step);
        if (isEnough()) return true;
      }
      return false;
    } finally {
      end.abort();
    }
  }

  async #tell(listener: Listener, step: Step): Promise<void> {
    const { view, encoding, node, revision: fromRev } = listener;
    const round = await roundOf(step, view);
    const frames = (await framesOf(round, { fromRev, encoding, nodes: new Set([node]) }))(node);
    if (frames.length > 0) this.#outbox.frames(frames);
    else this.#outbox.send({ t: "bookmark", revision: step.toRev });
    listener.revision = step.toRev;
    await this.#outbox.drained();
  }

  async #sendSnapshot(listener: Listener): Promise<void> {
    const { snapshots, snapshotGate } = this.#options;
    const { view, encoding, node } = listener;
    if (this.#abort.signal.aborted) return;
    if (!snapshotGate.enter(node)) {
      this.#reject("busy", "too many snapshots are on their way", 500 + Math.floor(Math.random() * 4_500));
      throw new StatusError("TooManyRequests", "too many snapshots");
    }
    try {
      const snapshot = await snapshots.take(view, encoding);
      await this.#keepingPace(() => this.#writeSnapshot(snapshot, node));
      listener.revision = snapshot.revision;
    } finally {
      snapshotGate.leave(node);
    }
  }

  async #writeSnapshot(snapshot: Snapshot, node: string): Promise<void> {
    const { revision } = snapshot;
    this.#outbox.send({ t: "snapshotBegin", revision, objects: snapshot.objects(node) });
    const turn = turns();
    for (const frame of snapshot.frames(node)) {
      this.#outbox.frames([frame]);
      await this.#outbox.drained(UNREAD_BYTES);
      if (this.#abort.signal.aborted) return;
      await turn();
    }
    this.#outbox.send({ t: "snapshotEnd", revision });
  }

  /** Cuts the client off where it reads too slowly for the place that it holds meanwhile. */
  async #keepingPace(work: () => Promise<void>): Promise<void> {
    const [startedAt, sent] = [Date.now(), this.#outbox.sent];
    const timer = setInterval(() => {
      if (isTooSlow({ heldMs: Date.now() - startedAt, bytes: this.#outbox.sent - sent }))
        this.#outbox.cut("too little of the snapshot was read");
    }, SECOND_MS);
    await work().finally(() => clearInterval(timer));
  }

  #tellInSync(): void {
    this.#outbox.send({ t: "state", state: "inSync", upstreamAgeMs: 0 });
  }

  #checkAlive(): void {
    if (Date.now() - this.#lastHeardAt > DEAD_MS) this.#options.socket.terminate();
    else this.ping();
  }

  #reject(code: RejectCode, text: string, retryAfterMs?: number): void {
    this.#close(code, text, { t: "reject", code, text, ...(retryAfterMs !== undefined && { retryAfterMs }) });
  }

  #fail(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    this.#options.log.warn("stream ended", { node: this.node, error });
    const isDown = error instanceof StatusError && error.reason === "ServiceUnavailable";
    this.#close(isDown ? "notReady" : "protocolError", error instanceof Error ? error.message : "failed");
  }

  #close(code: keyof typeof CloseCode, text: string, last?: Reject): void {
    this.#outbox.close(CloseCode[code], text, last);
    this.#options.socket.resume(); // for its answer to that
    this.#abort.abort();
  }
}
