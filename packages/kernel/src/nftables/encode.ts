import { MessageWriter } from "../netlink/writer.ts";
import type { CmpOp, CtKey, Expr, MetaKey, PayloadBase, Verdict } from "./model.ts";

const META: Readonly<Record<MetaKey, number>> = { mark: 3, iif: 4, oif: 5, iifname: 6, oifname: 7, l4proto: 16 };
const CT: Readonly<Record<CtKey, number>> = { state: 0, status: 2 };
const CMP: Readonly<Record<CmpOp, number>> = { eq: 0, neq: 1, lt: 2, lte: 3, gt: 4, gte: 5 };
const BASE: Readonly<Record<PayloadBase, number>> = { network: 1, transport: 2 };
const VERDICT = { drop: 0, accept: 1, jump: -3, goto: -4, return: -5 } as const;
const REJECT = { icmp: 0, reset: 1 } as const;
const FIB_SADDR_MARK_IIF = 1 | 4 | 8;
const NAT_RANGE = { ips: 1, ports: 2, randomFully: 16 } as const;

const LIST_ELEM = 1;
const EXPR_NAME = 1;
const EXPR_DATA = 2;

const encoded = new WeakMap<Expr, Uint8Array>();
const encodedNames = new Map<string, Uint8Array>();

/** Encodes an expression once for all rules that will hold this very object. */
export function shareExpr(expr: Expr): Expr {
  const w = new MessageWriter(256);
  writeExpr(w, expr);
  encoded.set(expr, w.bytes.slice(0, w.length));
  return expr;
}

/** One element of NFTA_RULE_EXPRESSIONS. */
export function writeExpr(w: MessageWriter, expr: Expr): void {
  const ready = encoded.get(expr);
  if (ready !== undefined) {
    w.copy(ready);
    return;
  }
  const element = w.open(LIST_ELEM);
  w.copy(nameAttribute(exprName(expr)));
  const data = w.open(EXPR_DATA);
  writeExprData(w, expr);
  w.close(data);
  w.close(element);
}

/** The verdict nest of a rule or a map element. */
export function writeVerdict(w: MessageWriter, type: number, verdict: Verdict): void {
  const data = w.open(type);
  const nest = w.openPlain(2); // NFTA_DATA_VERDICT
  w.u32be(1, VERDICT[verdict.v]);
  if ("chain" in verdict) w.string(2, verdict.chain);
  w.close(nest);
  w.close(data);
}

export function writeValue(w: MessageWriter, type: number, value: Uint8Array): void {
  const data = w.open(type);
  w.raw(1, value); // NFTA_DATA_VALUE
  w.close(data);
}

function nameAttribute(name: string): Uint8Array {
  let bytes = encodedNames.get(name);
  if (bytes === undefined) {
    const w = new MessageWriter(64);
    w.string(EXPR_NAME, name);
    bytes = w.bytes.slice(0, w.length);
    encodedNames.set(name, bytes);
  }
  return bytes;
}

function exprName(expr: Expr): string {
  switch (expr.e) {
    case "setMark":
      return "meta";
    case "vmap":
      return "lookup";
    case "verdict":
      return "immediate";
    case "fibSource":
      return "fib";
    case "masquerade":
      return "masq";
    case "snat":
      return "nat";
    case "bitwise":
    case "cmp":
    case "counter":
    case "ct":
    case "immediate":
    case "limit":
    case "log":
    case "lookup":
    case "meta":
    case "payload":
    case "range":
    case "reject":
      return expr.e;
  }
}

/** The first of four words also has an older number, by which the kernel lists it. */
function register(reg: number): number {
  return reg % 4 === 0 ? reg / 4 - 1 : reg;
}

function writeExprData(w: MessageWriter, expr: Expr): void {
  switch (expr.e) {
    case "meta":
      w.u32be(1, register(expr.reg));
      w.u32be(2, META[expr.key]);
      return;
    case "setMark":
      w.u32be(2, META.mark);
      w.u32be(3, register(expr.reg));
      return;
    case "payload":
      w.u32be(1, register(expr.reg));
      w.u32be(2, BASE[expr.base]);
      w.u32be(3, expr.offset);
      w.u32be(4, expr.length);
      return;
    case "immediate":
      w.u32be(1, register(expr.reg));
      writeValue(w, 2, expr.data);
      return;
    case "verdict":
      w.u32be(1, 0);
      writeVerdict(w, 2, expr.verdict);
      return;
    case "cmp":
      w.u32be(1, register(expr.reg));
      w.u32be(2, CMP[expr.op]);
      writeValue(w, 3, expr.data);
      return;
    case "range":
      w.u32be(1, register(expr.reg));
      w.u32be(2, expr.invert ? 1 : 0);
      writeValue(w, 3, expr.from);
      writeValue(w, 4, expr.to);
      return;
    case "bitwise":
      w.u32be(1, register(expr.reg));
      w.u32be(2, register(expr.reg));
      w.u32be(3, expr.mask.length);
      writeValue(w, 4, expr.mask);
      writeValue(w, 5, expr.xor);
      return;
    case "lookup":
      w.string(1, expr.set);
      w.u32be(2, register(expr.reg));
      if (expr.invert) w.u32be(5, 1);
      return;
    case "vmap":
      w.string(1, expr.set);
      w.u32be(2, register(expr.reg));
      w.u32be(3, 0); // the verdict register
      return;
    case "ct":
      w.u32be(1, register(expr.reg));
      w.u32be(2, CT[expr.key]);
      return;
    case "fibSource":
      w.u32be(1, register(expr.reg));
      w.u32be(2, 1); // result: output interface index
      w.u32be(3, FIB_SADDR_MARK_IIF);
      return;
    case "counter":
      return;
    case "log":
      w.string(2, expr.prefix);
      w.u32be(5, expr.level);
      return;
    case "limit":
      w.u64be(1, BigInt(expr.rate));
      w.u64be(2, BigInt(expr.perSeconds));
      w.u32be(3, expr.burst);
      w.u32be(4, 0); // packets
      return;
    case "reject":
      w.u32be(1, REJECT[expr.with]);
      if (expr.with === "icmp") w.u8(2, expr.code);
      return;
    case "masquerade": {
      const flags = (expr.random ? NAT_RANGE.randomFully : 0) | (expr.portRegs === undefined ? 0 : NAT_RANGE.ports);
      if (flags !== 0) w.u32be(1, flags);
      if (expr.portRegs === undefined) return;
      w.u32be(2, register(expr.portRegs[0]));
      w.u32be(3, register(expr.portRegs[1]));
      return;
    }
    case "snat":
      w.u32be(1, 0); // source NAT
      w.u32be(2, expr.family === 4 ? 2 : 10);
      w.u32be(3, register(expr.addressReg));
      w.u32be(4, register(expr.addressReg)); // up to the same
      w.u32be(7, NAT_RANGE.ips | (expr.portRegs === undefined ? 0 : NAT_RANGE.ports));
      if (expr.portRegs !== undefined) {
        w.u32be(5, register(expr.portRegs[0]));
        w.u32be(6, register(expr.portRegs[1]));
      }
      return;
  }
}
