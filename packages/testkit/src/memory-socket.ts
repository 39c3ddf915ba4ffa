import { EventEmitter } from "node:events";

/** One end of a WebSocket without a network: what the other end would hear is kept, or left lying while that one reads nothing. */
export class MemorySocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  /** What was sent and read. */
  readonly heard: { readonly data: Buffer; readonly isBinary: boolean }[] = [];
  /** What was sent and not read. */
  readonly unread: { readonly data: Buffer; readonly isBinary: boolean }[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  #reads = true;

  get bufferedAmount(): number {
    return this.unread.reduce((sum, { data }) => sum + data.length, 0);
  }

  /** Whether the other end reads. */
  set reads(reads: boolean) {
    this.#reads = reads;
    if (reads) for (const frame of this.unread.splice(0)) this.#hear(frame);
  }

  send(data: string | Buffer, { binary = typeof data !== "string" }: { readonly binary?: boolean } = {}): void {
    const frame = { data: typeof data === "string" ? Buffer.from(data) : data, isBinary: binary };
    if (this.#reads) this.#hear(frame);
    else this.unread.push(frame);
  }

  /** The other end says something. */
  say(message: object): void {
    this.emit("message", Buffer.from(JSON.stringify(message)), false);
  }

  close(code = 1005, reason = ""): void {
    if (this.closed !== undefined) return;
    this.closed = { code, reason };
    this.readyState = 3;
    this.emit("close", code, Buffer.from(reason));
  }

  terminate(): void {
    this.close(1006);
  }

  #hear(frame: { readonly data: Buffer; readonly isBinary: boolean }): void {
    this.heard.push(frame);
    this.emit("heard", frame);
  }
}
