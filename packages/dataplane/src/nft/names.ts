import type { ListedChain } from "@percale/kernel";
import { createHash } from "node:crypto";

/** What nft allows is 255; the rest is room for the prefix. */
const MAX_KEY = 180;
const CUT_KEY = 150;
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9/_.-]*$/;

/**
 * A chain name for every key, no two the same: a shared one would be a policy that decides for another's endpoints. A key that
 * makes a name as it is has that one. Others are cut and end in a hash; those names begin as no plain one does, and one that is
 * taken goes on by one.
 */
export class ChainNames {
  readonly #hash: (text: string) => number;
  readonly #nameByWhole = new Map<string, string>();
  readonly #wholeByName = new Map<string, string>();
  /** Names that an earlier run gave, by their chains' comments. */
  readonly #earlier = new Map<string, string>();

  constructor(hash: (text: string) => number = hash32) {
    this.#hash = hash;
  }

  nameOf(prefix: string, key: string): string {
    const whole = prefix + key;
    if (key.length <= MAX_KEY && PLAIN.test(key)) return whole;
    const known = this.#nameByWhole.get(whole);
    if (known !== undefined) return known;
    const name = this.#give(prefix, key);
    this.#nameByWhole.set(whole, name);
    this.#wholeByName.set(name, whole);
    return name;
  }

  /** The name's key has no chain any more. */
  release(name: string): void {
    const whole = this.#wholeByName.get(name);
    if (whole === undefined) return;
    this.#wholeByName.delete(name);
    this.#nameByWhole.delete(whole);
  }

  /** What the chain's comment must say, so that the next run gives the name to the same key; "": the name says it all. */
  commentOf(name: string): string {
    const whole = this.#wholeByName.get(name);
    return whole === undefined ? "" : digest(whole);
  }

  /** Keeps the names that an earlier run gave, where nobody has them yet. */
  adopt(chains: Iterable<Pick<ListedChain, "name" | "comment">>): void {
    for (const { name, comment } of chains) if (comment !== "") this.#earlier.set(comment, name);
  }

  #give(prefix: string, key: string): string {
    const earlier = this.#earlier.get(digest(prefix + key));
    if (earlier !== undefined && !this.#wholeByName.has(earlier)) return earlier;
    const start = `${prefix}-${key.slice(0, CUT_KEY).replaceAll(/[^A-Za-z0-9/_.-]/g, "_")}_`;
    for (let hash = this.#hash(prefix + key); ; hash = (hash + 1) >>> 0) {
      const name = start + hash.toString(16).padStart(8, "0");
      if (!this.#wholeByName.has(name)) return name;
    }
  }
}

function digest(whole: string): string {
  return `cali:${createHash("sha256").update(whole).digest("hex")}`;
}

/** FNV-1a. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
