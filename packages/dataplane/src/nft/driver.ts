import { stepsInTurns, turns } from "@percale/daemon";
import type { Nftables } from "@percale/kernel";
import type { StateChange } from "@percale/policy";
import { formatRef } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { DispatchedLinks, WorkloadLinks } from "../links/known.ts";
import { DriverRefusedError, NOTHING_SENT } from "../policy/driver.ts";
import type { CommitReport, DriverOptions, Drift, PolicyDriver, Refusal } from "../policy/driver.ts";
import { isBare, readDispatch } from "./actual.ts";
import { failClosed } from "./fail-closed.ts";
import { FAMILIES } from "./layout.ts";
import { Load } from "./load.ts";
import type { ElementChange } from "./members.ts";
import { Planner } from "./plan.ts";
import type { FamilyPlan } from "./plan.ts";
import { describe, guiltyOf, ownerOf } from "./refused.ts";
import { Remembered } from "./remembered.ts";
import { compareTables, readTables, shapeOf } from "./resync.ts";
import type { ActualTables } from "./resync.ts";
import { Tables } from "./tables.ts";
import { unsupportedOf } from "./unsupported.ts";
import { NftView } from "./view.ts";
import { NFT_WORDS } from "./words.ts";

const MAX_ATTEMPTS = 10;
/** After so many looks that others' changes of our tables spoilt, they are replaced without one. */
const MAX_LOOKS = 3;

export interface NftDriverOptions extends DriverOptions {
  /** Where keys get names or numbers in the kernel, the first to be tried. */
  readonly hash?: (text: string) => number;
}

/** The tables `ip calico` and `ip6 calico`, kept equal to the desired state. One batch per change, and the last of a load makes it true. */
export class NftDriver implements PolicyDriver {
  readonly words = NFT_WORDS;
  readonly #view: NftView;
  readonly #planner: Planner;
  readonly #tables: Tables;
  readonly #nft: Nftables<ObjectRef>;
  readonly #remembered: Remembered;

  constructor({ state, hash, ...options }: NftDriverOptions) {
    this.#view = new NftView(state, hash);
    this.#planner = new Planner(this.#view);
    this.#tables = new Tables(options);
    this.#nft = this.#tables.nft;
    this.#remembered = new Remembered(this.#nft);
    for (const family of FAMILIES) this.#planner.names.adopt(this.#nft.chains(family));
  }

  refusals(): readonly Refusal[] {
    const unsupported = Array.from(this.#view.state.endpoints.values()).flatMap(unsupportedOf);
    return [...this.#planner.refused.values(), ...unsupported];
  }

  note(change: StateChange): void {
    const owner = ownerOf(change);
    if (owner !== undefined) this.#planner.refused.delete(formatRef(owner)); // says nothing of its new rules
    this.#view.note(change);
  }

  follow(links: WorkloadLinks): void {
    this.#view.follow(links);
  }

  async failClosed(): Promise<void> {
    const flags = await this.#tables.flags();
    for (const plan of await this.#planner.planAll(turns())) await failClosed(this.#nft, plan, flags);
  }

  async commit(): Promise<CommitReport> {
    if (!this.#remembered.isTrue) return (await this.resync()).report;
    const turn = turns();
    const plans = await this.#planner.planChanges(turn);
    const elements = this.#view.sets.takeChanges();
    if (!(await stepsInTurns(this.#remembered.write(plans, elements), turn))) return NOTHING_SENT;
    const { count, writer } = this.#nft.batch;
    const outcome = await this.#tables.commit();
    if (outcome.kind === "committed") {
      this.#remembered.changed(plans);
      const report = { messages: count, bytes: writer.length, refused: [] };
      this.#nft.release();
      return report;
    }
    // Whoever is named in the kernel's answer may be innocent: the tables need not be what we took them for.
    this.#remembered.forget();
    return (await this.#compare()).report;
  }

  async resync(): Promise<Compared> {
    this.#remembered.forget();
    this.#planner.refused.clear();
    return this.#compare();
  }

  forget(): void {
    this.#remembered.forget();
  }

  async dispatched(): Promise<DispatchedLinks> {
    return readDispatch(this.#nft, 4);
  }

  async remove(): Promise<void> {
    await this.#tables.remove();
    this.#remembered.forget();
  }

  close(): void {
    this.#tables.close();
  }

  /**
   * Looks, writes the difference, commits, until the answer is good. A rule that is refused then, in a batch made from a look
   * that nobody spoilt, is its owner's fault: that policy or profile denies what it would have allowed and the rest goes in.
   * What nobody owns is cured by building the tables anew.
   */
  async #compare(): Promise<Compared> {
    const flags = await this.#tables.flags();
    const refused: Refusal[] = [];
    const turn = turns();
    const elements = this.#view.sets.takeAll();
    let plans: readonly FamilyPlan[] | undefined;
    let rebuild = false;
    let spoilt = 0;
    for (let attempt = 1; ; attempt++) {
      this.#tables.wereTouched();
      const actual = await readTables(this.#nft, rebuild, turn);
      const isSpoilt = () => !rebuild && this.#tables.wereTouched();
      if (attempt === 1 && FAMILIES.every((family) => isBare(actual[family], family)) && !isSpoilt()) {
        const loaded = await this.#load(actual, elements, flags);
        if (loaded !== undefined) return loaded;
        continue;
      }
      plans ??= await this.#planner.planAll(turn);
      const batch = this.#nft.begin();
      const drift = await compareTables({ batch, actual, plans, elements, rebuild, flags, turn });
      if (isSpoilt() && ++spoilt <= MAX_LOOKS) {
        rebuild = spoilt === MAX_LOOKS;
        continue;
      }
      const { count, writer } = this.#nft.batch;
      const outcome = await this.#tables.commit();
      if (outcome.kind === "committed") {
        this.#remembered.whole(plans);
        const report = { messages: count, bytes: writer.length, refused };
        this.#nft.release();
        return { report, drift };
      }
      if (attempt >= MAX_ATTEMPTS) throw new DriverRefusedError(describe(outcome));
      if (outcome.kind !== "refused") continue;
      const guilty = guiltyOf(outcome);
      if (guilty === undefined) {
        if (rebuild) throw new DriverRefusedError(describe(outcome));
        rebuild = true;
      } else if (!isSpoilt()) {
        for (const [key, refusal] of guilty) {
          refused.push(refusal);
          this.#planner.refused.set(key, refusal);
        }
        plans = undefined;
      }
    }
  }

  /** Fills tables in which nothing is yet; undefined if that cannot be done, or the kernel refuses anything of it. */
  async #load(actual: ActualTables, elements: readonly ElementChange[], flags: number): Promise<Compared | undefined> {
    const load = new Load({ nft: this.#nft, commit: () => this.#tables.commit(), turn: turns() });
    const plans = await load.filled(async () => {
      await stepsInTurns(load.members(elements), load.turn);
      return this.#planner.planAll(load.turn, (family, chain) => load.chain(family, chain));
    });
    if (plans === undefined) return undefined;
    if (plans.some((plan) => shapeOf(plan, actual[plan.family], flags) !== undefined)) return undefined;
    const rest = { plans: plans.map((plan) => load.rest(plan)), elements: [], rebuild: false, flags, turn: turns() };
    const drift = await compareTables({ batch: this.#nft.batch, actual, ...rest });
    const { count, writer } = this.#nft.batch;
    const report = { messages: load.messages + count, bytes: load.bytes + writer.length, refused: [] };
    if ((await this.#tables.commit()).kind !== "committed") return undefined;
    this.#remembered.whole(plans);
    this.#nft.release();
    return { report, drift };
  }
}

interface Compared {
  readonly report: CommitReport;
  readonly drift: Drift;
}
