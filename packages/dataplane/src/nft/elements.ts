import type { Family, NftBatch } from "@percale/kernel";
import { addressBytes, parseCidr } from "@percale/net";
import { HOSTS, NAMED_PORTS, NETS, PORTS } from "./layout.ts";
import type { ElementChange, MemberKind } from "./members.ts";

/** Bytes of a key in each shared set. */
function keyLength(set: string, family: Family): number {
  if (set === PORTS) return 8;
  return (set === NAMED_PORTS ? 12 : 4) + (family === 4 ? 4 : 16);
}

/** Members that are one key each. */
interface Singles {
  readonly set: string;
  readonly isAddress: boolean;
  readonly write: (batch: NftBatch, member: string) => void;
  /** What `write` writes, as the kernel lists it. */
  readonly key: (member: string) => string;
}

/** Members that are ranges, by their first and last keys. */
interface Intervals {
  readonly set: string;
  readonly bytes: (bound: bigint, family: Family) => Uint8Array;
}

/** Where members of each kind go; undefined: it has none such. */
const FORMS: Readonly<
  Record<MemberKind, { readonly singles: Singles | undefined; readonly intervals: Intervals | undefined }>
> = {
  net: {
    singles: { set: HOSTS, isAddress: true, write: writeHost, key: hostKey },
    intervals: { set: NETS, bytes: (value, family) => addressBytes({ family, value }) },
  },
  port: {
    singles: { set: NAMED_PORTS, isAddress: false, write: writePortMember, key: portMemberKey },
    intervals: undefined,
  },
  portRange: { singles: undefined, intervals: { set: PORTS, bytes: portBytes } },
};

/** Puts one change into the batch, whose family is set already. Additions and removals are apart: the caller orders them. */
export function writeElements(batch: NftBatch, operation: "add" | "delete", change: ElementChange): void {
  const { singles, intervals } = FORMS[change.kind];
  if (singles !== undefined) writeSingles(batch, operation, change, singles);
  if (intervals !== undefined) writeIntervals(batch, operation, change, intervals);
}

function writeSingles(batch: NftBatch, operation: "add" | "delete", change: ElementChange, form: Singles): void {
  const { family, number } = change;
  const length = keyLength(form.set, family);
  for (const member of operation === "add" ? change.addedSingles : change.removedSingles) {
    const address = form.isAddress && family === 4 ? v4Word(member) : undefined;
    if (address !== undefined) {
      batch.numberedAddress(operation, form.set, number, address);
      continue;
    }
    batch.element(operation, form.set, length);
    batch.writer.word(number);
    form.write(batch, member);
    batch.elementEnd();
  }
}

function writeIntervals(batch: NftBatch, operation: "add" | "delete", change: ElementChange, form: Intervals): void {
  const { family, number } = change;
  const length = keyLength(form.set, family);
  for (const { first, last } of operation === "add" ? change.addedIntervals : change.removedIntervals) {
    batch.element(operation, form.set, length);
    batch.writer.word(number);
    batch.writer.copy(form.bytes(first, family));
    batch.elementKeyEnd(length);
    batch.writer.word(number);
    batch.writer.copy(form.bytes(last, family));
    batch.elementEnd();
  }
}

/** The keys as the kernel lists them, to compare with a dump. */
export function elementKeys(
  change: ElementChange,
): { readonly set: string; readonly key: string; readonly keyEnd: string }[] {
  const { family, number } = change;
  const { singles, intervals } = FORMS[change.kind];
  const id = String.fromCharCode(number & 255, (number >>> 8) & 255, (number >>> 16) & 255, number >>> 24);
  const ofSingles =
    singles === undefined
      ? []
      : change.addedSingles.map((member) => ({ set: singles.set, key: id + singles.key(member), keyEnd: "" }));
  if (intervals === undefined) return ofSingles;
  const bound = (value: bigint): string => id + latin1(intervals.bytes(value, family));
  const ofIntervals = change.addedIntervals.map(({ first, last }) => ({
    set: intervals.set,
    key: bound(first),
    keyEnd: bound(last),
  }));
  return [...ofSingles, ...ofIntervals];
}

function writeHost(batch: NftBatch, member: string): void {
  const word = v4Word(member);
  if (word !== undefined) batch.writer.wordBe(word);
  else batch.writer.copy(addressBytes(parseCidr(member)));
}

/** `cidr,proto,port` */
function writePortMember(batch: NftBatch, member: string): void {
  const [cidr, proto, port] = member.split(",");
  writeHost(batch, cidr!);
  batch.writer.word(Number(proto));
  batch.writer.wordBe((Number(port) << 16) >>> 0);
}

function portMemberKey(member: string): string {
  const [cidr, proto, port] = member.split(",");
  const number = Number(port);
  return hostKey(cidr!) + latin1(Uint8Array.of(Number(proto), 0, 0, 0, number >>> 8, number & 255, 0, 0));
}

function hostKey(member: string): string {
  const word = v4Word(member);
  if (word === undefined) return latin1(addressBytes(parseCidr(member)));
  return String.fromCharCode(word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255);
}

function portBytes(bound: bigint): Uint8Array {
  const number = Number(bound);
  return Uint8Array.of(number >>> 8, number & 255, 0, 0);
}

/** The number of a `a.b.c.d/32`, read without allocating: sets have hundreds of thousands of these. */
function v4Word(member: string): number | undefined {
  let value = 0;
  let part = 0;
  for (let i = 0; i < member.length; i++) {
    const code = member.charCodeAt(i);
    if (code >= 48 && code <= 57) part = part * 10 + code - 48;
    else if (code === 46) {
      value = (value << 8) | part;
      part = 0;
    } else return code === 47 ? ((value << 8) | part) >>> 0 : undefined;
  }
  return undefined;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
