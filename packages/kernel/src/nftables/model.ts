/** nftables objects as plain data. Numbers: linux/netfilter/nf_tables.h. */
export type Family = 4 | 6;

/** First of sixteen consecutive 32-bit registers. */
export const R0 = 8;

export type MetaKey = "mark" | "iif" | "oif" | "iifname" | "oifname" | "l4proto";
export type CtKey = "state" | "status";
export type CmpOp = "eq" | "neq" | "lt" | "lte" | "gt" | "gte";
export type PayloadBase = "network" | "transport";

export type Verdict =
  | { readonly v: "accept" | "drop" | "return" }
  | { readonly v: "jump" | "goto"; readonly chain: string };

/** One expression of a rule. Data is the raw bytes as registers hold them (addresses, ports: network order; marks: host order). */
export type Expr =
  | { readonly e: "meta"; readonly key: MetaKey; readonly reg: number }
  | { readonly e: "setMark"; readonly reg: number }
  | {
      readonly e: "payload";
      readonly base: PayloadBase;
      readonly offset: number;
      readonly length: number;
      readonly reg: number;
    }
  | { readonly e: "immediate"; readonly reg: number; readonly data: Uint8Array }
  | { readonly e: "cmp"; readonly op: CmpOp; readonly reg: number; readonly data: Uint8Array }
  | {
      readonly e: "range";
      readonly invert: boolean;
      readonly reg: number;
      readonly from: Uint8Array;
      readonly to: Uint8Array;
    }
  | { readonly e: "bitwise"; readonly reg: number; readonly mask: Uint8Array; readonly xor: Uint8Array }
  | { readonly e: "lookup"; readonly set: string; readonly reg: number; readonly invert: boolean }
  /** Looks the register up in a verdict map and obeys; a miss ends the rule. */
  | { readonly e: "vmap"; readonly set: string; readonly reg: number }
  | { readonly e: "ct"; readonly key: CtKey; readonly reg: number }
  /** Index of the interface that the route back to the source leaves by, as seen from the input interface; 0 if none. */
  | { readonly e: "fibSource"; readonly reg: number }
  | { readonly e: "counter" }
  | { readonly e: "log"; readonly prefix: string; readonly level: number }
  | { readonly e: "limit"; readonly rate: number; readonly perSeconds: number; readonly burst: number }
  /** ICMP or ICMPv6 unreachable with that code, or a TCP reset. */
  | { readonly e: "reject"; readonly with: "icmp" | "reset"; readonly code: number }
  /** Ports from two registers if given. */
  | { readonly e: "masquerade"; readonly random: boolean; readonly portRegs?: readonly [number, number] }
  | {
      readonly e: "snat";
      readonly family: Family;
      readonly addressReg: number;
      readonly portRegs?: readonly [number, number];
    }
  | { readonly e: "verdict"; readonly verdict: Verdict };

/** A rule's identity is what its expressions decide, and its comment; unchanged rules are never rewritten. */
export interface NftRule {
  readonly exprs: readonly Expr[];
  /** Shown by `nft list`; printable ASCII. */
  readonly comment: string;
}

export interface Hook {
  readonly hook: "prerouting" | "input" | "forward" | "output" | "postrouting";
  readonly type: "filter" | "nat" | "route";
  readonly priority: number;
}

export interface NftChain {
  readonly name: string;
  /** A base chain, policy accept. */
  readonly hook?: Hook;
  /** Shown by `nft list`, kept as long as the chain; printable ASCII, at most 127 characters. */
  readonly comment?: string;
  readonly rules: readonly NftRule[];
}

/** Registers hold each field padded to four bytes. */
export interface SetField {
  readonly bytes: number;
  /** nft's number for how to print it. */
  readonly type: number;
}

export const FIELD = { ipv4: 7, ipv6: 8, proto: 12, service: 13, mark: 19, ifindex: 20 } as const;

export interface NftSet {
  readonly name: string;
  readonly fields: readonly SetField[];
  readonly kind: "hash" | "interval" | "vmap";
}

export function keyBytes(set: NftSet): number {
  return set.fields.reduce((sum, field) => sum + ((field.bytes + 3) & ~3), 0);
}

/** Short text of an expression, for goldens and messages. */
export function formatExpr(expr: Expr): string {
  switch (expr.e) {
    case "meta":
    case "ct":
      return `r${expr.reg}=${expr.e}.${expr.key}`;
    case "setMark":
      return `mark=r${expr.reg}`;
    case "payload":
      return `r${expr.reg}=${expr.base}[${expr.offset},${expr.length}]`;
    case "immediate":
      return `r${expr.reg}=${hex(expr.data)}`;
    case "cmp":
      return `r${expr.reg} ${expr.op} ${hex(expr.data)}`;
    case "range":
      return `r${expr.reg} ${expr.invert ? "not in" : "in"} ${hex(expr.from)}..${hex(expr.to)}`;
    case "bitwise":
      return `r${expr.reg}=r${expr.reg}&${hex(expr.mask)}^${hex(expr.xor)}`;
    case "lookup":
      return `r${expr.reg} ${expr.invert ? "not in" : "in"} @${expr.set}`;
    case "vmap":
      return `r${expr.reg} vmap @${expr.set}`;
    case "fibSource":
      return `r${expr.reg}=fib saddr.mark.iif oif`;
    case "counter":
      return "counter";
    case "log":
      return `log "${expr.prefix}" level ${expr.level}`;
    case "limit":
      return `limit ${expr.rate}/${expr.perSeconds}s burst ${expr.burst}`;
    case "reject":
      return `reject ${expr.with} ${expr.code}`;
    case "masquerade":
      return `masquerade${expr.portRegs === undefined ? "" : ` r${expr.portRegs[0]}-r${expr.portRegs[1]}`}`;
    case "snat":
      return `snat r${expr.addressReg}`;
    case "verdict":
      return "chain" in expr.verdict ? `${expr.verdict.v} ${expr.verdict.chain}` : expr.verdict.v;
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
