import { EventEmitter } from "node:events";

interface Heard {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** One end of a WebSocket without a network: what the other end would hear is kept, or left lying while that one reads nothing. */
export class MemorySocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  /** What was sent and read. */
  readonly heard: Heard[] = [];
  /** What was sent and not read. */
  readonly unread: (Heard & { readonly onRead: () => void })[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  #reads = true;
  /** What the other end said and this one does not read yet; undefined while it reads. */
  #held: Buffer[] | undefined;

  get bufferedAmount(): number {
    return this.unread.reduce((sum, { data }) => sum + data.length, 0);
  }

  /** Whether the other end reads. */
  set reads(reads: boolean) {
    this.#reads = reads;
    while (this.#reads && this.read());
  }

  /** The other end reads one frame, if there is one. */
  read(): boolean {
    const frame = this.unread.shift();
    if (frame !== undefined) this.#hear(frame);
    return frame !== undefined;
  }

  /** `onRead` is called once the frame is read, never before this returns. */
  send(
    data: string | Buffer,
    { binary = typeof data !== "string" }: { readonly binary?: boolean } = {},
    onRead: () => void = () => undefined,
  ): void {
    const frame = { data: typeof data === "string" ? Buffer.from(data) : data, isBinary: binary, onRead };
    if (this.#reads) this.#hear(frame);
    else this.unread.push(frame);
  }

  /** The other end says something. */
  say(message: object): void {
    this.#arrive(Buffer.from(JSON.stringify(message)));
  }

  /** This end reads no further. */
  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const data of held) this.#arrive(data);
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

  #arrive(data: Buffer): void {
    if (this.#held === undefined) this.emit("message", data, false);
    else this.#held.push(data);
  }

  #hear({ data, isBinary, onRead }: Heard & { readonly onRead: () => void }): void {
    const frame = { data, isBinary };
    this.heard.push(frame);
    this.emit("heard", frame);
    queueMicrotask(onRead);
  }
}
