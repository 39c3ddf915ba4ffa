import { identitiesOf } from "@percale/kernel";
import type { Family, Nftables } from "@percale/kernel";
import { NO_DISPATCH } from "../links/known.ts";
import type { DispatchedLinks } from "../links/known.ts";
import { diffChain } from "./diff.ts";
import { writeElements } from "./elements.ts";
import type { ElementChange } from "./members.ts";
import type { FamilyPlan, PlannedChain } from "./plan.ts";
import { writeDiff, writeDispatch, writeFresh } from "./write.ts";

/** With more changed chains than this, one dump of the table is cheaper than one per chain. */
const DUMP_WHOLE_TABLE = 64;

/** Rules of chains, with the handles by which they are changed. */
type Listed = ReadonlyMap<string, readonly { readonly handle: bigint; readonly identity: string }[]>;

/** What of ours the kernel has since the last commit: so much that a change is written without a look at everything. */
export class Remembered {
  readonly #nft: Nftables;
  readonly #chains: Record<Family, Set<string>> = { 4: new Set(), 6: new Set() };
  readonly #dispatch: Record<Family, DispatchedLinks> = { 4: NO_DISPATCH, 6: NO_DISPATCH };
  #isTrue = false;

  constructor(nft: Nftables) {
    this.#nft = nft;
  }

  /** False: the next change must start with a look. */
  get isTrue(): boolean {
    return this.#isTrue;
  }

  forget(): void {
    this.#isTrue = false;
  }

  /** The plans are in the kernel, and nothing else of ours. */
  whole(plans: readonly FamilyPlan[]): void {
    for (const { family } of plans) this.#chains[family].clear();
    this.changed(plans);
    this.#isTrue = true;
  }

  /** The plans are in the kernel, with what was there before. */
  changed(plans: readonly FamilyPlan[]): void {
    for (const { family, chains, dispatch, workloads } of plans) {
      const known = this.#chains[family];
      for (const [name, chain] of chains) {
        if (chain === undefined) known.delete(name);
        else known.add(name);
      }
      this.#dispatch[family] = { dispatch, workloads };
    }
  }

  /** Begins a batch with what makes the plans and elements true. Says whether there is anything in it. */
  *write(plans: readonly FamilyPlan[], elements: readonly ElementChange[]): Generator<undefined, boolean> {
    const listed: Listed[] = [];
    for (const plan of plans) listed.push(yield* this.#listChanged(plan));
    const batch = this.#nft.begin();
    for (const [i, plan] of plans.entries()) {
      const { family, chains } = plan;
      batch.family(family);
      const own = elements.filter((change) => change.family === family);
      for (const operation of ["delete", "add"] as const)
        for (const change of own) {
          writeElements(batch, operation, change);
          yield;
        }
      const [existing, dead]: [PlannedChain[], string[]] = [[], []];
      const fresh: PlannedChain[] = [];
      for (const [name, chain] of chains) {
        const exists = this.#chains[family].has(name);
        if (chain !== undefined) (exists ? existing : fresh).push(chain);
        else if (exists) dead.push(name);
      }
      yield* writeFresh(batch, fresh);
      for (const chain of existing) {
        const wanted = identitiesOf(chain.rules);
        writeDiff(batch, chain, diffChain(listed[i]!.get(chain.name) ?? [], wanted));
        yield;
      }
      writeDispatch(batch, this.#dispatch[family], plan);
      for (const name of dead) batch.flushChain(name);
      for (const name of dead) batch.deleteChain(name);
    }
    return batch.count > 0;
  }

  /** Rules, with their handles, of the chains that exist and are in the plan. */
  *#listChanged({ family, chains }: FamilyPlan): Generator<undefined, Listed> {
    const names = [...chains].filter(([name, chain]) => chain !== undefined && this.#chains[family].has(name));
    const byChain = new Map<string, { handle: bigint; identity: string }[]>();
    if (names.length === 0) return byChain;
    const rules =
      names.length > DUMP_WHOLE_TABLE
        ? yield* this.#nft.ruleSteps(family)
        : names.flatMap(([name]) => this.#nft.rules(family, name));
    for (const { chain, handle, identity } of rules) {
      const list = byChain.get(chain);
      if (list === undefined) byChain.set(chain, [{ handle, identity }]);
      else list.push({ handle, identity });
    }
    return byChain;
  }
}
