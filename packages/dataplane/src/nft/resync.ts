import { stepsInTurns } from "@percale/daemon";
import type { Turn } from "@percale/daemon";
import { identitiesOf, TABLE_FLAG } from "@percale/kernel";
import type { Family, ListedElement, NftBatch, Nftables } from "@percale/kernel";
import type { Drift } from "../policy/driver.ts";
import { misshapen, NO_TABLE, readTable } from "./actual.ts";
import type { ActualDispatch, ActualTable } from "./actual.ts";
import { diffChain } from "./diff.ts";
import { elementKeys, writeElements } from "./elements.ts";
import { setsOf } from "./layout.ts";
import type { ElementChange } from "./members.ts";
import type { FamilyPlan, PlannedChain } from "./plan.ts";
import { deleteRawElement, writeDiff, writeDispatch, writeFresh, writeSkeleton } from "./write.ts";

export type ActualTables = Readonly<Record<Family, ActualTable>>;

/** `rebuild`: whatever is in them will go, so that only whether they are there counts. */
export async function readTables(nft: Nftables, rebuild: boolean, turn: Turn): Promise<ActualTables> {
  const read = async (family: Family): Promise<ActualTable> =>
    rebuild ? { ...NO_TABLE, flags: nft.table(family)?.flags } : await stepsInTurns(readTable(nft, family), turn);
  return { 4: await read(4), 6: await read(6) };
}

/**
 * Writes into the batch what turns our tables, as they are, into the plans. `rebuild`: by deleting them first, in the same batch.
 */
export async function compareTables(options: {
  readonly batch: NftBatch;
  readonly actual: ActualTables;
  readonly plans: readonly FamilyPlan[];
  readonly elements: readonly ElementChange[];
  readonly rebuild: boolean;
  /** Flags that our tables should have. */
  readonly flags: number;
  readonly turn: Turn;
}): Promise<Drift> {
  const { batch, plans, elements, rebuild, flags, turn } = options;
  const found = new Findings();
  for (const plan of plans) {
    const actual = options.actual[plan.family];
    const own = elements.filter((change) => change.family === plan.family);
    const shape = shapeOf(plan, actual, flags);
    const anew = rebuild || shape !== undefined;
    if (shape !== undefined) found.add(shape);
    batch.family(plan.family);
    if (anew && actual.flags !== undefined) batch.deleteTable();
    const table = writeTable({ batch, plan, elements: own, actual: anew ? NO_TABLE : actual, flags, found });
    await stepsInTurns(table, turn);
  }
  return found.drift();
}

/** Why the table must be made anew. */
export function shapeOf(plan: FamilyPlan, actual: ActualTable, flags: number): string | undefined {
  const base = wantedChains(plan).filter(({ hook }) => hook !== undefined);
  return misshapen(actual, { family: plan.family, flags, base });
}

function wantedChains({ chains }: FamilyPlan): readonly PlannedChain[] {
  return [...chains.values()].filter((chain): chain is PlannedChain => chain !== undefined);
}

function* writeTable(options: {
  readonly batch: NftBatch;
  readonly plan: FamilyPlan;
  readonly elements: readonly ElementChange[];
  readonly actual: ActualTable;
  readonly flags: number;
  readonly found: Findings;
}): Generator<undefined, void> {
  const { batch, plan, elements, actual, flags, found } = options;
  const wanted = wantedChains(plan);
  if (((actual.flags ?? 0) & TABLE_FLAG.dormant) !== 0) found.add("table is dormant");
  writeSkeleton(batch, plan.family, flags);
  yield* writeMembers(batch, elements, actual, found);
  const fresh = wanted.filter((chain) => !actual.chains.has(chain.name));
  yield* writeFresh(batch, fresh);
  for (const chain of wanted) {
    const present = actual.chains.get(chain.name);
    if (present === undefined) found.add(`chain ${chain.name} missing`);
    else writeDiffFound(batch, chain, actual, found);
    yield;
    if (present?.base?.policy !== "drop") continue;
    found.add(`policy drop of ${chain.name}`);
    batch.addChain(chain);
  }
  compareDispatch(plan, actual.links, found);
  for (const { set, element } of actual.links.broken) deleteRawElement(batch, set, element);
  writeDispatch(batch, actual.links, plan);
  writeStrangers(batch, plan, actual, found);
}

/** Chains that are not ours, and sets: nothing of ours names them, but they may be called, or name a chain of ours. */
function writeStrangers(batch: NftBatch, { family, chains }: FamilyPlan, actual: ActualTable, found: Findings): void {
  const dead = [...actual.chains.keys()].filter((name) => chains.get(name) === undefined);
  const own = new Set(setsOf(family).map(({ name }) => name));
  const sets = [...actual.sets.keys()].filter((name) => !own.has(name));
  for (const name of dead) found.add(`chain ${name} not ours`);
  for (const name of sets) found.add(`set ${name} not ours`);
  for (const name of dead) batch.flushChain(name);
  for (const name of sets) batch.deleteSet(name);
  for (const name of dead) batch.deleteChain(name);
}

function writeDiffFound(batch: NftBatch, chain: PlannedChain, actual: ActualTable, found: Findings): void {
  const diff = diffChain(actual.rules.get(chain.name) ?? [], identitiesOf(chain.rules));
  if (diff.deleted.length > 0) found.add(`${diff.deleted.length} rules of ${chain.name} not ours`, diff.deleted.length);
  if (diff.inserted.length > 0)
    found.add(`${diff.inserted.length} rules of ${chain.name} missing`, diff.inserted.length);
  writeDiff(batch, chain, diff);
}

function compareDispatch(wanted: FamilyPlan, { dispatch, workloads, broken }: ActualDispatch, found: Findings): void {
  for (const [index, name] of wanted.dispatch)
    if (dispatch.get(index) !== name) found.add(`dispatch of ${name} missing`);
  for (const index of wanted.workloads) if (!workloads.has(index)) found.add(`link ${index} not known as a workload's`);
  const strange =
    broken.length +
    [...dispatch.keys()].filter((index) => !wanted.dispatch.has(index)).length +
    [...workloads].filter((index) => !wanted.workloads.has(index)).length;
  if (strange > 0) found.add(`${strange} dispatch entries not ours`, strange);
}

function* writeMembers(
  batch: NftBatch,
  elements: readonly ElementChange[],
  actual: ActualTable,
  found: Findings,
): Generator<undefined, void> {
  const present = new Map<string, Map<string, ListedElement>>(); // all keys of one set have one length
  for (const [set, list] of actual.members) present.set(set, new Map(list.map((e) => [e.key + e.keyEnd + e.extra, e])));
  const isEmpty = [...present.values()].every((list) => list.size === 0);
  if (isEmpty) {
    const count = elements.reduce((sum, change) => sum + change.addedSingles.length + change.addedIntervals.length, 0);
    if (count > 0) found.add(`${count} set members missing`, count);
    for (const change of elements) {
      writeElements(batch, "add", change);
      yield;
    }
    return;
  }
  const incomplete: ElementChange[] = [];
  for (const change of elements) {
    let missing = 0;
    for (const { set, key, keyEnd } of elementKeys(change)) if (!present.get(set)!.delete(key + keyEnd)) missing++;
    yield;
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
