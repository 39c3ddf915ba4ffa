import { setTimeout as delay } from "node:timers/promises";
import type { WebSocket } from "ws";
import { CloseCode } from "@percale/protocol";
import type { ServerMessage } from "@percale/protocol";
import type { Frame } from "./frames.ts";

const PAUSE_BYTES = 1024 * 1024;
const POLL_MS = 20;
const STUCK_MS = 120_000;

/**
 * What goes to one client, never faster than it reads: what it has no room for waits here, and whoever has more to send waits for
 * `drained`. So a slow client costs reads, not memory: frames that wait are shared with all others.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #onSend: (kind: string) => void;
  readonly #waiting: Frame[] = [];

  constructor(socket: WebSocket, onSend: (kind: string) => void) {
    this.#socket = socket;
    this.#onSend = onSend;
  }

  /** It has not taken most of what it was sent. */
  get lags(): boolean {
    return this.#waiting.length > 0 || this.#isFull;
  }

  send(message: Exclude<ServerMessage, { t: "put" | "delta" }>): void {
    this.#write(message.t, JSON.stringify(message), false);
  }

  /** In order; may be called while others wait. */
  frames(frames: Iterable<Frame>): void {
    this.#waiting.push(...frames);
    while (!this.#isFull) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return;
      this.#write(frame.kind, frame.data, frame.isBinary);
    }
  }

  /** Waits until the client has taken most of what it was sent; one that takes nothing for two minutes is cut off. */
  async drained(): Promise<void> {
    let best = this.#socket.bufferedAmount;
    for (let stuck = 0; this.#isOpen() && this.lags; stuck += POLL_MS) {
      await delay(POLL_MS);
      if (this.#socket.bufferedAmount < best) stuck = 0;
      this.frames([]);
      best = this.#socket.bufferedAmount;
      if (stuck >= STUCK_MS) {
        this.#socket.close(CloseCode.slow, "nothing was read for two minutes");
        this.#socket.terminate();
      }
    }
  }

  get #isFull(): boolean {
    return this.#socket.bufferedAmount > PAUSE_BYTES;
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #write(kind: string, data: string | Buffer, isBinary: boolean): void {
    if (!this.#isOpen()) return;
    this.#socket.send(data, { binary: isBinary });
    this.#onSend(kind);
  }
}
