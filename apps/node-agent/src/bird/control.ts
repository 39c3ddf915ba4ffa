import { createConnection } from "node:net";
import type { Socket } from "node:net";
import { ReplyReader } from "@percale/bgp";
import type { BirdReply } from "@percale/bgp";

const TIMEOUT_MS = 5_000;

/** It runs, or somebody holds its socket, and says nothing. */
export class BirdSilent extends Error {
  override readonly name = "BirdSilent";
}

/** One connection to BIRD's control socket: commands in, replies in order out. */
export class BirdControl {
  readonly #socket: Socket;
  readonly #reader = new ReplyReader();
  readonly #waiting: { resolve: (reply: BirdReply) => void; reject: (error: Error) => void }[] = [];
  readonly greeting: Promise<BirdReply>;
  /** Why nothing can be said any more. */
  #closed: Error | undefined;

  private constructor(path: string, onEvent: (line: string) => void) {
    this.#socket = createConnection(path);
    this.#socket.setEncoding("utf8");
    this.#socket.setTimeout(0);
    this.greeting = this.#next();
    this.#socket.on("data", (chunk: string) => {
      const { replies, events } = this.#reader.push(chunk);
      for (const reply of replies) this.#waiting.shift()?.resolve(reply);
      for (const event of events) onEvent(event);
    });
    const fail = (error?: Error): void => {
      this.#closed ??= error ?? new Error("BIRD closed the control socket");
      for (const { reject } of this.#waiting.splice(0)) reject(this.#closed);
    };
    this.#socket.on("error", fail);
    this.#socket.on("close", () => fail());
  }

  /** Rejects when nobody listens there, or who does says nothing. */
  static async open(path: string, onEvent: (line: string) => void = () => undefined): Promise<BirdControl> {
    const control = new BirdControl(path, onEvent);
    await control.#inTime(control.greeting, "a connection");
    return control;
  }

  async command(line: string): Promise<BirdReply> {
    if (this.#closed !== undefined) throw this.#closed;
    const reply = this.#next();
    this.#socket.write(`${line}\n`);
    return this.#inTime(reply, `"${line}"`);
  }

  onClose(listener: () => void): void {
    if (this.#closed === undefined) this.#socket.once("close", listener);
    else queueMicrotask(listener);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #inTime(reply: Promise<BirdReply>, what: string): Promise<BirdReply> {
    const timer = setTimeout(
      () => this.#socket.destroy(new BirdSilent(`BIRD did not answer ${what} in ${TIMEOUT_MS} ms`)),
      TIMEOUT_MS,
    );
    try {
      return await reply;
    } finally {
      clearTimeout(timer);
    }
  }

  async #next(): Promise<BirdReply> {
    const { promise, resolve, reject } = Promise.withResolvers<BirdReply>();
    this.#waiting.push({ resolve, reject });
    return promise;
  }
}
