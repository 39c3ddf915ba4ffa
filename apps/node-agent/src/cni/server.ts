import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { dirname } from "node:path";
import type { Histogram } from "prom-client";
import { listenPrivately, newRequestId, runLoop, withRequestId } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { peerCredentials } from "@percale/kernel";
import type { Attacher } from "./attacher.ts";
import { refuseUnsupported } from "./config.ts";
import { CniCode } from "@percale/protocol";
import { CniError, toCniError } from "./errors.ts";
import { parseRequest, versionAsked } from "./request.ts";
import type { CniRequest } from "./request.ts";
import type { Readiness } from "./readiness.ts";
import { renderError, renderResult } from "./result.ts";

const MAX_REQUEST_BYTES = 2 * 1024 * 1024;
const READY_WAIT_MS = 10_000;
/** The queue is looked at this often: the API may be back, and a client that found nobody listening may have written to it since. */
const QUEUE_RETRY_MS = 5_000;

export interface CniServerOptions {
  readonly node: string;
  readonly path: string;
  readonly attacher: Pick<Attacher, "add" | "del" | "check" | "collect" | "drain">;
  readonly readiness: Readiness;
  readonly log: Logger;
  readonly seconds: Histogram<"operation" | "outcome">;
}

/** The daemon half of the CNI plugin: one request per connection on a unix socket that only root reaches. */
export class CniServer {
  readonly #options: CniServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #wasReady = false;
  #drained: Promise<void> | undefined;

  constructor(options: CniServerOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  async listen(): Promise<void> {
    const { path } = this.#options;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(path, { force: true });
    await listenPrivately(this.#server, path);
  }

  /** Does queued deletions, from when the node is ready until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, readiness } = this.#options;
    await runLoop({
      pass: async () => {
        if (this.#drained !== undefined) await this.#drain(signal);
        else if (this.#hasBeenReady()) await this.#drainedOnce(signal);
      },
      // Whoever drained first, a pass or an ADD: from then on the queue is only looked at now and then.
      changed: () => (this.#drained === undefined ? readiness.within(QUEUE_RETRY_MS) : new Promise(() => undefined)),
      onError: (error) => log.error("queued deletions could not be looked at", { error }),
      signal,
      resyncMs: QUEUE_RETRY_MS,
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    const chunks: Buffer[] = [];
    let size = 0;
    this.#sockets.add(socket.once("close", () => this.#sockets.delete(socket)));
    socket.once("end", () => {
      if (socket.listenerCount("data") > 0) socket.destroy(); // it went before it had said all
    });
    socket.on("error", (error) => this.#options.log.debug("CNI client went away", { error }));
    try {
      refuseStrangers(socket);
    } catch (error) {
      this.#options.log.warn("CNI client refused", { error });
      socket.destroy();
      return;
    }
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size < 4) return;
      const whole = Buffer.concat(chunks);
      const length = whole.readUInt32LE(0);
      if (length > MAX_REQUEST_BYTES) return void socket.destroy();
      if (whole.length < 4 + length) return undefined;
      socket.removeAllListeners("data");
      void this.#reply(socket, whole.subarray(4, 4 + length));
      return undefined;
    });
  }

  async #reply(socket: Socket, post: Buffer): Promise<void> {
    const requestId = newRequestId();
    const { code, text } = await withRequestId(requestId, () => this.#answer(post, requestId));
    const body = Buffer.from(text);
    const header = Buffer.alloc(8);
    header.writeUInt32LE(code, 0);
    header.writeUInt32LE(body.length, 4);
    socket.end(Buffer.concat([header, body]));
  }

  /** Exit code and stdout of one call. Never throws. */
  async #answer(post: Buffer, requestId: string): Promise<{ code: number; text: string }> {
    const { log, seconds } = this.#options;
    const startedAt = performance.now();
    let [operation, outcome] = ["unknown", "ok"];
    try {
      const request = parseRequest(post);
      operation = request.command;
      const result = await this.#serve(request);
      return { code: 0, text: result === undefined ? "" : `${JSON.stringify(result)}\n` };
    } catch (error) {
      outcome = "error";
      const known = toCniError(error);
      log.warn("CNI call failed", { operation, code: known.code, message: known.message, details: known.details });
      return { code: 1, text: `${JSON.stringify(renderError(versionAsked(post), known, requestId))}\n` };
    } finally {
      seconds.observe({ operation, outcome }, (performance.now() - startedAt) / 1000);
    }
  }

  async #serve(request: CniRequest): Promise<unknown> {
    const { attacher, node, readiness } = this.#options;
    switch (request.command) {
      case "ADD": {
        refuseUnsupported(request.config, node);
        await readiness.within(READY_WAIT_MS);
        const problem = readiness.problem();
        if (problem !== undefined) throw new CniError(CniCode.tryLater, "the node agent is not ready", problem);
        await this.#drainedOnce();
        return renderResult(request.cniVersion, await attacher.add(request));
      }
      case "DEL":
        if (!this.#hasBeenReady()) await readiness.within(READY_WAIT_MS);
        await attacher.del(request, { isReady: this.#hasBeenReady() });
        return undefined;
      case "CHECK":
        return attacher.check(request);
      case "GC":
        return attacher.collect(request);
      case "STATUS": {
        refuseUnsupported(request.config, node);
        const problem = readiness.problem();
        if (problem !== undefined) throw new CniError(CniCode.notAvailable, "no workload can be attached now", problem);
        return undefined;
      }
    }
  }

  /** What was queued while nobody listened comes before any new attachment: it may bear the same names. */
  #drainedOnce(stop?: AbortSignal): Promise<void> {
    return (this.#drained ??= this.#drain(stop));
  }

  /** Half a snapshot may show a handle without its block: nothing is released before the first one was whole. */
  #hasBeenReady(): boolean {
    this.#wasReady ||= this.#options.readiness.problem() === undefined;
    return this.#wasReady;
  }

  async #drain(stop?: AbortSignal): Promise<void> {
    try {
      await this.#options.attacher.drain(stop);
    } catch (error) {
      this.#options.log.warn("queued deletions failed, trying again", { error });
    }
  }
}

/** Only root and this process's own user may ask. */
function refuseStrangers(socket: Socket): void {
  const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd; // Node has no public way to the descriptor
  if (fd === undefined || fd < 0) return;
  const { uid } = peerCredentials(fd);
  if (uid !== 0 && uid !== process.getuid?.()) throw new Error(`user ${uid} may not use the CNI socket`);
}
