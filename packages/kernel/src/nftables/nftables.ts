import { isKernelError, KernelError } from "../addon.ts";
import { attributes, eachAttribute, text } from "../netlink/reader.ts";
import type { Message } from "../netlink/reader.ts";
import {
  isAck,
  lastOf,
  NETLINK_NETFILTER,
  NetlinkSocket,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  readAck,
} from "../netlink/socket.ts";
import type { Ack } from "../netlink/socket.ts";
import { MessageWriter } from "../netlink/writer.ts";
import { familyCode, listedSetForm, MSG, NftBatch } from "./batch.ts";
import { attributesIdentity, exprsIdentity } from "./identity.ts";
import { commentOf } from "./pack.ts";
import type { Family, Hook } from "./model.ts";

/** `netlinkSend` gives a batch a whole send buffer; the receive buffer must hold one error per message. */
const RECEIVE_BYTES = 32 * 1024 * 1024;

/** From this size on the kernel's work would hold the event loop for milliseconds; another thread's costs a fraction of one. */
const ASIDE_BYTES = 64 * 1024;

export interface ListedTable {
  /** See `TABLE_FLAG`. */
  readonly flags: number;
  /** Port of the socket that owns it; 0 if none does. */
  readonly owner: number;
}

export interface ListedChain {
  readonly family: Family;
  readonly name: string;
  /** Base chains only: what decides when it runs and what becomes of packets that reach its end. */
  readonly base?: Hook & { readonly policy: "accept" | "drop" };
  readonly comment: string;
  /** What else decides and is never ours (devices, offload); "" for none. */
  readonly extra: string;
}

export interface ListedRule {
  readonly family: Family;
  readonly chain: string;
  readonly handle: bigint;
  /** As `identitiesOf` tells it. */
  readonly identity: string;
}

export interface ListedSet {
  readonly name: string;
  /** Made by a rule for itself; goes with it. */
  readonly isAnonymous: boolean;
  /** As `setForm` tells it. */
  readonly form: string;
}

/** Raw key bytes as latin1 text, so that they can be compared and looked up. */
export interface ListedElement {
  readonly key: string;
  /** Intervals only. */
  readonly keyEnd: string;
  /** Verdict maps only: `goto filter-cali-…`. */
  readonly verdict: string;
  /** What else decides and is never ours (catch-all, timeout, limits); "" for none. */
  readonly extra: string;
}

/** What became of a batch. `unknown`: the kernel's answer was lost; look before doing more. */
export type BatchOutcome<Owner = unknown> =
  | { readonly kind: "committed" }
  | { readonly kind: "refused"; readonly errors: readonly (Ack & { readonly owner: Owner | undefined })[] }
  | { readonly kind: "unknown"; readonly detail: string };

/**
 * nftables of one network namespace, one table name in both families. Close it.
 *
 * A listing may be torn by a change that comes meanwhile. The kernel says so of any change in the namespace, which with a busy
 * neighbour is always; whether our own table changed is for the notifications (NftWatch) to tell.
 */
export class Nftables<Owner = unknown> {
  readonly socket: NetlinkSocket;
  /** The one begun last. */
  batch: NftBatch<Owner>;
  /** Written while the other is on its way. */
  #spare: NftBatch<Owner> | undefined;
  #sending: NftBatch<Owner> | undefined;
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

  /** Also while a batch is on its way. */
  begin(): NftBatch<Owner> {
    // Far from the sequence numbers of dumps, with room for the longest batch.
    this.#firstSeq = this.#firstSeq > 0x7000_0000 ? 0x1000_0000 : this.#firstSeq + this.batch.count + 2;
    if (this.batch === this.#sending)
      [this.batch, this.#spare] = [this.#spare ?? new NftBatch<Owner>(this.#table), this.batch];
    this.batch.begin(this.#firstSeq);
    return this.batch;
  }
  #firstSeq = 0x1000_0000;

  /** Sends the batch. The kernel commits inside the call, so the outcome is known when it has returned. Until then nothing else is asked. */
  async commit(): Promise<BatchOutcome<Owner>> {
    const { batch } = this;
    const call = `commit nftables batch of ${batch.count} messages`;
    batch.end();
    if (batch.count === 0) return { kind: "committed" };
    const errors: (Ack & { owner: Owner | undefined })[] = [];
    let answers = 0;
    try {
      if (batch.writer.length < ASIDE_BYTES) this.socket.send(batch.writer, call);
      else {
        this.#sending = batch;
        await this.socket.sendAside(batch.writer, call);
      }
      for (const message of this.socket.pending(call)) {
        if (!isAck(message)) continue;
        answers++;
        const ack = readAck(message);
        if (ack.errno !== 0) errors.push({ ...ack, owner: batch.ownerOf(ack.seq) });
      }
    } catch (error) {
      if (!isKernelError(error, "ENOBUFS")) throw error;
      return { kind: "unknown", detail: "the kernel had more errors to tell than the receive buffer holds" };
    } finally {
      this.#sending = undefined;
    }
    if (errors.length > 0) return { kind: "refused", errors };
    return answers > 0 ? { kind: "committed" } : { kind: "unknown", detail: "no acknowledgement came" };
  }

  /** The batch is over: gives back what an unusually large one took. */
  release(): void {
    this.batch.writer.clear();
    this.#spare = undefined;
  }

  /** undefined: there is none. */
  table(family: Family): ListedTable | undefined {
    const w = this.#request(MSG.getTable, NLM_F_REQUEST, familyCode(family));
    w.string(1, this.#table);
    w.end();
    const call = "read the nftables table";
    this.socket.send(w, call);
    let table: ListedTable | undefined;
    for (const message of this.socket.pending(call)) {
      if (isAck(message)) {
        const { errno } = readAck(message);
        if (errno !== 0 && errno !== ENOENT) throw new KernelError(call, errno);
      }
      if (message.type !== MSG.newTable) continue;
      const { buffer } = message;
      const a = attributes(buffer, message.start + 4, message.end);
      const number = (type: number) => (a.has(type) ? buffer.readUInt32BE(a.get(type)!.start) : 0);
      table = { flags: number(2), owner: number(7) };
    }
    return table;
  }

  chains(family: Family): ListedChain[] {
    return this.#dump(MSG.getChain, family, "list chains", [], (message) => {
      if (!this.#isOurs(message, 1)) return undefined;
      return readChain(message, family);
    });
  }

  /** Of one chain, or of the whole table; in order within each chain. */
  rules(family: Family, chain?: string): ListedRule[] {
    return lastOf(this.ruleSteps(family, chain));
  }

  /** The same step by step; until the last nothing else may be asked. */
  ruleSteps(family: Family, chain?: string): Generator<undefined, ListedRule[]> {
    const filters: [number, string][] = [[1, this.#table]];
    if (chain !== undefined) filters.push([2, chain]);
    return this.#dumpSteps(MSG.getRule, family, "list rules", filters, ({ buffer, start, end }) => {
      let [table, name, comment, exprs] = ["", "", "", ""];
      let handle = 0n;
      eachAttribute(buffer, start + 4, end, (type, from, to) => {
        if (type === 1) table = text(buffer, { start: from, end: to });
        else if (type === 2) name = text(buffer, { start: from, end: to });
        else if (type === 3) handle = buffer.readBigUInt64BE(from);
        else if (type === 4) exprs = exprsIdentity(buffer, from, to);
        else if (type === 7) comment = commentOf(buffer.subarray(from, to));
      });
      return table === this.#table ? { family, chain: name, handle, identity: `${comment}\0${exprs}` } : undefined;
    });
  }

  sets(family: Family): ListedSet[] {
    return this.#dump(MSG.getSet, family, "list sets", [[1, this.#table]], (message) => {
      if (!this.#isOurs(message, 1)) return undefined;
      const { buffer, start, end } = message;
      const a = attributes(buffer, start + 4, end);
      const flags = a.has(3) ? buffer.readUInt32BE(a.get(3)!.start) : 0;
      const form = listedSetForm(buffer, start + 4, end);
      return { name: text(buffer, a.get(2)!), isAnonymous: (flags & 1) !== 0, form };
    });
  }

  elements(family: Family, set: string): ListedElement[] {
    return lastOf(this.elementSteps(family, set));
  }

  /** The same step by step; until the last nothing else may be asked. */
  *elementSteps(family: Family, set: string): Generator<undefined, ListedElement[]> {
    const filters: [number, string][] = [
      [1, this.#table],
      [2, set],
    ];
    const elements: ListedElement[] = [];
    const call = `list elements of ${set}`;
    const parts = yield* this.#dumpSteps(MSG.getElements, family, call, filters, ({ buffer, start, end }) => {
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

  #dump<T>(...what: Dump<T>): T[] {
    return lastOf(this.#dumpSteps(...what));
  }

  *#dumpSteps<T>(...[type, family, call, filters, parse]: Dump<T>): Generator<undefined, T[]> {
    const write = (seq: number): MessageWriter => {
      const w = this.#request(type, NLM_F_REQUEST | NLM_F_DUMP, familyCode(family), seq);
      for (const [attribute, value] of filters) w.string(attribute, value);
      w.end();
      return w;
    };
    try {
      return yield* this.socket.dumpSteps(write, call, parse, "keep");
    } catch (error) {
      if (error instanceof KernelError && error.code === "ENOENT") return []; // no such table or set: nothing in it
      throw error;
    }
  }
}

type Dump<T> = readonly [
  type: number,
  family: Family,
  call: string,
  filters: readonly (readonly [number, string])[],
  parse: (message: Message) => T | undefined,
];

const ENOENT = 2;
const HOOK_NAMES: readonly Hook["hook"][] = ["prerouting", "input", "forward", "output", "postrouting"];

function readChain({ buffer, start, end }: Message, family: Family): ListedChain {
  const a = attributes(buffer, start + 4, end);
  const name = text(buffer, a.get(3)!);
  const nest = a.get(4);
  const flags = a.get(10);
  const extra = flags !== undefined && (buffer.readUInt32BE(flags.start) & OFFLOAD) !== 0 ? "offload" : "";
  const userdata = a.get(12);
  const comment = userdata === undefined ? "" : commentOf(buffer.subarray(userdata.start, userdata.end));
  if (nest === undefined) return { family, name, comment, extra };
  const h = attributes(buffer, nest.start, nest.end);
  const base = {
    hook: HOOK_NAMES[buffer.readUInt32BE(h.get(1)!.start)]!,
    type: text(buffer, a.get(7)!) as Hook["type"], // nftables knows no others
    priority: buffer.readInt32BE(h.get(2)!.start),
    policy: a.has(5) && buffer.readUInt32BE(a.get(5)!.start) === 0 ? "drop" : "accept",
  } as const;
  return { family, name, base, comment, extra: extra + attributesIdentity(buffer, nest.start, nest.end, [1, 2]) };
}

const OFFLOAD = 2;

function readElement(buffer: Buffer, start: number, end: number): ListedElement {
  let [key, keyEnd, verdict, extra] = ["", "", "", ""];
  eachAttribute(buffer, start, end, (type, from, to) => {
    if (type === 1) key = buffer.toString("latin1", from + 4, to);
    else if (type === 10) keyEnd = buffer.toString("latin1", from + 4, to);
    else if (type === 2) verdict = readVerdict(buffer, from, to);
    else if (!HARMLESS_ELEMENT_ATTRIBUTES.has(type))
      extra += String.fromCharCode(type) + buffer.toString("latin1", from, to);
  });
  return { key, keyEnd, verdict, extra };
}

/** Expiration goes with a timeout, userdata and padding with nothing. */
const HARMLESS_ELEMENT_ATTRIBUTES: ReadonlySet<number> = new Set([5, 6, 8]);
const VERDICTS: Readonly<Record<number, string>> = {
  0: "drop",
  1: "accept",
  [-3]: "jump",
  [-4]: "goto",
  [-5]: "return",
};

function readVerdict(buffer: Buffer, start: number, end: number): string {
  const nest = attributes(buffer, start, end).get(2);
  if (nest === undefined) return `value ${buffer.toString("latin1", start, end)}`;
  const a = attributes(buffer, nest.start, nest.end);
  const word = VERDICTS[buffer.readInt32BE(a.get(1)!.start)] ?? "strange";
  const chain = a.get(2);
  return chain === undefined ? word : `${word} ${text(buffer, chain)}`;
}
