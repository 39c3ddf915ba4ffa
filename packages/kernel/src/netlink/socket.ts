import { addon, checked, KernelError } from "../addon.ts";
import { netnsPath } from "../netns.ts";
import { eachAttribute, messages, text } from "./reader.ts";
import type { Message } from "./reader.ts";
import type { MessageWriter } from "./writer.ts";

export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;

export const NLM_F_REQUEST = 1;
export const NLM_F_ACK = 4;
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;
const NLM_F_DUMP_INTR = 0x10;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;

const RECEIVE_BYTES = 256 * 1024;
const REPLY_TIMEOUT_MS = 5_000;
const DUMP_ATTEMPTS = 20;

/** What the kernel said about one message. */
export interface Ack {
  readonly seq: number;
  /** 0 for success. */
  readonly errno: number;
  readonly message?: string;
  /** Where in the message the refused attribute starts. */
  readonly offset?: number;
}

/**
 * One netlink socket. The kernel handles a request inside `send`, so its answer is already there when that returns: calls
 * are synchronous and take microseconds. Close it; it holds a descriptor.
 */
export class NetlinkSocket {
  readonly fd: number;
  /** This socket's address: `Message.port` of what it caused itself. */
  readonly port: number;
  readonly #buffer = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
  #seq = 1;
  #watch: unknown;
  #closed = false;

  constructor(options: {
    readonly protocol: number;
    readonly netns?: string | undefined;
    readonly sendBytes?: number;
    readonly receiveBytes?: number;
  }) {
    const path = options.netns === undefined ? undefined : netnsPath(options.netns);
    const { sendBytes = 0, receiveBytes = 1024 * 1024 } = options;
    const where = options.netns === undefined ? "" : ` in ${options.netns}`;
    this.fd = checked(
      `open netlink socket${where}`,
      addon().netlinkOpen(options.protocol, path, sendBytes, receiveBytes),
    );
    this.port = checked("netlink port", addon().netlinkPort(this.fd));
  }

  nextSeq(): number {
    this.#seq = this.#seq >= 0x7fff_ffff ? 1 : this.#seq + 1;
    return this.#seq;
  }

  /** Sends what the writer holds, in one datagram. */
  send(writer: MessageWriter, call: string): void {
    checked(call, addon().netlinkSend(this.fd, writer.bytes, writer.length));
  }

  /** The same beside the event loop, for what the kernel takes long over. The writer is left alone, and nothing else sent, until then. */
  async sendAside(writer: MessageWriter, call: string): Promise<void> {
    checked(call, await addon().netlinkSendAside(this.fd, writer.bytes, writer.length));
  }

  /** One request with NLM_F_ACK; throws KernelError if it is refused. `seq` is that of its message. */
  request(writer: MessageWriter, seq: number, call: string): void {
    this.send(writer, call);
    for (;;) {
      for (const message of this.#receive(call, REPLY_TIMEOUT_MS)) {
        if (message.seq !== seq || message.type !== NLMSG_ERROR) continue;
        const ack = readAck(message);
        if (ack.errno !== 0) throw new KernelError(call, ack.errno, ack.message);
        return;
      }
    }
  }

  /**
   * Everything a dump holds, parsed while the bytes are there. `interrupted`: when the table changed under it, start over, or
   * keep what came because the caller knows better whether that matters.
   */
  dump<T>(
    write: (seq: number) => MessageWriter,
    call: string,
    parse: (message: Message) => T | undefined,
    interrupted: "retry" | "keep" = "retry",
  ): T[] {
    return lastOf(this.dumpSteps(write, call, parse, interrupted));
  }

  /** The same a datagram at a time. Until the last nothing else may be asked of this socket. */
  *dumpSteps<T>(
    write: (seq: number) => MessageWriter,
    call: string,
    parse: (message: Message) => T | undefined,
    interrupted: "retry" | "keep" = "retry",
  ): Generator<undefined, T[]> {
    for (let attempt = 1; ; attempt++) {
      const seq = this.nextSeq();
      this.send(write(seq), call);
      const { items, end } = yield* this.#readDump(seq, call, parse);
      if (end === "whole" || (end === "torn" && interrupted === "keep")) return items;
      if (attempt >= DUMP_ATTEMPTS) throw new KernelError(call, 4, `the table kept changing during ${attempt} dumps`);
    }
  }

  /** All answers that wait now; throws ENOBUFS when the kernel had to drop some. */
  *pending(call: string): Generator<Message> {
    for (;;) {
      const got = addon().netlinkReceive(this.fd, this.#buffer, 0);
      if (got === -11) return;
      yield* messages(this.#buffer, checked(call, got));
    }
  }

  join(group: number): void {
    checked(`join netlink group ${group}`, addon().netlinkMembership(this.fd, group, true));
  }

  leave(group: number): void {
    checked(`leave netlink group ${group}`, addon().netlinkMembership(this.fd, group, false));
  }

  /** Calls back when something can be read; read all of it with `pending`. Keeps the process alive only if asked. */
  onReadable(callback: () => void, options: { readonly keepAlive?: boolean } = {}): void {
    const handle = addon().pollStart(this.fd, callback, options.keepAlive ?? false);
    if (typeof handle === "number") checked("poll netlink socket", handle);
    this.#watch = handle;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#watch !== undefined) addon().pollStop(this.#watch);
    addon().closeFd(this.fd);
  }

  /** How it ended: `torn` holds everything that the kernel had to say, of a table that changed meanwhile; `cut` does not. */
  *#readDump<T>(
    seq: number,
    call: string,
    parse: (message: Message) => T | undefined,
  ): Generator<undefined, { readonly items: T[]; readonly end: "whole" | "torn" | "cut" }> {
    const items: T[] = [];
    let end: "whole" | "torn" = "whole";
    for (;;) {
      yield;
      for (const message of this.#receive(call, REPLY_TIMEOUT_MS)) {
        if (message.seq !== seq) continue;
        if ((message.flags & NLM_F_DUMP_INTR) !== 0) end = "torn";
        if (message.type === NLMSG_ERROR) {
          const ack = readAck(message);
          if (ack.errno === 4 || ack.errno === 11) return { items, end: "cut" };
          throw new KernelError(call, ack.errno, ack.message);
        }
        if (message.type === NLMSG_DONE) {
          const status = message.end - message.start >= 4 ? message.buffer.readInt32LE(message.start) : 0;
          if (status < 0 && status !== -4 && status !== -11) throw new KernelError(call, -status);
          return { items, end: status < 0 ? "cut" : end };
        }
        const item = parse(message);
        if (item !== undefined) items.push(item);
      }
    }
  }

  #receive(call: string, timeoutMs: number): Generator<Message> {
    const got = addon().netlinkReceive(this.fd, this.#buffer, timeoutMs);
    return messages(this.#buffer, checked(call, got));
  }
}

/** Runs all steps at once. */
export function lastOf<T>(steps: Iterator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Reads an NLMSG_ERROR, which is also how success is told. */
export function readAck({ buffer, start, end, flags }: Message): Ack {
  const errno = -buffer.readInt32LE(start);
  const seq = buffer.readUInt32LE(start + 12);
  if ((flags & NLM_F_ACK_TLVS) === 0) return { seq, errno };
  const echoed = (flags & NLM_F_CAPPED) !== 0 ? 16 : (buffer.readUInt32LE(start + 4) + 3) & ~3;
  let ack: Ack = { seq, errno };
  eachAttribute(buffer, start + 4 + echoed, end, (type, from, to) => {
    if (type === 1) ack = { ...ack, message: text(buffer, { start: from, end: to }) };
    if (type === 2) ack = { ...ack, offset: buffer.readUInt32LE(from) };
  });
  return ack;
}

export function isAck(message: Message): boolean {
  return message.type === NLMSG_ERROR;
}
