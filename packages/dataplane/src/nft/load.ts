import type { Turn } from "@percale/daemon";
import type { BatchOutcome, Family, Nftables } from "@percale/kernel";
import type { ObjectRef } from "@percale/resources";
import { writeElements } from "./elements.ts";
import { FAMILIES } from "./layout.ts";
import type { ElementChange } from "./members.ts";
import type { FamilyPlan, PlannedChain } from "./plan.ts";
import { writeNewChain } from "./write.ts";

/** So much of a load is worth a transaction of its own: few enough of them, and the kernel begins soon. */
const PIECE_BYTES = 512 * 1024;

/**
 * Fills tables by which no packet goes yet. Set members and chains go to the kernel in pieces while the rest is still being made:
 * each is harmless alone, for nothing in force names it. What makes them true is for the caller to write behind the last piece, into
 * the same batch. A load that is less than one piece is one transaction.
 */
export class Load {
  readonly #nft: Nftables<ObjectRef>;
  readonly #commit: () => Promise<BatchOutcome<ObjectRef>>;
  readonly #others: Turn;
  readonly #chains: Record<Family, Set<string>> = { 4: new Set(), 6: new Set() };
  #sending: Promise<boolean> = Promise.resolve(true);
  #isRefused = false;
  /** Of the pieces that were sent. */
  messages = 0;
  bytes = 0;

  /** `commit`: of the batch begun last. */
  constructor(options: {
    readonly nft: Nftables<ObjectRef>;
    readonly commit: () => Promise<BatchOutcome<ObjectRef>>;
    readonly turn: Turn;
  }) {
    this.#nft = options.nft;
    this.#commit = options.commit;
    this.#others = options.turn;
    this.#nft.begin();
  }

  /** To be asked between two steps: the next piece waits until the kernel has taken the one before. */
  readonly turn: Turn = () => (this.#nft.batch.writer.length < PIECE_BYTES ? this.#others() : this.#send());

  *members(changes: readonly ElementChange[]): Generator<undefined, void> {
    for (const family of FAMILIES)
      for (const change of changes) {
        if (change.family !== family) continue;
        this.#nft.batch.family(family);
        writeElements(this.#nft.batch, "add", change);
        yield;
      }
  }

  chain(family: Family, chain: PlannedChain): void {
    this.#nft.batch.family(family);
    writeNewChain(this.#nft.batch, chain);
    this.#chains[family].add(chain.name);
  }

  /** The plan without what is in the kernel or the last piece. */
  rest(plan: FamilyPlan): FamilyPlan {
    const own = this.#chains[plan.family];
    return { ...plan, chains: new Map([...plan.chains].filter(([name]) => !own.has(name))) };
  }

  /**
   * What `fill` made, if the kernel has taken every piece; the last one is open. Whatever becomes of it, no piece is on its way behind
   * this: who goes on, or tries again, has the connection to the kernel for himself.
   */
  async filled<T>(fill: () => Promise<T>): Promise<T | undefined> {
    const made = await fill().finally(() => this.#sending);
    return (await this.#sending) && !this.#isRefused ? made : undefined;
  }

  async #send(): Promise<void> {
    if (!(await this.#sending)) this.#isRefused = true;
    const { count, writer } = this.#nft.batch;
    this.messages += count;
    this.bytes += writer.length;
    // After a refusal all is for nothing: the caller looks, and finds out why.
    this.#sending = this.#isRefused ? Promise.resolve(false) : this.#commit().then(isCommitted, () => false);
    this.#nft.begin();
  }
}

function isCommitted({ kind }: BatchOutcome): boolean {
  return kind === "committed";
}
