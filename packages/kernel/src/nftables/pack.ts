import { eachAttribute } from "../netlink/reader.ts";
import { MessageWriter } from "../netlink/writer.ts";
import { writeExpr } from "./encode.ts";
import { exprsIdentity } from "./identity.ts";
import type { NftRule } from "./model.ts";

/** A chain's rules as the bytes that the kernel takes of each: of tens of thousands the expressions are most of a batch's memory. */
export interface PackedRules {
  readonly bytes: Buffer;
  /** Where each rule ends. */
  readonly ends: readonly number[];
}

export const EXPRESSIONS = 4; // NFTA_RULE_EXPRESSIONS
const USERDATA = 7; // NFTA_RULE_USERDATA
/** What nft itself allows for a comment, without its NUL. */
const MAX_COMMENT = 127;
const CHUNK_BYTES = 256 * 1024;

/** Packs rules into few large pieces of memory; each lives as long as anything in it. */
export class RulePacker {
  readonly #writer = new MessageWriter(4096);
  #chunk = Buffer.alloc(0);
  #used = 0;

  pack(rules: readonly NftRule[]): PackedRules {
    const w = this.#writer;
    w.clear();
    const ends = rules.map(({ exprs, comment }) => {
      const list = w.open(EXPRESSIONS);
      for (const expr of exprs) writeExpr(w, expr);
      w.close(list);
      if (comment !== "") w.userdataText(USERDATA, 0, comment.slice(0, MAX_COMMENT)); // NFTNL_UDATA_RULE_COMMENT
      return w.length;
    });
    return { bytes: this.#keep(w.bytes.subarray(0, w.length)), ends };
  }

  #keep(bytes: Uint8Array): Buffer {
    if (this.#used + bytes.length > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes.length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += bytes.length;
    this.#chunk.set(bytes, start);
    return this.#chunk.subarray(start, this.#used);
  }
}

/** What tells each rule from others: what it decides and its comment. The kernel's listing of the rule has the same. */
export function identitiesOf({ bytes, ends }: PackedRules): string[] {
  return ends.map((end, i) => {
    let [comment, exprs] = ["", ""];
    eachAttribute(bytes, i === 0 ? 0 : ends[i - 1]!, end, (type, from, to) => {
      if (type === EXPRESSIONS) exprs = exprsIdentity(bytes, from, to);
      else if (type === USERDATA) comment = commentOf(bytes.subarray(from, to));
    });
    return `${comment}\0${exprs}`;
  });
}

/** The comment in the userdata of a rule or a chain. */
export function commentOf(userdata: Buffer): string {
  return userdata[0] === 0 ? userdata.toString("latin1", 2, 1 + userdata[1]!) : userdata.toString("latin1");
}
