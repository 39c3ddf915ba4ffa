import type { WebSocket } from "ws";
import { CloseCode } from "@percale/protocol";
import type { ServerMessage } from "@percale/protocol";
import { encodeObject } from "../bodies/encode.ts";

const PAUSE_BYTES = 1024 * 1024;
const POLL_MS = 20;
const STUCK_MS = 120_000;
const MAX_PUT_BYTES = 256 * 1024;
const MAX_PUT_OBJECTS = 1_000;

type Objects = Extract<ServerMessage, { t: "put" }>["objects"];
type Delta = Extract<ServerMessage, { t: "delta" }>;

/**
 * What goes to one client, never faster than it reads: while it lags nothing more is taken from the store, which keeps
 * the log for it. So a slow client costs reads, not memory.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #onSend: (kind: string) => void;

  constructor(socket: WebSocket, onSend: (kind: string) => void) {
    this.#socket = socket;
    this.#onSend = onSend;
  }

  send(message: Exclude<ServerMessage, { t: "put" | "delta" }>): void {
    this.#write(message.t, JSON.stringify(message));
  }

  /** In as many messages as their sizes ask for. */
  async putAll(objects: Objects): Promise<void> {
    let batch: string[] = [];
    let bytes = 0;
    const flush = async (): Promise<void> => {
      if (batch.length === 0) return;
      this.#write("put", `{"t":"put","objects":[${batch.join(",")}]}`);
      batch = [];
      bytes = 0;
      await this.drained();
    };
    for (const object of objects) {
      const text = encodeObject(object);
      if (batch.length === MAX_PUT_OBJECTS || bytes + text.length > MAX_PUT_BYTES) await flush();
      batch.push(text);
      bytes += text.length;
    }
    await flush();
  }

  /** A delta of any size, in parts that say that more follow. */
  async delta({ fromRev, toRev, puts, deletes }: Omit<Delta, "t" | "more">): Promise<void> {
    const parts = split(puts.map(encodeObject));
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const gone = isLast ? JSON.stringify(deletes) : "[]";
      const more = isLast ? "" : ',"more":true';
      this.#write(
        "delta",
        `{"t":"delta","fromRev":${fromRev},"toRev":${toRev},"puts":[${part.join(",")}],"deletes":${gone}${more}}`,
      );
    }
    await this.drained();
  }

  /** Waits until the client has taken most of what it was sent; one that takes nothing for two minutes is cut off. */
  async drained(): Promise<void> {
    let best = this.#socket.bufferedAmount;
    for (let stuck = 0; this.#isOpen() && this.#socket.bufferedAmount > PAUSE_BYTES; stuck += POLL_MS) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (this.#socket.bufferedAmount < best) {
        best = this.#socket.bufferedAmount;
        stuck = 0;
      }
      if (stuck >= STUCK_MS) {
        this.#socket.close(CloseCode.slow, "nothing was read for two minutes");
        this.#socket.terminate();
      }
    }
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #write(kind: string, text: string): void {
    if (!this.#isOpen()) return;
    this.#socket.send(text);
    this.#onSend(kind);
  }
}

function split(texts: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let bytes = 0;
  for (const text of texts) {
    const part = parts.at(-1)!;
    if (part.length > 0 && (bytes + text.length > MAX_PUT_BYTES || part.length === MAX_PUT_OBJECTS)) {
      parts.push([text]);
      bytes = text.length;
    } else {
      part.push(text);
      bytes += text.length;
    }
  }
  return parts;
}
