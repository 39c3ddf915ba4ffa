import { Nftables, NftWatch, TABLE_FLAG } from "@percale/kernel";
import type { BatchOutcome, NftEvent } from "@percale/kernel";
import type { ObjectRef } from "@percale/resources";
import type { DriverOptions } from "../policy/driver.ts";
import { FAMILIES, TABLE } from "./layout.ts";
import { settle } from "./refused.ts";

/** From this size on our own notifications are not worth their cost: the generation number tells as much. */
const QUIET_BYTES = 64 * 1024;

/** Our two tables in the kernel: batches go to them, and who else changes them is told. Close it. */
export class Tables {
  readonly nft: Nftables<ObjectRef>;
  readonly #watch: NftWatch;
  readonly #onForeign: (why: string) => void;
  readonly #netns: string | undefined;
  readonly #own: boolean;
  #flags: number | undefined;

  constructor({ netns, own = true, onForeign = () => {} }: Pick<DriverOptions, "netns" | "own" | "onForeign">) {
    this.nft = new Nftables({ table: TABLE, netns });
    this.#onForeign = onForeign;
    this.#watch = new NftWatch({
      table: TABLE,
      netns,
      ownPort: this.nft.socket.port,
      onEvent: (event) => onForeign(wordsOf(event)),
    });
    this.#netns = netns;
    this.#own = own;
  }

  /** Sends the batch; a large one without being told of each thing in it. */
  async commit(): Promise<BatchOutcome<ObjectRef>> {
    if (this.nft.batch.writer.length < QUIET_BYTES) return await this.nft.commit();
    const before = this.nft.generation();
    this.#watch.pause();
    try {
      return await this.nft.commit();
    } finally {
      this.#watch.resume();
      if (this.nft.generation() > before + 1) this.#onForeign(wordsOf({ t: "lost" }));
    }
  }

  /** Whether others have, or may have, changed the tables since the last call. */
  wereTouched(): boolean {
    return this.#watch.take();
  }

  /** What the tables shall have. */
  async flags(): Promise<number> {
    this.#flags ??= this.#own && (await this.#keepsOwned()) ? TABLE_FLAG.owner | TABLE_FLAG.persist : 0;
    return this.#flags;
  }

  /** Whether this kernel lets an owned table outlive its owner (6.9); without that an agent's end would open the node. */
  async #keepsOwned(): Promise<boolean> {
    const probe = new Nftables({ table: `${TABLE}-probe-${this.nft.socket.port}`, netns: this.#netns });
    try {
      const batch = probe.begin();
      batch.family(4);
      batch.addTable(TABLE_FLAG.owner | TABLE_FLAG.persist);
      batch.deleteTable();
      return (await probe.commit()).kind === "committed";
    } finally {
      probe.close();
    }
  }

  async remove(): Promise<void> {
    for (const family of FAMILIES) {
      if (this.nft.table(family) === undefined) continue;
      const batch = this.nft.begin();
      batch.family(family);
      batch.deleteTable();
      settle(await this.nft.commit());
    }
  }

  close(): void {
    this.#watch.close();
    this.nft.close();
  }
}

function wordsOf(event: NftEvent): string {
  switch (event.t) {
    case "lost":
      return "notifications were lost";
    case "foreign":
      return `changed by ${event.process}`;
  }
}
