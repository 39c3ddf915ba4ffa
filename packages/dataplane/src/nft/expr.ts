import { R0, shareExpr } from "@percale/kernel";
import type { CmpOp, Expr, Family, Verdict } from "@percale/kernel";
import { addressBytes } from "@percale/net";
import type { Cidr } from "@percale/net";

/** Building blocks of rules. Those without parameters are shared objects: there may be tens of thousands of rules. */
export const COUNTER = shareExpr({ e: "counter" });
export const ACCEPT = shareExpr({ e: "verdict", verdict: { v: "accept" } });
export const DROP = shareExpr({ e: "verdict", verdict: { v: "drop" } });
export const RETURN = shareExpr({ e: "verdict", verdict: { v: "return" } });

export const ICMP = { 4: 1, 6: 58 } as const;

export function jump(chain: string): Expr {
  return { e: "verdict", verdict: { v: "jump", chain } satisfies Verdict };
}

/** Register contents in host order: marks, set numbers. */
export function u32(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}

export function u16be(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 255);
}

const loadProtocol = shareExpr({ e: "meta", key: "l4proto", reg: R0 });

export function protocol(number: number, op: CmpOp = "eq"): Expr[] {
  return [loadProtocol, { e: "cmp", op, reg: R0, data: Uint8Array.of(number) }];
}

const loadMark = shareExpr({ e: "meta", key: "mark", reg: R0 });
const saveMark = shareExpr({ e: "setMark", reg: R0 });

/** Matches if any of the bits is set. */
export function markHas(bits: number): Expr[] {
  return [loadMark, maskWord(bits, 0), { e: "cmp", op: "neq", reg: R0, data: u32(0) }];
}

export function clearMark(bits: number): Expr[] {
  return [loadMark, maskWord(~bits >>> 0, 0), saveMark];
}

export function setMark(bits: number): Expr[] {
  return [loadMark, maskWord(~bits >>> 0, bits), saveMark];
}

function maskWord(mask: number, xor: number): Expr {
  return { e: "bitwise", reg: R0, mask: u32(mask), xor: u32(xor) };
}

/** Of linux/netfilter/nf_conntrack_common.h as nft sees it. */
export const CT_INVALID = 1;
export const CT_ESTABLISHED_RELATED = 2 | 4;

export function connectionState(bits: number): Expr[] {
  return [{ e: "ct", key: "state", reg: R0 }, maskWord(bits, 0), { e: "cmp", op: "neq", reg: R0, data: u32(0) }];
}

/** Names that begin with the prefix. */
export function interfacePrefix(key: "iifname" | "oifname", prefix: string): Expr[] {
  return [
    { e: "meta", key, reg: R0 },
    { e: "cmp", op: "eq", reg: R0, data: Buffer.from(prefix, "latin1") },
  ];
}

export function interfaceIs(key: "iif" | "oif", index: number): Expr[] {
  return [
    { e: "meta", key, reg: R0 },
    { e: "cmp", op: "eq", reg: R0, data: u32(index) },
  ];
}

/** Interfaces whose index is in the set. */
export function interfaceIn(key: "iif" | "oif", set: string): Expr[] {
  return [{ e: "meta", key, reg: R0 }, lookup(set, false)];
}

export type AddressField = "source" | "destination";

const OFFSETS = {
  4: { source: 12, destination: 16, length: 4 },
  6: { source: 8, destination: 24, length: 16 },
} as const;

export function loadAddress(family: Family, field: AddressField, reg: number): Expr {
  return shared(`${family}${field}${reg}`, () => {
    const { [field]: offset, length } = OFFSETS[family];
    return { e: "payload", base: "network", offset, length, reg };
  });
}

const sharedExprs = new Map<string, Expr>();

/** One object for every expression of that description. */
function shared(description: string, make: () => Expr): Expr {
  let expr = sharedExprs.get(description);
  if (expr === undefined) {
    expr = shareExpr(make());
    sharedExprs.set(description, expr);
  }
  return expr;
}

/** Looks up the registers from the first on. */
export function lookup(set: string, invert: boolean): Expr {
  return shared(invert ? `not ${set}` : set, () => ({ e: "lookup", set, reg: R0, invert }));
}

/** Words that an address takes in registers. */
export function addressWords(family: Family): number {
  return family === 4 ? 1 : 4;
}

export function addressIn(family: Family, field: AddressField, cidr: Cidr, op: "eq" | "neq"): Expr[] {
  const data = addressBytes(cidr);
  const load = loadAddress(family, field, R0);
  if (cidr.prefixLen === data.length * 8) return [load, { e: "cmp", op, reg: R0, data }];
  const mask = Uint8Array.from(data, (_, i) => (0xff00 >> Math.max(0, Math.min(8, cidr.prefixLen - i * 8))) & 0xff);
  const network = data.map((byte, i) => byte & mask[i]!);
  const zero = new Uint8Array(data.length);
  return [load, { e: "bitwise", reg: R0, mask, xor: zero }, { e: "cmp", op, reg: R0, data: network }];
}

export function loadPort(field: AddressField, reg = R0): Expr {
  const offset = field === "source" ? 0 : 2;
  return shared(`port ${offset} ${reg}`, () => ({ e: "payload", base: "transport", offset, length: 2, reg }));
}
