import type { AuditPage } from "./records.ts";

/** Events that were kept together, in the order in which they came. */
export interface AuditBatch {
  readonly id: number;
  readonly events: readonly string[];
}

interface Part {
  readonly limit: number;
  /** Of the first batch's newest, told already. */
  readonly skip: number;
  /** There are no older batches than these. */
  readonly isAll: boolean;
}

/** The newest events of batches, which come newest first; `next` is `batch.skip`. */
export function auditPage(batches: readonly AuditBatch[], { limit, skip, isAll }: Part): AuditPage {
  const told: string[] = [];
  let left = skip;
  for (const { id, events } of batches) {
    const newest = events.toReversed().slice(left);
    const taken = newest.slice(0, limit - told.length);
    told.push(...taken);
    if (taken.length < newest.length) return { events: told, next: `${id}.${left + taken.length}` };
    left = 0;
  }
  const last = batches.at(-1);
  return { events: told, ...(!isAll && last !== undefined && last.id > 1 && { next: `${last.id - 1}.0` }) };
}
