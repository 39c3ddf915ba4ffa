import type { Family, NftBatch } from "@percale/kernel";
import type { DispatchedLinks } from "../links/known.ts";
import type { diffChain } from "./diff.ts";
import { u32 } from "./expr.ts";
import { endpointChain, FROM_MAP, setsOf, TO_MAP, WORKLOADS } from "./layout.ts";
import type { PlannedChain } from "./plan.ts";

/** Table and sets; fine if they are there. */
export function writeSkeleton(batch: NftBatch, family: Family, flags: number): void {
  batch.family(family);
  batch.addTable(flags);
  for (const set of setsOf(family)) batch.addSet(set);
}

export function writeNewChain(batch: NftBatch, chain: PlannedChain): void {
  batch.addChain(chain);
  writeRules(batch, chain);
}

/** Chains first: those of one batch may call each other. */
export function* writeFresh(batch: NftBatch, chains: readonly PlannedChain[]): Generator<undefined, void> {
  for (const chain of chains) {
    batch.addChain(chain);
    yield;
  }
  for (const chain of chains) {
    writeRules(batch, chain);
    yield;
  }
}

export function writeRules(batch: NftBatch, chain: PlannedChain): void {
  batch.own(chain.owner);
  for (let index = 0; index < chain.rules.ends.length; index++) batch.addRule(chain.name, chain.rules, index);
  batch.own(undefined);
}

export function writeDiff(batch: NftBatch, chain: PlannedChain, diff: ReturnType<typeof diffChain>): void {
  batch.own(chain.owner);
  for (const handle of diff.deleted) batch.deleteRule(chain.name, handle);
  for (const { index, before } of diff.inserted)
    batch.addRule(chain.name, chain.rules, index, before === undefined ? undefined : { before });
  batch.own(undefined);
}

/** New links are dispatched last, when all that they need is there; old ones before their chains go. */
export function writeDispatch(batch: NftBatch, before: DispatchedLinks, after: DispatchedLinks): void {
  for (const index of after.workloads) if (!before.workloads.has(index)) writeWorkload(batch, "add", index);
  for (const [index, name] of before.dispatch)
    if (after.dispatch.get(index) !== name) writeLink(batch, "delete", index, name);
  for (const [index, name] of after.dispatch)
    if (before.dispatch.get(index) !== name) writeLink(batch, "add", index, name);
  for (const index of before.workloads) if (!after.workloads.has(index)) writeWorkload(batch, "delete", index);
}

function writeWorkload(batch: NftBatch, operation: "add" | "delete", index: number): void {
  batch.element(operation, WORKLOADS, 4);
  batch.writer.word(index);
  batch.elementEnd();
}

function writeLink(batch: NftBatch, operation: "add" | "delete", index: number, interfaceName: string): void {
  for (const [map, direction] of [
    [FROM_MAP, "egress"],
    [TO_MAP, "ingress"],
  ] as const)
    batch.verdictElement(operation, map, u32(index), { v: "goto", chain: endpointChain(interfaceName, direction) });
}

/** Deletes an element by the bytes of its key, as a dump shows them. */
export function deleteRawElement(
  batch: NftBatch,
  set: string,
  { key, keyEnd }: { readonly key: string; readonly keyEnd: string },
): void {
  batch.element("delete", set, key.length);
  batch.writer.copy(Buffer.from(key, "latin1"));
  if (keyEnd !== "") {
    batch.elementKeyEnd(keyEnd.length);
    batch.writer.copy(Buffer.from(keyEnd, "latin1"));
  }
  batch.elementEnd();
}
