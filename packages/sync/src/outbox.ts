import type { WebSocket } from "ws";
import { CloseCode, closeReason } from "@percale/protocol";
import type { Ping, Reject, ServerMessage } from "@percale/protocol";
import type { Frame } from "./frames.ts";

const PAUSE_BYTES = 1024 * 1024;
const STUCK_MS = 120_000;

/**
 * What goes to one client, in order and never faster than it reads: what it has no room for waits here, and whoever has more to send waits
 * for `drained`. So a slow client costs reads, not memory: frames that wait are shared with all others.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #onSend: (kind: string) => void;
  readonly #waiting: Frame[] = [];
  /** Those who wait until the client has read more, or reads no more. */
  readonly #waiters: (() => void)[] = [];
  #sent = 0;

  constructor(socket: WebSocket, onSend: (kind: string) => void) {
    this.#socket = socket;
    this.#onSend = onSend;
    socket.on("close", () => this.#wake());
  }

  /** It has not taken most of what it was sent. */
  get lags(): boolean {
    return this.#hasMore(PAUSE_BYTES);
  }

  /** Bytes that the socket was given so far. */
  get sent(): number {
    return this.#sent;
  }

  send(message: Exclude<ServerMessage, Reject | Ping | { t: "put" | "delta" }>): void {
    this.frames([frameOfMessage(message)]);
  }

  /** Said to those alone who keep up: who does not read what it was sent is neither asked nor answered, and so can't pile up either. */
  beat(message: Ping): void {
    if (!this.lags) this.frames([frameOfMessage(message)]);
  }

  /** In order; may be called while others wait. */
  frames(frames: Iterable<Frame>): void {
    if (!this.#isOpen) return;
    this.#waiting.push(...frames);
    while (this.#socket.bufferedAmount <= PAUSE_BYTES) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return;
      this.#write(frame);
    }
  }

  /** Waits until the client has taken all but `most` bytes of what it was sent; one that takes nothing for two minutes is cut off. */
  async drained(most = PAUSE_BYTES): Promise<void> {
    while (this.#isOpen && this.#hasMore(most)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiters.push(resolve);
      const stuck = setTimeout(() => this.cut("nothing was read for two minutes"), STUCK_MS);
      await promise;
      clearTimeout(stuck);
    }
  }

  /** The end, with a last word that overtakes what still waits. */
  close(code: number, text: string, last?: Reject): void {
    this.#waiting.length = 0;
    if (last !== undefined && this.#isOpen) this.#write(frameOfMessage(last));
    this.#socket.close(code, closeReason(text));
    this.#wake();
  }

  /** The end for one that reads too slowly: it would not read why either. */
  cut(why: string): void {
    this.close(CloseCode.slow, why);
    this.#socket.terminate();
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #hasMore(most: number): boolean {
    return this.#waiting.length > 0 || this.#socket.bufferedAmount > most;
  }

  #write({ kind, data, isBinary }: Frame): void {
    this.#sent += data.length;
    this.#socket.send(data, { binary: isBinary }, this.#onTaken);
    this.#onSend(kind);
  }

  readonly #onTaken = (): void => {
    this.frames([]);
    this.#wake();
  };

  #wake(): void {
    for (let resolve = this.#waiters.pop(); resolve !== undefined; resolve = this.#waiters.pop()) resolve();
  }
}

function frameOfMessage(message: Exclude<ServerMessage, { t: "put" | "delta" }>): Frame {
  return { kind: message.t, data: Buffer.from(JSON.stringify(message)), isBinary: false };
}
