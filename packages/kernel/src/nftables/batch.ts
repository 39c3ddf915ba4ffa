import { NLM_F_ACK, NLM_F_APPEND, NLM_F_CREATE, NLM_F_REQUEST } from "../netlink/socket.ts";
import { MessageWriter, swap32 } from "../netlink/writer.ts";
import { attributes, eachAttribute } from "../netlink/reader.ts";
import { writeVerdict } from "./encode.ts";
import { attributesIdentity } from "./identity.ts";
import type { Family, Hook, NftChain, NftSet, Verdict } from "./model.ts";
import type { PackedRules } from "./pack.ts";
import { keyBytes } from "./model.ts";

const SUBSYSTEM = 10 << 8;
/** Flags of a table. Owner: nobody else may change it while our socket lives; persist: it outlives the socket. */
export const TABLE_FLAG = { dormant: 1, owner: 2, persist: 4 } as const;

export const MSG = {
  newTable: SUBSYSTEM,
  getTable: SUBSYSTEM | 1,
  delTable: SUBSYSTEM | 2,
  newChain: SUBSYSTEM | 3,
  getChain: SUBSYSTEM | 4,
  delChain: SUBSYSTEM | 5,
  newRule: SUBSYSTEM | 6,
  getRule: SUBSYSTEM | 7,
  delRule: SUBSYSTEM | 8,
  newSet: SUBSYSTEM | 9,
  getSet: SUBSYSTEM | 10,
  delSet: SUBSYSTEM | 11,
  newElements: SUBSYSTEM | 12,
  getElements: SUBSYSTEM | 13,
  delElements: SUBSYSTEM | 14,
  newGen: SUBSYSTEM | 15,
  getGen: SUBSYSTEM | 16,
} as const;

const BATCH_BEGIN = 16;
const BATCH_END = 17;
const HOOKS: Readonly<Record<Hook["hook"], number>> = {
  prerouting: 0,
  input: 1,
  forward: 2,
  output: 3,
  postrouting: 4,
};
const TYPE_VERDICT = 0xffff_ff00;
/** `data`: the type of what a key maps to, 0 for nothing. */
const SET_KINDS: Readonly<Record<NftSet["kind"], { flags: number; isConcat: boolean; data: number }>> = {
  hash: { flags: 0x80, isConcat: false, data: 0 },
  interval: { flags: 0x84, isConcat: true, data: 0 },
  vmap: { flags: 0x08, isConcat: false, data: TYPE_VERDICT },
};
/** Keeps one message, and the nest in it, below the 65,535 bytes that an attribute can hold. */
const ELEMENT_MESSAGE_BYTES = 60_000;
/** Tells nft how to print keys: userdata NFTNL_UDATA_SET_KEYBYTEORDER = host. */
const KEYS_IN_HOST_ORDER = Uint8Array.of(0, 4, 1, 0, 0, 0);
const CREATE = NLM_F_REQUEST | NLM_F_CREATE;

export function familyCode(family: Family): number {
  return family === 4 ? 2 : 10;
}

/**
 * One transaction: everything in it becomes true together or nothing does. Objects are written in the order of the calls;
 * a rule's sets and target chains come before it. Reusable: `begin` starts over in the same memory. `Owner`: whatever the caller
 * wants to be told of a message that is refused.
 */
export class NftBatch<Owner = unknown> {
  readonly writer = new MessageWriter(1024 * 1024);
  /** Messages between begin and end. */
  count = 0;
  readonly #tableAttribute: Uint8Array;
  #firstSeq = 0;
  #family = 0;
  #owners: (Owner | undefined)[] = [];
  #owner: Owner | undefined;
  /** Open element list. */
  #elements: { type: number; set: string; list: number } | undefined;
  #lastStart = 0;

  constructor(table: string) {
    const w = new MessageWriter(512);
    w.string(1, table);
    this.#tableAttribute = w.bytes.slice(0, w.length);
  }

  begin(firstSeq: number): void {
    this.writer.clear();
    this.count = 0;
    this.#owners = [];
    this.#owner = undefined;
    this.#firstSeq = firstSeq;
    this.#family = 0;
    this.writer.begin(BATCH_BEGIN, NLM_F_REQUEST, firstSeq);
    this.writer.word(10 << 24); // family 0, version 0, resource id: the subsystem, in network order
    this.writer.end();
  }

  /** Asks for an acknowledgement of the last message: success is silent otherwise. */
  end(): void {
    this.#closeElements();
    if (this.count > 0) {
      const flags = this.#lastStart + 6;
      this.writer.bytes[flags] = this.writer.bytes[flags]! | NLM_F_ACK;
    }
    this.writer.begin(BATCH_END, NLM_F_REQUEST, this.#firstSeq + this.count + 1);
    this.writer.word(10 << 24);
    this.writer.end();
  }

  /** Whom to blame for messages from here on, if one is refused. */
  own(owner: Owner | undefined): void {
    this.#owner = owner;
  }

  ownerOf(seq: number): Owner | undefined {
    return this.#owners[seq - this.#firstSeq - 1];
  }

  family(family: Family): void {
    const code = familyCode(family);
    if (code === this.#family) return;
    this.#closeElements();
    this.#family = code;
  }

  /** Fine if it is there already and its flags can become these; one that sleeps awakes. */
  addTable(flags: number): void {
    this.#begin(MSG.newTable, CREATE);
    this.writer.copy(this.#tableAttribute);
    this.writer.u32be(2, flags);
    this.writer.end();
  }

  deleteTable(): void {
    this.#begin(MSG.delTable, NLM_F_REQUEST);
    this.writer.copy(this.#tableAttribute);
    this.writer.end();
  }

  /** Fine if it is there already with the same hook; its policy is accept again then. */
  addChain({ name, hook, comment = "" }: Omit<NftChain, "rules">): void {
    const w = this.writer;
    this.#begin(MSG.newChain, CREATE);
    w.copy(this.#tableAttribute);
    w.string(3, name);
    if (hook !== undefined) {
      const nest = w.open(4);
      w.u32be(1, HOOKS[hook.hook]);
      w.u32be(2, hook.priority);
      w.close(nest);
      w.u32be(5, 1); // policy accept
      w.string(7, hook.type);
    }
    if (comment !== "") w.userdataText(12, 0, comment);
    w.end();
  }

  deleteChain(name: string): void {
    this.#begin(MSG.delChain, NLM_F_REQUEST);
    this.writer.copy(this.#tableAttribute);
    this.writer.string(3, name);
    this.writer.end();
  }

  /** The rule with that index, at the end of its chain, or right after the rule with the handle `after`. */
  addRule(
    chain: string,
    { bytes, ends }: PackedRules,
    index: number,
    at?: { readonly after: bigint } | { readonly before: bigint },
  ): void {
    const w = this.writer;
    const append = at === undefined || "after" in at;
    this.#begin(MSG.newRule, append ? CREATE | NLM_F_APPEND : CREATE);
    w.copy(this.#tableAttribute);
    w.string(2, chain);
    if (at !== undefined) w.u64be(6, "after" in at ? at.after : at.before);
    w.copy(bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]));
    w.end();
  }

  deleteRule(chain: string, handle: bigint): void {
    this.#begin(MSG.delRule, NLM_F_REQUEST);
    this.writer.copy(this.#tableAttribute);
    this.writer.string(2, chain);
    this.writer.u64be(3, handle);
    this.writer.end();
  }

  /** All rules of the chain. */
  flushChain(chain: string): void {
    this.#begin(MSG.delRule, NLM_F_REQUEST);
    this.writer.copy(this.#tableAttribute);
    this.writer.string(2, chain);
    this.writer.end();
  }

  deleteSet(name: string): void {
    this.#begin(MSG.delSet, NLM_F_REQUEST);
    this.writer.copy(this.#tableAttribute);
    this.writer.string(2, name);
    this.writer.end();
  }

  addSet(set: NftSet): void {
    const w = this.writer;
    this.#begin(MSG.newSet, CREATE);
    w.copy(this.#tableAttribute);
    w.string(2, set.name);
    w.u32be(3, setFlags(set));
    w.u32be(4, keyType(set));
    w.u32be(5, keyBytes(set));
    const { data } = SET_KINDS[set.kind];
    if (data !== 0) {
      w.u32be(6, data);
      w.u32be(7, 0);
      w.raw(13, KEYS_IN_HOST_ORDER);
    }
    w.u32be(10, 1 + setNumber(set.name)); // transaction-wide id; must be there
    if (isConcat(set)) {
      const description = w.open(9);
      const fields = w.open(2);
      for (const field of set.fields) {
        const element = w.open(1);
        w.u32be(1, field.bytes);
        w.close(element);
      }
      w.close(fields);
      w.close(description);
    }
    w.end();
  }

  /**
   * Opens an element of a hash or interval set; write the key's words, then call `elementEnd`. For an interval the words of
   * its (inclusive) last key follow after `elementKeyEnd`. Elements of one set in a row share messages.
   */
  element(operation: "add" | "delete", set: string, keyLength: number): void {
    const type = operation === "add" ? MSG.newElements : MSG.delElements;
    const open = this.#elements;
    if (
      open === undefined ||
      open.type !== type ||
      open.set !== set ||
      this.writer.messageBytes > ELEMENT_MESSAGE_BYTES
    )
      this.#openElements(type, set);
    this.#elementStart = this.writer.open(1);
    this.#keyHeader(1, keyLength);
  }

  /** The commonest element, (number . IPv4 address), in one go. */
  numberedAddress(operation: "add" | "delete", set: string, number: number, address: number): void {
    const type = operation === "add" ? MSG.newElements : MSG.delElements;
    const open = this.#elements;
    if (
      open === undefined ||
      open.type !== type ||
      open.set !== set ||
      this.writer.messageBytes > ELEMENT_MESSAGE_BYTES
    )
      this.#openElements(type, set);
    this.writer.five(20 | (0x8001 << 16), 16 | (0x8001 << 16), 12 | (1 << 16), number, swap32(address));
  }

  elementKeyEnd(keyLength: number): void {
    this.#keyHeader(10, keyLength);
  }

  elementEnd(): void {
    this.writer.close(this.#elementStart);
  }
  #elementStart = 0;

  /** A key and where packets that bear it go. */
  verdictElement(operation: "add" | "delete", set: string, key: Uint8Array, verdict: Verdict): void {
    this.element(operation, set, key.length);
    this.writer.copy(key);
    if (operation === "add") writeVerdict(this.writer, 2, verdict);
    this.elementEnd();
  }

  #keyHeader(type: number, keyLength: number): void {
    this.writer.rawHeader(type | 0x8000, keyLength + 4);
    this.writer.rawHeader(1, keyLength);
  }

  #openElements(type: number, set: string): void {
    this.#begin(type, type === MSG.newElements ? CREATE : NLM_F_REQUEST);
    this.writer.copy(this.#tableAttribute);
    this.writer.string(2, set);
    this.#elements = { type, set, list: this.writer.open(3) };
  }

  #closeElements(): void {
    if (this.#elements === undefined) return;
    this.writer.close(this.#elements.list);
    this.writer.end();
    this.#elements = undefined;
  }

  #begin(type: number, flags: number): void {
    this.#closeElements();
    this.count++;
    this.#owners.push(this.#owner);
    this.#lastStart = this.writer.length;
    this.writer.begin(type, flags, this.#firstSeq + this.count);
    this.writer.word(this.#family);
  }
}

/** What decides in a set, as text; the kernel's listing of the set has the same. */
export function setForm(set: NftSet): string {
  const fields = isConcat(set) ? set.fields.map((field) => field.bytes) : [];
  return JSON.stringify([setFlags(set), keyType(set), keyBytes(set), SET_KINDS[set.kind].data, fields, 0, ""]);
}

/** The same of a listed set, out of its attributes. */
export function listedSetForm(buffer: Buffer, start: number, end: number): string {
  const a = attributes(buffer, start, end);
  const number = (type: number) => (a.has(type) ? buffer.readUInt32BE(a.get(type)!.start) : 0);
  const fields: number[] = [];
  let size = 0;
  const description = a.get(9);
  if (description !== undefined)
    eachAttribute(buffer, description.start, description.end, (type, from, to) => {
      if (type === 1) size = buffer.readUInt32BE(from);
      if (type === 2)
        eachAttribute(buffer, from, to, (_, fieldStart) => fields.push(buffer.readUInt32BE(fieldStart + 4)));
    });
  const rest = attributesIdentity(buffer, start, end, PLAIN_SET_ATTRIBUTES);
  return JSON.stringify([number(3), number(4), number(5), number(6), fields, size, rest]);
}

/** Table, name, what `setForm` tells, data length, garbage collection, userdata, padding, handle, backend and count. */
const PLAIN_SET_ATTRIBUTES: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 14, 16, 19, 20];

function isConcat(set: NftSet): boolean {
  return set.fields.length > 1 || SET_KINDS[set.kind].isConcat;
}

function setFlags(set: NftSet): number {
  const { flags } = SET_KINDS[set.kind];
  return isConcat(set) ? flags : flags & ~0x80;
}

function keyType(set: NftSet): number {
  return set.fields.reduce((type, field) => (type << 6) | field.type, 0);
}

function setNumber(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) & 0xff_ffff;
  return hash;
}
