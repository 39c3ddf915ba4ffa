import { stepsInTurns, turns } from "@percale/daemon";
import { identitiesOf, Nftables, NftWatch, TABLE_FLAG } from "@percale/kernel";
import type { BatchOutcome, Family, NftEvent } from "@percale/kernel";
import { refOfPolicy, refOfProfile } from "@percale/policy";
import type { StateChange } from "@percale/policy";
import { formatRef } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import { NO_DISPATCH } from "../links/known.ts";
import type { DispatchedLinks, WorkloadLinks } from "../links/known.ts";
import { DriverRefusedError, NOTHING_SENT } from "../policy/driver.ts";
import type { CommitReport, DriverOptions, Drift, PolicyDriver, Refusal } from "../policy/driver.ts";
import { isBare, readDispatch } from "./actual.ts";
import { diffChain } from "./diff.ts";
import { writeElements } from "./elements.ts";
import { FAMILIES, TABLE } from "./layout.ts";
import { Load } from "./load.ts";
import type { ElementChange } from "./members.ts";
import type { FamilyPlan, PlannedChain } from "./plan.ts";
import { Planner } from "./plan.ts";
import { compareTables, readTables, shapeOf } from "./resync.ts";
import type { ActualTables } from "./resync.ts";
import { unsupportedOf } from "./unsupported.ts";
import { NftView } from "./view.ts";
import { NFT_WORDS } from "./words.ts";
import { writeDiff, writeDispatch, writeFresh, writeNewChain, writeSkeleton } from "./write.ts";

/** From this size on our own notifications are not worth their cost: the generation number tells as much. */
const QUIET_BYTES = 64 * 1024;
/** With more changed chains than this, one dump of the table is cheaper than one per chain. */
const DUMP_WHOLE_TABLE = 64;
const MAX_ATTEMPTS = 10;
/** After so many looks that others' changes of our tables spoilt, they are replaced without one. */
const MAX_LOOKS = 3;
const EPERM = 1;
/** Errors that are about what there is room for, or who we are; never about a rule. EPERM, EINTR, EAGAIN, ENOMEM, EBUSY, ENFILE, ENOSPC, ENOBUFS. */
const NOT_THE_RULE = new Set([EPERM, 4, 11, 12, 16, 23, 28, 105]);

export interface NftDriverOptions extends DriverOptions {
  /** Where keys get names or numbers in the kernel, the first to be tried. */
  readonly hash?: (text: string) => number;
}

/** The tables `ip calico` and `ip6 calico`, kept equal to the desired state. One batch per change, and the last of a load makes it true. */
export class NftDriver implements PolicyDriver {
  readonly words = NFT_WORDS;
  readonly #view: NftView;
  readonly #planner: Planner;
  readonly #nft: Nftables<ObjectRef>;
  readonly #watch: NftWatch;
  readonly #onForeign: (why: string) => void;
  readonly #netns: string | undefined;
  readonly #own: boolean;
  /** Of our tables; undefined until somebody needs them. */
  #flags: number | undefined;
  readonly #chains: Record<Family, Set<string>> = { 4: new Set(), 6: new Set() };
  readonly #dispatch: Record<Family, DispatchedLinks> = { 4: NO_DISPATCH, 6: NO_DISPATCH };
  /** The kernel's state is as remembered; else the next change starts with a look. */
  #known = false;

  constructor({ state, netns, own = true, onForeign = () => {}, hash }: NftDriverOptions) {
    this.#view = new NftView(state, hash);
    this.#planner = new Planner(this.#view);
    this.#nft = new Nftables({ table: TABLE, netns });
    for (const family of FAMILIES) this.#planner.names.adopt(this.#nft.chains(family));
    this.#onForeign = onForeign;
    this.#watch = new NftWatch({
      table: TABLE,
      netns,
      ownPort: this.#nft.socket.port,
      onEvent: (event) => onForeign(wordsOf(event)),
    });
    this.#netns = netns;
    this.#own = own;
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
    const flags = await this.#tableFlags();
    for (const { family, chains, workloads } of await this.#planner.planAll(turns())) {
      const filled = new Set(this.#nft.rules(family).map((rule) => rule.chain));
      const base = [...chains.values()].filter((chain): chain is PlannedChain => chain?.hook !== undefined);
      const write = (rebuild: boolean) => {
        const batch = this.#nft.begin();
        batch.family(family);
        const present = this.#nft.table(family);
        if (rebuild && present !== undefined) batch.deleteTable();
        // One that is there and persists as ours should is owned now; any other when the first commit compares.
        const keeps =
          present !== undefined && !rebuild && (present.flags & TABLE_FLAG.persist) !== (flags & TABLE_FLAG.persist);
        writeSkeleton(batch, family, keeps ? present.flags & TABLE_FLAG.persist : flags);
        for (const chain of base) if (rebuild || !filled.has(chain.name)) writeNewChain(batch, chain);
        writeDispatch(batch, NO_DISPATCH, { dispatch: new Map(), workloads });
        return this.#nft.commit();
      };
      const outcome = await write(false);
      // Somebody else's table of our name, with sets of another form: take its place at once.
      if (outcome.kind !== "committed") settle(await write(true));
    }
  }

  async commit(): Promise<CommitReport> {
    if (!this.#known) return (await this.resync()).report;
    const turn = turns();
    const plans = await this.#planner.planChanges(turn);
    const elements = this.#view.sets.takeChanges();
    if (!(await stepsInTurns(this.#writeChanges(plans, elements), turn))) return NOTHING_SENT;
    const { count, writer } = this.#nft.batch;
    const outcome = await this.#commitQuietly();
    if (outcome.kind === "committed") {
      this.#remember(plans, true);
      const report = { messages: count, bytes: writer.length, refused: [] };
      this.#nft.release();
      return report;
    }
    // Whoever is named in the kernel's answer may be innocent: the tables need not be what we took them for.
    this.#known = false;
    return (await this.#compare()).report;
  }

  async resync(): Promise<Compared> {
    this.#known = false;
    this.#planner.refused.clear();
    return this.#compare();
  }

  forget(): void {
    this.#known = false;
  }

  async dispatched(): Promise<DispatchedLinks> {
    return readDispatch(this.#nft, 4);
  }

  async remove(): Promise<void> {
    for (const family of FAMILIES) {
      if (this.#nft.table(family) === undefined) continue;
      const batch = this.#nft.begin();
      batch.family(family);
      batch.deleteTable();
      settle(await this.#nft.commit());
    }
    this.#known = false;
  }

  close(): void {
    this.#watch.close();
    this.#nft.close();
  }

  /**
   * Looks, writes the difference, commits, until the answer is good. A rule that is refused then, in a batch made from a look
   * that nobody spoilt, is its owner's fault: that policy or profile denies what it would have allowed and the rest goes in.
   * What nobody owns is cured by building the tables anew.
   */
  async #compare(): Promise<Compared> {
    const flags = await this.#tableFlags();
    const refused: Refusal[] = [];
    const turn = turns();
    const elements = this.#view.sets.takeAll();
    let plans: readonly FamilyPlan[] | undefined;
    let rebuild = false;
    let spoilt = 0;
    for (let attempt = 1; ; attempt++) {
      this.#watch.take();
      const actual = await readTables(this.#nft, rebuild, turn);
      const isSpoilt = () => !rebuild && this.#watch.take();
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
      const outcome = await this.#commitQuietly();
      if (outcome.kind === "committed") {
        this.#remember(plans, false);
        this.#known = true;
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
    const load = new Load({ nft: this.#nft, commit: () => this.#commitQuietly(), turn: turns() });
    await stepsInTurns(load.members(elements), load.turn);
    const plans = await this.#planner.planAll(load.turn, (family, chain) => load.chain(family, chain));
    if (!(await load.settled())) return undefined;
    if (plans.some((plan) => shapeOf(plan, actual[plan.family], flags) !== undefined)) return undefined;
    const rest = { plans: plans.map((plan) => load.rest(plan)), elements: [], rebuild: false, flags, turn: turns() };
    const drift = await compareTables({ batch: this.#nft.batch, actual, ...rest });
    const { count, writer } = this.#nft.batch;
    const report = { messages: load.messages + count, bytes: load.bytes + writer.length, refused: [] };
    if ((await this.#commitQuietly()).kind !== "committed") return undefined;
    this.#remember(plans, false);
    this.#known = true;
    this.#nft.release();
    return { report, drift };
  }

  *#writeChanges(plans: readonly FamilyPlan[], elements: readonly ElementChange[]): Generator<undefined, boolean> {
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

  async #commitQuietly(): Promise<BatchOutcome<ObjectRef>> {
    if (this.#nft.batch.writer.length < QUIET_BYTES) return await this.#nft.commit();
    const before = this.#nft.generation();
    this.#watch.pause();
    try {
      return await this.#nft.commit();
    } finally {
      this.#watch.resume();
      if (this.#nft.generation() > before + 1) this.#onForeign(wordsOf({ t: "lost" }));
    }
  }

  async #tableFlags(): Promise<number> {
    this.#flags ??= this.#own && (await this.#keepsOwned()) ? TABLE_FLAG.owner | TABLE_FLAG.persist : 0;
    return this.#flags;
  }

  /** Whether this kernel lets an owned table outlive its owner (6.9); without that an agent's end would open the node. */
  async #keepsOwned(): Promise<boolean> {
    const probe = new Nftables({ table: `${TABLE}-probe-${this.#nft.socket.port}`, netns: this.#netns });
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
}

function wordsOf(event: NftEvent): string {
  switch (event.t) {
    case "lost":
      return "notifications were lost";
    case "foreign":
      return `changed by ${event.process}`;
  }
}

/** Rules of chains, with the handles by which they are changed. */
type Listed = ReadonlyMap<string, readonly { readonly handle: bigint; readonly identity: string }[]>;

interface Compared {
  readonly report: CommitReport;
  readonly drift: Drift;
}

function settle(outcome: BatchOutcome<ObjectRef>): void {
  if (outcome.kind !== "committed") throw new DriverRefusedError(describe(outcome));
}

/** Whose rules the kernel refused, by key; undefined if anything else was wrong, of which refused rules may only be the consequence. */
function guiltyOf({ errors }: Extract<BatchOutcome<ObjectRef>, { kind: "refused" }>) {
  const guilty = new Map<string, Refusal>();
  for (const { owner, errno, message } of errors) {
    if (owner === undefined || NOT_THE_RULE.has(errno)) return undefined;
    guilty.set(formatRef(owner), { ref: owner, kind: "refused", detail: message ?? `errno ${errno}` });
  }
  return guilty;
}

function describe(outcome: BatchOutcome<ObjectRef>): string {
  switch (outcome.kind) {
    case "refused": {
      const { errno, message, offset } = outcome.errors[0]!;
      if (errno === EPERM)
        return "another program owns our nftables tables (nft list ruleset names it), or rights are missing";
      const where = offset === undefined ? "" : ` at byte ${offset} of its message`;
      return `the kernel refused the nftables batch: ${message ?? `errno ${errno}`}${where}, ${outcome.errors.length} errors`;
    }
    case "unknown":
      return outcome.detail;
    case "committed":
      return "";
  }
}

/** Whose rules a change brings or takes. */
function ownerOf(change: StateChange): ObjectRef | undefined {
  switch (change.t) {
    case "policy": {
      const policy = change.now ?? change.before;
      return policy && refOfPolicy(policy);
    }
    case "profile":
      return refOfProfile(change.name);
    case "config":
    case "endpoint":
    case "set":
    case "members":
    case "pool":
    case "hosts":
      return undefined;
  }
}
