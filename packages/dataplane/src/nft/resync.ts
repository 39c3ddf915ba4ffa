import { ruleIdentity } from "@percale/kernel";
import type { Family, ListedElement, NftBatch, Nftables } from "@percale/kernel";
import { diffChain } from "./diff.ts";
import { deleteRawElement, writeDiff, writeDispatch, writeRules, writeSkeleton } from "./write.ts";
import { elementKeys, writeElements } from "./elements.ts";
import { endpointChain, FROM_MAP, HOSTS, interfaceOf, NAMED_PORTS, NETS, PORTS, TO_MAP, WORKLOADS } from "./layout.ts";
import type { ElementChange } from "./members.ts";
import type { FamilyPlan, PlannedChain } from "./plan.ts";

/** What was found different. */
export interface Drift {
  /** Objects that were missing, foreign or different. */
  readonly total: number;
  /** The first few, in words. */
  readonly text: string;
}

/**
 * Writes into the batch what turns our tables, as they are, into the plans. Bound to the rule set's generation: if anybody
 * changes it meanwhile the kernel refuses the batch as stale. `rebuild` deletes the tables first, in the same batch.
 */
export function compareTables(options: {
  readonly nft: Nftables;
  readonly begin: (generation: number) => NftBatch;
  readonly plans: readonly FamilyPlan[];
  readonly elements: readonly ElementChange[];
  readonly rebuild: boolean;
}): Drift {
  const { nft, plans, elements, rebuild } = options;
  const generation = nft.generation();
  const actual = plans.map(({ family }) => readTable(nft, family, rebuild));
  const batch = options.begin(generation);
  const found = new Findings();
  for (const [i, plan] of plans.entries()) {
    const own = elements.filter((change) => change.family === plan.family);
    if (rebuild && nft.hasTable(plan.family)) {
      batch.family(plan.family);
      batch.deleteTable();
    }
    writeTable(batch, plan, own, actual[i]!, found);
  }
  return found.drift();
}

interface ActualTable {
  readonly chains: ReadonlySet<string>;
  readonly rules: ReadonlyMap<string, readonly { readonly handle: bigint; readonly hash: string }[]>;
  readonly elements: ReadonlyMap<string, readonly ListedElement[]>;
  readonly links: ActualDispatch;
}

/** Dispatch as the kernel has it. */
interface ActualDispatch {
  /** Links that both maps send to the two chains of one interface name. */
  readonly dispatch: ReadonlyMap<number, string>;
  readonly workloads: ReadonlySet<number>;
  /** Entries that are none of the above. */
  readonly broken: readonly (readonly [map: string, key: string])[];
}

const EMPTY: ActualTable = {
  chains: new Set(),
  rules: new Map(),
  elements: new Map(),
  links: { dispatch: new Map(), workloads: new Set(), broken: [] },
};

const MEMBER_SETS = [HOSTS, NETS, NAMED_PORTS, PORTS];

function readTable(nft: Nftables, family: Family, rebuild: boolean): ActualTable {
  if (rebuild || !nft.hasTable(family)) return EMPTY;
  const rules = new Map<string, { handle: bigint; hash: string }[]>();
  for (const { chain, handle, hash } of nft.rules(family)) {
    const list = rules.get(chain);
    if (list === undefined) rules.set(chain, [{ handle, hash }]);
    else list.push({ handle, hash });
  }
  return {
    chains: new Set(nft.chains(family).map((chain) => chain.name)),
    rules,
    elements: new Map(MEMBER_SETS.map((set) => [set, nft.elements(family, set)])),
    links: readDispatch(nft, family),
  };
}

export function readDispatch(nft: Nftables, family: Family): ActualDispatch {
  const entries = (map: string) => new Map(nft.elements(family, map).map(({ key, chain }) => [key, chain]));
  const [from, to] = [entries(FROM_MAP), entries(TO_MAP)];
  const dispatch = new Map<number, string>();
  const broken: [string, string][] = [];
  for (const [key, chain] of from) {
    const name = interfaceOf(chain);
    if (name !== undefined && to.get(key) === endpointChain(name, "ingress")) dispatch.set(numberOf(key), name);
    else broken.push([FROM_MAP, key]);
  }
  for (const key of to.keys()) if (!dispatch.has(numberOf(key))) broken.push([TO_MAP, key]);
  const workloads = new Set(nft.elements(family, WORKLOADS).map(({ key }) => numberOf(key)));
  return { dispatch, workloads, broken };
}

function writeTable(
  batch: NftBatch,
  plan: FamilyPlan,
  elements: readonly ElementChange[],
  actual: ActualTable,
  found: Findings,
): void {
  const { family, chains } = plan;
  writeSkeleton(batch, family);
  writeMembers(batch, elements, actual, found);
  const wanted = [...chains.values()].filter((chain): chain is PlannedChain => chain !== undefined);
  const fresh = wanted.filter((chain) => !actual.chains.has(chain.name));
  for (const chain of fresh) batch.addChain(chain.name, chain.hook);
  for (const chain of fresh) writeRules(batch, chain);
  for (const chain of wanted) {
    if (!actual.chains.has(chain.name)) found.add(`chain ${chain.name} missing`);
    else writeDiffFound(batch, chain, actual, found);
  }
  compareDispatch(plan, actual.links, found);
  for (const [map, key] of actual.links.broken) deleteRawElement(batch, map, { key, keyEnd: "" });
  writeDispatch(batch, actual.links, plan);
  const dead = [...actual.chains].filter((name) => chains.get(name) === undefined);
  for (const name of dead) found.add(`chain ${name} not ours`);
  for (const name of dead) batch.flushChain(name);
  for (const name of dead) batch.deleteChain(name);
}

function writeDiffFound(batch: NftBatch, chain: PlannedChain, actual: ActualTable, found: Findings): void {
  const diff = diffChain(actual.rules.get(chain.name) ?? [], chain.rules.map(ruleIdentity));
  if (diff.deleted.length > 0) found.add(`${diff.deleted.length} rules of ${chain.name} not ours`, diff.deleted.length);
  if (diff.inserted.length > 0)
    found.add(`${diff.inserted.length} rules of ${chain.name} missing`, diff.inserted.length);
  writeDiff(batch, chain, diff);
}

function compareDispatch(wanted: FamilyPlan, { dispatch, workloads, broken }: ActualDispatch, found: Findings): void {
  for (const [index, name] of wanted.dispatch)
    if (dispatch.get(index) !== name) found.add(`dispatch of ${name} missing`);
  for (const index of wanted.workloads) if (!workloads.has(index)) found.add(`link ${index} not known as a workload's`);
  const strange = [...dispatch.keys()].filter((index) => !wanted.dispatch.has(index)).length + broken.length;
  if (strange > 0) found.add(`${strange} dispatch entries not ours`, strange);
}

function writeMembers(batch: NftBatch, elements: readonly ElementChange[], actual: ActualTable, found: Findings): void {
  const present = new Map<string, Map<string, ListedElement>>(); // all keys of one set have one length
  for (const [set, list] of actual.elements) present.set(set, new Map(list.map((e) => [e.key + e.keyEnd, e])));
  const isEmpty = [...present.values()].every((list) => list.size === 0);
  if (isEmpty) {
    const count = elements.reduce((sum, change) => sum + change.addedSingles.length + change.addedIntervals.length, 0);
    if (count > 0) found.add(`${count} set members missing`, count);
    for (const change of elements) writeElements(batch, "add", change);
    return;
  }
  const incomplete: ElementChange[] = [];
  for (const change of elements) {
    let missing = 0;
    for (const { set, key, keyEnd } of elementKeys(change)) if (!present.get(set)!.delete(key + keyEnd)) missing++;
    if (missing === 0) continue;
    found.add(`${missing} members of set ${change.set} missing`, missing);
    incomplete.push(change);
  }
  for (const [set, left] of present) {
    if (left.size > 0) found.add(`${left.size} members of ${set} not ours`, left.size);
    for (const element of left.values()) deleteRawElement(batch, set, element);
  }
  for (const change of incomplete) writeElements(batch, "add", change); // present ones are no error
}

/** A link's index out of its key. */
function numberOf(key: string): number {
  return Buffer.from(key, "latin1").readUInt32LE();
}

class Findings {
  #total = 0;
  readonly #texts: string[] = [];

  add(text: string, count = 1): void {
    this.#total += count;
    if (this.#texts.length < 3) this.#texts.push(text);
  }

  drift(): Drift {
    return { total: this.#total, text: this.#texts.join(", ") };
  }
}
