import type { Family, NftBatch } from "@percale/kernel";
import { addressBytes, parseCidr } from "@percale/net";
import { HOSTS, NAMED_PORTS, NETS, PORTS } from "./layout.ts";
import type { Interval } from "./intervals.ts";
import type { ElementChange } from "./members.ts";

/** Bytes of a key in each shared set. */
function keyLength(set: string, family: Family): number {
  if (set === PORTS) return 8;
  return (set === NAMED_PORTS ? 12 : 4) + (family === 4 ? 4 : 16);
}

/** Puts one change into the batch, whose family is set already. Additions and removals are apart: the caller orders them. */
export function writeElements(batch: NftBatch, operation: "add" | "delete", change: ElementChange): void {
  const { family, number, kind } = change;
  const [singles, intervals] =
    operation === "add"
      ? [change.addedSingles, change.addedIntervals]
      : [change.removedSingles, change.removedIntervals];
  const singleSet = kind === "port" ? NAMED_PORTS : HOSTS;
  const singleLength = keyLength(singleSet, family);
  for (const member of singles) {
    const address = kind === "net" && family === 4 ? v4Word(member) : undefined;
    if (address !== undefined) {
      batch.numberedAddress(operation, singleSet, number, address);
      continue;
    }
    batch.element(operation, singleSet, singleLength);
    batch.writer.word(number);
    if (kind === "port") writePortMember(batch, member);
    else writeHost(batch, member);
    batch.elementEnd();
  }
  const intervalSet = kind === "portRange" ? PORTS : NETS;
  const intervalLength = keyLength(intervalSet, family);
  for (const { first, last } of intervals) {
    batch.element(operation, intervalSet, intervalLength);
    batch.writer.word(number);
    writeBound(batch, kind, first, family);
    batch.elementKeyEnd(intervalLength);
    batch.writer.word(number);
    writeBound(batch, kind, last, family);
    batch.elementEnd();
  }
}

/** The keys as the kernel lists them, to compare with a dump. */
export function elementKeys(
  change: ElementChange,
): { readonly set: string; readonly key: string; readonly keyEnd: string }[] {
  const { family, number, kind } = change;
  const id = String.fromCharCode(number & 255, (number >>> 8) & 255, (number >>> 16) & 255, number >>> 24);
  const singles = change.addedSingles.map((member) => ({
    set: kind === "port" ? NAMED_PORTS : HOSTS,
    key: id + (kind === "port" ? portMemberKey(member) : hostKey(member)),
    keyEnd: "",
  }));
  const bound = (value: bigint) => id + latin1(boundBytes(kind, value, family));
  const intervals = change.addedIntervals.map(({ first, last }: Interval) => ({
    set: kind === "portRange" ? PORTS : NETS,
    key: bound(first),
    keyEnd: bound(last),
  }));
  return [...singles, ...intervals];
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

function writeBound(batch: NftBatch, kind: ElementChange["kind"], value: bigint, family: Family): void {
  batch.writer.copy(boundBytes(kind, value, family));
}

function boundBytes(kind: ElementChange["kind"], value: bigint, family: Family): Uint8Array {
  if (kind !== "portRange") return addressBytes({ family, value });
  const number = Number(value);
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
