import type { Family, NftBatch } from "@percale/kernel";
import type { diffChain } from "./diff.ts";
import { interfaceKey } from "./expr.ts";
import { endpointChain, FROM_MAP, setsOf, TO_MAP } from "./layout.ts";
import type { PlannedChain } from "./plan.ts";

/** Table and sets; fine if they are there. */
export function writeSkeleton(batch: NftBatch, family: Family): void {
  batch.family(family);
  batch.addTable();
  for (const set of setsOf(family)) batch.addSet(set);
}

export function writeNewChain(batch: NftBatch, chain: PlannedChain): void {
  batch.addChain(chain.name, chain.hook);
  writeRules(batch, chain);
}

export function writeRules(batch: NftBatch, chain: PlannedChain): void {
  batch.own(chain.policy);
  for (const rule of chain.rules) batch.addRule(chain.name, rule);
  batch.own(undefined);
}

export function writeDiff(batch: NftBatch, chain: PlannedChain, diff: ReturnType<typeof diffChain>): void {
  batch.own(chain.policy);
  for (const handle of diff.deleted) batch.deleteRule(chain.name, handle);
  for (const { index, before } of diff.inserted)
    batch.addRule(chain.name, chain.rules[index]!, before === undefined ? undefined : { before });
  batch.own(undefined);
}

/** New interfaces are dispatched last, when all that they need is there; old ones before their chains go. */
export function writeDispatch(batch: NftBatch, before: ReadonlySet<string>, after: ReadonlySet<string>): void {
  for (const name of after) if (!before.has(name)) writeInterface(batch, "add", name);
  for (const name of before) if (!after.has(name)) writeInterface(batch, "delete", name);
}

function writeInterface(batch: NftBatch, operation: "add" | "delete", name: string): void {
  const key = interfaceKey(name);
  batch.verdictElement(operation, FROM_MAP, key, { v: "goto", chain: endpointChain(name, "egress") });
  batch.verdictElement(operation, TO_MAP, key, { v: "goto", chain: endpointChain(name, "ingress") });
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
