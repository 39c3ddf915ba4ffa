import { isKernelError, KernelError } from "../addon.ts";
import { attributes, eachAttribute, text } from "../netlink/reader.ts";
import type { Message } from "../netlink/reader.ts";
import { isAck, NETLINK_NETFILTER, NetlinkSocket, NLM_F_DUMP, NLM_F_REQUEST, readAck } from "../netlink/socket.ts";
import type { Ack } from "../netlink/socket.ts";
import { MessageWriter } from "../netlink/writer.ts";
import { familyCode, MSG, NftBatch, ruleHash } from "./batch.ts";
import type { Family } from "./model.ts";

/** `netlinkSend` gives a batch a whole send buffer; the receive buffer must hold one error per message. */
const RECEIVE_BYTES = 32 * 1024 * 1024;

export interface ListedChain {
  readonly family: Family;
  readonly name: string;
  readonly isBase: boolean;
}

export interface ListedRule {
  readonly family: Family;
  readonly chain: string;
  readonly handle: bigint;
  /** "" if it carries none of ours. */
  readonly hash: string;
}

/** Raw key bytes as latin1 text, so that they can be compared and looked up. */
export interface ListedElement {
  readonly key: string;
  /** Intervals only. */
  readonly keyEnd: string;
  /** Verdict maps only: the target chain. */
  readonly chain: string;
}

/** What became of a batch. `unknown`: the kernel's answer was lost; look before doing more. */
export type BatchOutcome =
  | { readonly kind: "committed" }
  | { readonly kind: "refused"; readonly errors: readonly (Ack & { readonly owner: string | undefined })[] }
  /** Somebody changed the rule set since the dump that the batch was computed from. */
  | { readonly kind: "stale" }
  | { readonly kind: "unknown"; readonly detail: string };

/** nftables of one network namespace, one table name in both families. Close it. */
export class Nftables {
  readonly socket: NetlinkSocket;
  readonly batch: NftBatch;
  readonly #table: string;
  readonly #writer = new MessageWriter(1024);

  constructor(options: { readonly table: string; readonly netns?: string | undefined }) {
    this.#table = options.table;
    this.socket = new NetlinkSocket({
      protocol: NETLINK_NETFILTER,
      netns: options.netns,
      sendBytes: 32 * 1024 * 1024,
      receiveBytes: RECEIVE_BYTES,
    });
    this.batch = new NftBatch(options.table);
  }

  /** Goes up by one with every committed transaction of anybody in this namespace. */
  generation(): number {
    const w = this.#request(MSG.getGen, NLM_F_REQUEST, 0);
    w.end();
    this.socket.send(w, "read nftables generation");
    let generation = 0;
    for (const { type, buffer, start, end } of this.socket.pending("read nftables generation")) {
      if (type !== MSG.newGen) continue;
      const id = attributes(buffer, start + 4, end).get(1);
      if (id !== undefined) generation = buffer.readUInt32BE(id.start);
    }
    return generation;
  }

  begin(generation?: number): NftBatch {
    // Far from the sequence numbers of dumps, with room for the longest batch.
    this.#firstSeq = this.#firstSeq > 0x7000_0000 ? 0x1000_0000 : this.#firstSeq + this.batch.count + 2;
    this.batch.begin(this.#firstSeq, generation);
    return this.batch;
  }
  #firstSeq = 0x1000_0000;

  /** Sends the batch. The kernel commits inside the call, so the outcome is known when it returns. */
  commit(): BatchOutcome {
    const call = `commit nftables batch of ${this.batch.count} messages`;
    this.batch.end();
    if (this.batch.count === 0) return { kind: "committed" };
    const errors: (Ack & { owner: string | undefined })[] = [];
    let answers = 0;
    try {
      this.socket.send(this.batch.writer, call);
      for (const message of this.socket.pending(call)) {
        if (!isAck(message)) continue;
        answers++;
        const ack = readAck(message);
        if (ack.errno !== 0) errors.push({ ...ack, owner: this.batch.ownerOf(ack.seq) });
      }
    } catch (error) {
      if (!isKernelError(error, "ENOBUFS")) throw error;
      return { kind: "unknown", detail: "the kernel had more errors to tell than the receive buffer holds" };
    }
    if (errors.some((error) => error.errno === ERESTART)) return { kind: "stale" };
    if (errors.length > 0) return { kind: "refused", errors };
    return answers > 0 ? { kind: "committed" } : { kind: "unknown", detail: "no acknowledgement came" };
  }

  hasTable(family: Family): boolean {
    const names = this.#dump(MSG.getTable, family, "list tables", [], (message) =>
      this.#isOurs(message, 1) ? true : undefined,
    );
    return names.length > 0;
  }

  chains(family: Family): ListedChain[] {
    return this.#dump(MSG.getChain, family, "list chains", [], (message) => {
      if (!this.#isOurs(message, 1)) return undefined;
      const a = attributes(message.buffer, message.start + 4, message.end);
      const name = a.get(3);
      return name && { family, name: text(message.buffer, name), isBase: a.has(4) };
    });
  }

  /** Of one chain, or of the whole table; in order within each chain. */
  rules(family: Family, chain?: string): ListedRule[] {
    const filters: [number, string][] = [[1, this.#table]];
    if (chain !== undefined) filters.push([2, chain]);
    return this.#dump(MSG.getRule, family, "list rules", filters, ({ buffer, start, end }) => {
      let [table, name, hash] = ["", "", ""];
      let handle = 0n;
      eachAttribute(buffer, start + 4, end, (type, from, to) => {
        if (type === 1) table = text(buffer, { start: from, end: to });
        else if (type === 2) name = text(buffer, { start: from, end: to });
        else if (type === 3) handle = buffer.readBigUInt64BE(from);
        else if (type === 7) hash = ruleHash(buffer.subarray(from, to));
      });
      return table === this.#table ? { family, chain: name, handle, hash } : undefined;
    });
  }

  sets(family: Family): string[] {
    return this.#dump(MSG.getSet, family, "list sets", [[1, this.#table]], (message) => {
      if (!this.#isOurs(message, 1)) return undefined;
      const name = attributes(message.buffer, message.start + 4, message.end).get(2);
      return name && text(message.buffer, name);
    });
  }

  elements(family: Family, set: string): ListedElement[] {
    const filters: [number, string][] = [
      [1, this.#table],
      [2, set],
    ];
    const elements: ListedElement[] = [];
    const parts = this.#dump(MSG.getElements, family, `list elements of ${set}`, filters, ({ buffer, start, end }) => {
      const found: ListedElement[] = [];
      const list = attributes(buffer, start + 4, end).get(3);
      if (list !== undefined)
        eachAttribute(buffer, list.start, list.end, (_, s, e) => found.push(readElement(buffer, s, e)));
      return found;
    });
    for (const part of parts) for (const element of part) elements.push(element);
    return elements;
  }

  close(): void {
    this.socket.close();
  }

  #isOurs({ buffer, start, end }: Message, type: number): boolean {
    const name = attributes(buffer, start + 4, end).get(type);
    return name !== undefined && text(buffer, name) === this.#table;
  }

  #request(type: number, flags: number, family: number, seq = this.socket.nextSeq()): MessageWriter {
    this.#writer.clear();
    this.#writer.begin(type, flags, seq);
    this.#writer.word(family);
    return this.#writer;
  }

  #dump<T>(
    type: number,
    family: Family,
    call: string,
    filters: readonly (readonly [number, string])[],
    parse: (message: Message) => T | undefined,
  ): T[] {
    try {
      return this.socket.dump(
        (seq) => {
          const w = this.#request(type, NLM_F_REQUEST | NLM_F_DUMP, familyCode(family), seq);
          for (const [attribute, value] of filters) w.string(attribute, value);
          w.end();
          return w;
        },
        call,
        parse,
      );
    } catch (error) {
      if (error instanceof KernelError && error.code === "ENOENT") return []; // no such table or set: nothing in it
      throw error;
    }
  }
}

const ERESTART = 85;

function readElement(buffer: Buffer, start: number, end: number): ListedElement {
  let [key, keyEnd, chain] = ["", "", ""];
  eachAttribute(buffer, start, end, (type, from, to) => {
    if (type === 1) key = buffer.toString("latin1", from + 4, to);
    else if (type === 10) keyEnd = buffer.toString("latin1", from + 4, to);
    else if (type === 2)
      eachAttribute(buffer, from, to, (_, verdictStart, verdictEnd) => {
        const target = attributes(buffer, verdictStart, verdictEnd).get(2);
        if (target !== undefined) chain = text(buffer, target);
      });
  });
  return { key, keyEnd, chain };
}
