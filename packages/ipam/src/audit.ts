import { cidrSize, formatCidr, overlaps, parseCidr } from "@percale/net";
import { handleAt } from "./block.ts";
import type { IPAMBlockSpec, IpamState } from "./model.ts";

/** What is inconsistent in stored IPAM objects, one line each; empty when all is well. */
export function auditIpam(state: Pick<IpamState, "blocks" | "affinities" | "handles">): string[] {
  const faults: string[] = [];
  const counted = new Map<string, number>();
  const blocks = state.blocks.map(({ spec }) => spec).filter(({ deleted }) => deleted !== true);
  const sorted = blocks
    .map(({ cidr }) => parseCidr(cidr))
    .sort((a, b) => a.family - b.family || (a.value < b.value ? -1 : 1));
  for (const [i, cidr] of sorted.entries())
    if (i > 0 && overlaps(sorted[i - 1]!, cidr)) faults.push(`blocks overlap at ${formatCidr(cidr)}`);
  for (const block of blocks) {
    faults.push(...blockFaults(block));
    for (const ordinal of block.allocations.keys()) {
      const handle = handleAt(block, ordinal);
      if (handle === undefined) continue;
      const key = `${handle.toLowerCase()} ${block.cidr}`;
      counted.set(key, (counted.get(key) ?? 0) + 1);
    }
    const affinity = block.affinity;
    if (
      affinity?.startsWith("host:") === true &&
      !state.affinities.some(
        ({ spec }) => spec.cidr === block.cidr && `host:${spec.node}` === affinity && spec.state !== "pending",
      )
    )
      faults.push(`${block.cidr}: no confirmed affinity of ${affinity}`);
  }
  for (const { spec } of state.affinities)
    if (
      spec.state === "confirmed" &&
      !blocks.some(({ cidr, affinity }) => cidr === spec.cidr && affinity === `host:${spec.node}`)
    )
      faults.push(`affinity of ${spec.node} for ${spec.cidr} has no block`);
  for (const { spec } of state.handles) {
    for (const [cidr, count] of Object.entries(spec.block)) {
      const key = `${spec.handleID.toLowerCase()} ${cidr}`;
      const actual = counted.get(key) ?? 0;
      counted.delete(key);
      if (actual !== count) faults.push(`handle ${spec.handleID} counts ${count} in ${cidr}, the block has ${actual}`);
    }
  }
  for (const key of counted.keys()) faults.push(`no handle counts ${key}`);
  return faults;
}

/** What is inconsistent inside one block. */
export function blockFaults(block: IPAMBlockSpec): string[] {
  const faults: string[] = [];
  const allocated = block.allocations.flatMap((index, ordinal) => (index === null ? [] : [ordinal]));
  const all = [...allocated, ...block.unallocated].toSorted((a, b) => a - b);
  const isWhole = BigInt(block.allocations.length) === cidrSize(parseCidr(block.cidr));
  if (!isWhole || all.length !== block.allocations.length || all.some((ordinal, i) => ordinal !== i))
    faults.push(`${block.cidr}: allocated and free ordinals do not add up to the block`);
  const used = new Set(block.allocations.filter((index) => index !== null));
  for (const index of used)
    if (block.attributes[index] === undefined) faults.push(`${block.cidr}: no attribute ${index}`);
  if (used.size !== block.attributes.length) faults.push(`${block.cidr}: an attribute has no user`);
  const sequenced = Object.keys(block.sequenceNumberForAllocation ?? {}).map(Number);
  if (sequenced.toSorted((a, b) => a - b).join() !== allocated.join())
    faults.push(`${block.cidr}: sequence numbers do not match allocations`);
  return faults;
}
