import { Nftables, ruleIdentity } from "@percale/kernel";
import type { BatchOutcome, Family, NftBatch } from "@percale/kernel";
import type { NodeUpdate, PolicyKey } from "@percale/policy";
import type { Desired } from "./desired.ts";
import { diffChain } from "./diff.ts";
import { writeElements } from "./elements.ts";
import { FAMILIES, TABLE } from "./layout.ts";
import type { ElementChange } from "./members.ts";
import type { FamilyPlan, PlannedChain } from "./plan.ts";
import { Planner } from "./plan.ts";
import { compareTables, readDispatch } from "./resync.ts";
import type { Drift } from "./resync.ts";
import { writeDiff, writeDispatch, writeNewChain, writeRules, writeSkeleton } from "./write.ts";
import type { Dispatch } from "./write.ts";

/** From this size on our own notifications are not worth their cost: the generation number tells as much. */
const QUIET_BYTES = 64 * 1024;
/** With more changed chains than this, one dump of the table is cheaper than one per chain. */
const DUMP_WHOLE_TABLE = 64;
const MAX_ATTEMPTS = 10;
const NO_DISPATCH: Dispatch = { dispatch: new Map(), workloads: new Set() };

export interface CommitReport {
  readonly messages: number;
  readonly bytes: number;
  /** Refused in this commit. */
  readonly refused: readonly { readonly policy: PolicyKey; readonly detail: string }[];
}

export class NftRefusedError extends Error {
  override readonly name = "NftRefusedError";
}

/** Told of the large batches, to stop and start listening around them. */
export interface Quiet {
  pause(): void;
  resume(): void;
}

/** The tables `ip calico` and `ip6 calico`, kept equal to the desired state. One batch per change; synchronous. Close it. */
export class NftDriver {
  readonly #desired: Desired;
  readonly #planner: Planner;
  readonly #nft: Nftables;
  readonly #chains: Record<Family, Set<string>> = { 4: new Set(), 6: new Set() };
  readonly #dispatch: Record<Family, Dispatch> = { 4: NO_DISPATCH, 6: NO_DISPATCH };
  /** The kernel's state is as remembered; else the next change starts with a look. */
  #known = false;
  quiet: Quiet | undefined;

  constructor(options: { readonly desired: Desired; readonly netns?: string | undefined }) {
    this.#desired = options.desired;
    this.#planner = new Planner(options.desired);
    this.#nft = new Nftables({ table: TABLE, netns: options.netns });
  }

  /** Notifications of this driver's own changes carry this. */
  get port(): number {
    return this.#nft.socket.port;
  }

  get refused(): ReadonlySet<PolicyKey> {
    return this.#planner.refused;
  }

  /** Notes an update; nothing reaches the kernel before `commit`. */
  update(update: NodeUpdate): void {
    if (update.t === "policy") this.#planner.refused.delete(update.policy.key);
    if (update.t === "policyRemoved") this.#planner.refused.delete(update.key);
    this.#desired.apply(update);
  }

  /**
   * Puts dispatch that denies in place where there is none. What an earlier run left stays as it is until the first commit.
   */
  failClosed(): void {
    for (const { family, chains, workloads } of this.#planner.planAll()) {
      const filled = new Set(this.#nft.rules(family).map((rule) => rule.chain));
      const base = [...chains.values()].filter((chain): chain is PlannedChain => chain?.hook !== undefined);
      const write = (rebuild: boolean) => {
        const batch = this.#begin();
        batch.family(family);
        if (rebuild) batch.deleteTable();
        writeSkeleton(batch, family);
        for (const chain of base) if (rebuild || !filled.has(chain.name)) writeNewChain(batch, chain);
        writeDispatch(batch, NO_DISPATCH, { dispatch: new Map(), workloads });
        return this.#nft.commit();
      };
      const outcome = write(false);
      // Somebody else's table of our name, with sets of another form: take its place at once.
      if (outcome.kind !== "committed") this.#settle(write(true));
    }
  }

  /** Makes the kernel agree. Throws NftRefusedError if it will not take even a rebuilt table. */
  commit(): CommitReport {
    if (!this.#known) return this.resync().report;
    const plans = this.#planner.planChanges();
    const elements = this.#desired.sets.takeChanges();
    return this.#attempt(plans, (plans) => this.#writeChanges(plans, elements));
  }

  /** Compares all that is in our tables with what should be and repairs the difference. */
  resync(): { readonly report: CommitReport; readonly drift: Drift } {
    this.#known = false;
    let drift: Drift = { total: 0, text: "" };
    const elements = this.#desired.sets.takeAll();
    const report = this.#attempt(this.#planner.planAll(), (plans, rebuild) => {
      drift = compareTables({ nft: this.#nft, begin: (g) => this.#begin(g), plans, elements, rebuild });
      return true;
    });
    return { report, drift };
  }

  /** The kernel may differ from what we remember. */
  forget(): void {
    this.#known = false;
  }

  /** Which links the kernel dispatches, and to which interface name's chains; what an earlier run left, before the first commit. */
  dispatched(): Dispatch {
    return readDispatch(this.#nft, 4);
  }

  /** Deletes both tables. */
  remove(): void {
    for (const family of FAMILIES) {
      if (!this.#nft.hasTable(family)) continue;
      const batch = this.#begin();
      batch.family(family);
      batch.deleteTable();
      this.#settle(this.#nft.commit());
    }
    this.#known = false;
  }

  close(): void {
    this.#nft.close();
  }

  /**
   * Writes, commits and looks at the answer until it is good. A refused rule is its policy's fault: that policy then denies
   * what it would have allowed and the rest goes in. What nobody owns is cured by building the tables anew.
   */
  #attempt(
    plans: readonly FamilyPlan[],
    write: (plans: readonly FamilyPlan[], rebuild: boolean) => boolean,
  ): CommitReport {
    const refused: { policy: PolicyKey; detail: string }[] = [];
    let writer = write;
    let rebuild = false;
    for (let attempt = 1; ; attempt++) {
      if (!writer(plans, rebuild)) return { messages: 0, bytes: 0, refused };
      const { count, writer: bytes } = this.#nft.batch;
      const outcome = this.#commitQuietly();
      if (outcome.kind === "committed") {
        this.#remember(plans, writer === write && this.#known);
        this.#known = true;
        return { messages: count, bytes: bytes.length, refused };
      }
      this.#known = false;
      if (attempt >= MAX_ATTEMPTS) throw new NftRefusedError(describe(outcome));
      const guilty = outcome.kind === "refused" ? outcome.errors.filter((error) => error.owner !== undefined) : [];
      for (const { owner, message, errno } of guilty) {
        const policy = owner!;
        if (this.#planner.refused.has(policy)) continue;
        this.#planner.refused.add(policy);
        refused.push({ policy, detail: message ?? `errno ${errno}` });
      }
      if (outcome.kind === "refused" && guilty.length === 0) {
        if (rebuild) throw new NftRefusedError(describe(outcome));
        rebuild = true;
      }
      // Whatever the plan was, from here on the whole state is compared with what the kernel has.
      plans = this.#planner.planAll();
      const elements = this.#desired.sets.takeAll();
      writer = (plans, rebuild) => {
        compareTables({ nft: this.#nft, begin: (g) => this.#begin(g), plans, elements, rebuild });
        return true;
      };
    }
  }

  #writeChanges(plans: readonly FamilyPlan[], elements: readonly ElementChange[]): boolean {
    const listed = plans.map((plan) => this.#listChanged(plan));
    const batch = this.#begin();
    for (const [i, plan] of plans.entries()) {
      const { family, chains } = plan;
      batch.family(family);
      const own = elements.filter((change) => change.family === family);
      for (const change of own) writeElements(batch, "delete", change);
      for (const change of own) writeElements(batch, "add", change);
      const [existing, dead]: [PlannedChain[], string[]] = [[], []];
      const fresh: PlannedChain[] = [];
      for (const [name, chain] of chains) {
        const exists = this.#chains[family].has(name);
        if (chain !== undefined) (exists ? existing : fresh).push(chain);
        else if (exists) dead.push(name);
      }
      for (const chain of fresh) batch.addChain(chain.name, chain.hook);
      for (const chain of fresh) writeRules(batch, chain);
      for (const chain of existing) {
        const hashes = chain.rules.map(ruleIdentity);
        writeDiff(batch, chain, diffChain(listed[i]!.get(chain.name) ?? [], hashes));
      }
      writeDispatch(batch, this.#dispatch[family], plan);
      for (const name of dead) batch.flushChain(name);
      for (const name of dead) batch.deleteChain(name);
    }
    return batch.count > 0;
  }

  /** Rules, with their handles, of the chains that exist and are in the plan. */
  #listChanged({ family, chains }: FamilyPlan) {
    const names = [...chains].filter(([name, chain]) => chain !== undefined && this.#chains[family].has(name));
    const byChain = new Map<string, { handle: bigint; hash: string }[]>();
    if (names.length === 0) return byChain;
    const rules =
      names.length > DUMP_WHOLE_TABLE
        ? this.#nft.rules(family)
        : names.flatMap(([name]) => this.#nft.rules(family, name));
    for (const { chain, handle, hash } of rules) {
      const list = byChain.get(chain);
      if (list === undefined) byChain.set(chain, [{ handle, hash }]);
      else list.push({ handle, hash });
    }
    return byChain;
  }

  #begin(generation?: number): NftBatch {
    return this.#nft.begin(generation);
  }

  #commitQuietly(): BatchOutcome {
    const loud = this.#nft.batch.writer.length < QUIET_BYTES || this.quiet === undefined;
    if (loud) return this.#nft.commit();
    const before = this.#nft.generation();
    this.quiet!.pause();
    try {
      const outcome = this.#nft.commit();
      return outcome;
    } finally {
      this.quiet!.resume();
      if (this.#nft.generation() > before + 1) this.missed?.();
    }
  }
  /** Called when others changed the rule set while nobody listened. */
  missed: (() => void) | undefined;

  #remember(plans: readonly FamilyPlan[], incremental: boolean): void {
    for (const { family, chains, dispatch, workloads } of plans) {
      const known = this.#chains[family];
      if (!incremental) known.clear();
      for (const [name, chain] of chains) {
        if (chain === undefined) known.delete(name);
        else known.add(name);
      }
      this.#dispatch[family] = { dispatch, workloads };
    }
  }

  #settle(outcome: BatchOutcome): void {
    if (outcome.kind !== "committed") throw new NftRefusedError(describe(outcome));
  }
}

function describe(outcome: BatchOutcome): string {
  switch (outcome.kind) {
    case "refused": {
      const { errno, message, offset } = outcome.errors[0]!;
      const where = offset === undefined ? "" : ` at byte ${offset} of its message`;
      return `the kernel refused the nftables batch: ${message ?? `errno ${errno}`}${where}, ${outcome.errors.length} errors`;
    }
    case "stale":
      return "others keep changing the nftables rule set while it is compared";
    case "unknown":
      return outcome.detail;
    case "committed":
      return "";
  }
}
