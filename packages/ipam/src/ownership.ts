import { containsCidr, formatCidr, maskCidr, overlaps, parseCidr, tryParseAddress } from "@percale/net";
import type { Cidr } from "@percale/net";
import { BlockAffinity, IPAMBlock, IPAMConfiguration, IPAMHandle, IPPool, isSameJson, Node } from "@percale/resources";
import type { KubeObject, Lookup, ObjectMeta } from "@percale/resources";
import { blockFaults } from "./audit.ts";
import { isEmpty, ordinalOf, ordinalsOf, thaw } from "./block.ts";
import { RECLAIM_AFTER_MS } from "./assign.ts";
import type { BlockAttribute, IPAMBlockSpec, IpamHashes, IPPoolObject } from "./model.ts";
import { affinityName, blockName, handleName, hostOwner } from "./names.ts";
import { poolOf, selects } from "./pools.ts";
import type { Pool } from "./pools.ts";

/** A change that a node wants to make to an IPAM object, and the state that it would follow. */
export interface NodeWrite {
  readonly node: string;
  /** As it will be; undefined: deleted. */
  readonly object: KubeObject | undefined;
  /** As it is; undefined: created. */
  readonly old: KubeObject | undefined;
  readonly lookup: Lookup;
  readonly nowMs: number;
  readonly hashes: Pick<IpamHashes, "sha256Hex">;
}

/** How far a node's clock may be off before its addresses cool down too early, or its blocks seem too young to be taken over. */
const SKEW_MS = 30_000;

/**
 * Why a node may not change a block, an affinity or a handle so; undefined if it may. A node decides about its own blocks and
 * about single addresses in everybody's: those that are free or its own. What `autoAssign`, `assignAddress` and `releaseHandle`
 * plan for a node always passes.
 */
export function nodeWriteFault(write: NodeWrite): string | undefined {
  const { object, old } = write;
  const { kind } = (object ?? old)!; // a change has at least one side
  // Here and below: the store holds nothing of a kind but what passed its schema.
  if (object !== undefined && !isSameMetadata(object, old)) return "a node may not change its labels or finalizers";
  switch (kind) {
    case IPAMBlock.kind:
      return blockFault(write, object as IPAMBlock | undefined, old as IPAMBlock | undefined);
    case BlockAffinity.kind:
      return affinityFault(write, object as BlockAffinity | undefined, old as BlockAffinity | undefined);
    case IPAMHandle.kind:
      return handleFault(write, object as IPAMHandle | undefined, old as IPAMHandle | undefined);
    default:
      return `${kind} is no object of IPAM`;
  }
}

/** Whether the address is given out to that node. */
export function isHeldBy(lookup: Lookup, node: string, address: string): boolean {
  const parsed = tryParseAddress(address);
  if (parsed === undefined) return false;
  const block = blockAround(lookup, { ...parsed, prefixLen: parsed.family === 4 ? 32 : 128 });
  if (block === undefined) return false;
  return entryAt(block, ordinalOf(block, parsed))?.secondary?.["node"] === node;
}

function blockFault(write: NodeWrite, object?: IPAMBlock, old?: IPAMBlock): string | undefined {
  const { node } = write;
  const stored = old?.spec.deleted === true ? undefined : old?.spec;
  if (object === undefined) return stored === undefined || isDeletable(write, stored) ? undefined : notYours(stored);
  const next = object.spec;
  if (next.deleted === true) return "a node deletes a block, it does not mark it";
  const [fault] = blockFaults(next);
  if (fault !== undefined) return fault;
  if (old !== undefined && next.cidr !== old.spec.cidr) return "its addresses never change";
  if (object.metadata.name !== blockName(next.cidr)) return `must be called ${blockName(next.cidr)}`;
  const isTaken = stored === undefined || (stored.affinity !== next.affinity && isReclaimable(write, stored));
  if (isTaken) {
    if (next.affinity !== hostOwner(node)) return "a node claims blocks for itself alone";
    if (!isSlice(write, parseCidr(next.cidr), object.metadata.name)) return `${next.cidr} is no free slice of a pool`;
    const most = Math.max((write.nowMs + SKEW_MS) * 1000, (old?.spec.sequenceNumber ?? 0) + 1);
    if (next.sequenceNumber > most) return `its sequence number must be at most ${most}`;
  } else {
    const { affinity, affinityClaimTime, strictAffinity, sequenceNumber } = stored;
    const isKept =
      next.affinity === affinity &&
      next.affinityClaimTime === affinityClaimTime &&
      next.strictAffinity === strictAffinity;
    if (!isKept) return notYours(stored);
    if (next.sequenceNumber !== sequenceNumber + 1) return `its sequence number must be ${sequenceNumber + 1}`;
  }
  return allocationFault(write, stored, next);
}

/** Every ordinal that changes was free or this node's, and is so again. */
function allocationFault(write: NodeWrite, stored: IPAMBlockSpec | undefined, next: IPAMBlockSpec): string | undefined {
  const isOwnBlock = next.affinity === hostOwner(write.node);
  for (let ordinal = 0; ordinal < next.allocations.length; ordinal++) {
    const [before, after] = [stored === undefined ? undefined : entryAt(stored, ordinal), entryAt(next, ordinal)];
    if (isSameJson(before, after) && sequenceAt(stored, ordinal) === sequenceAt(next, ordinal)) continue;
    if (!mayTake(write, before, isOwnBlock)) return `ordinal ${ordinal} is held by another node`;
    if (after === undefined) continue;
    if (after.releasedAt !== undefined) {
      const isFresh = Math.abs(Date.parse(after.releasedAt) - write.nowMs) <= SKEW_MS;
      if (before === undefined || !isFresh) return `ordinal ${ordinal} can't begin to cool down now`;
    } else {
      if (after.secondary?.["node"] !== write.node) return `ordinal ${ordinal} must name ${write.node} as its node`;
      if (!isOwnBlock && configOf(write.lookup)?.strictAffinity === true)
        return "strictAffinity is on: no address of another node's block";
      if (after.handle_id === undefined || !isOwnHandle(write, after.handle_id))
        return `ordinal ${ordinal} must have a handle of this node's`;
    }
  }
  return undefined;
}

/** Free, this node's, cooled down, or of nobody known in its own block. */
function mayTake(write: NodeWrite, entry: BlockAttribute | undefined, isOwnBlock: boolean): boolean {
  if (entry === undefined) return true;
  const { releasedAt, secondary } = entry;
  if (releasedAt !== undefined) {
    const coolMs = (configOf(write.lookup)?.ipCooldownSeconds ?? 0) * 1000;
    return Date.parse(releasedAt) + coolMs <= write.nowMs + SKEW_MS;
  }
  const holder = secondary?.["node"];
  return holder === undefined ? isOwnBlock : holder === write.node;
}

/** Its own block or nobody's, or the last address of one whose owner's pool no longer selects it; nobody else has an address in it. */
function isDeletable(write: NodeWrite, block: IPAMBlockSpec): boolean {
  const isOwn = block.affinity === undefined || block.affinity === hostOwner(write.node);
  return (
    (isOwn || isDrifted(write, block)) && block.allocations.every((_, i) => mayTake(write, entryAt(block, i), isOwn))
  );
}

function isDrifted({ lookup }: NodeWrite, { affinity, cidr }: IPAMBlockSpec): boolean {
  const pool = poolsOf(lookup).find((one) => containsCidr(one.cidr, parseCidr(cidr)));
  if (pool === undefined || affinity?.startsWith("host:") !== true) return false;
  const owner = lookup.get({ kind: Node.kind, name: affinity.slice("host:".length) });
  return !selects(pool.object.spec.nodeSelector, owner?.metadata.labels);
}

/** Empty for a minute: any node may take it over. */
function isReclaimable({ lookup, nowMs }: NodeWrite, block: IPAMBlockSpec): boolean {
  const { affinityClaimTime } = block;
  const isOld = affinityClaimTime === undefined || Date.parse(affinityClaimTime) <= nowMs - RECLAIM_AFTER_MS + SKEW_MS;
  return isOld && isEmpty(thaw(block, nowMs + SKEW_MS, configOf(lookup)?.ipCooldownSeconds ?? 0));
}

/** A block-sized part of a pool that no other block overlaps. */
function isSlice({ lookup }: NodeWrite, cidr: Cidr, name: string): boolean {
  const isOfPool = poolsOf(lookup).some((pool) => pool.blockSize === cidr.prefixLen && containsCidr(pool.cidr, cidr));
  if (!isOfPool || formatCidr(maskCidr(cidr)) !== formatCidr(cidr)) return false;
  for (const { metadata, spec } of lookup.list(IPAMBlock.kind) as Iterable<IPAMBlock>)
    if (metadata.name !== name && spec.deleted !== true && overlaps(parseCidr(spec.cidr), cidr)) return false;
  return true;
}

function affinityFault(write: NodeWrite, object?: BlockAffinity, old?: BlockAffinity): string | undefined {
  const { node, lookup, hashes } = write;
  const { spec } = (object ?? old)!;
  const block = (lookup.get({ kind: IPAMBlock.kind, name: blockName(spec.cidr) }) as IPAMBlock | undefined)?.spec;
  if (object === undefined) {
    if (spec.node === node) return undefined;
    // A change set names the affinity before the block that it is about.
    const isLeft =
      block !== undefined && (isReclaimable(write, block) || (isDrifted(write, block) && isDeletable(write, block)));
    return isLeft ? undefined : `it is ${spec.node}'s`;
  }
  if (spec.node !== node || (old !== undefined && old.spec.node !== node))
    return "a node claims blocks for itself alone";
  if ((spec.type ?? "host") !== "host") return "a node's affinity is of type host";
  const name = affinityName(node, spec.cidr, hashes);
  if (object.metadata.name !== name) return `must be called ${name}`;
  if (block === undefined || block.deleted === true)
    return isSlice(write, parseCidr(spec.cidr), "") ? undefined : `${spec.cidr} is no free slice of a pool`;
  return block.affinity === hostOwner(node) || isReclaimable(write, block) ? undefined : notYours(block);
}

function handleFault(write: NodeWrite, object?: IPAMHandle, old?: IPAMHandle): string | undefined {
  const { handleID } = (object ?? old)!.spec;
  if (old !== undefined && old.spec.handleID !== handleID) return "its handleID never changes";
  if (old !== undefined && !isOwnHandle(write, handleID)) return "it holds addresses of another node";
  if (object === undefined) return undefined;
  if (object.metadata.name !== handleName(handleID)) return `must be called ${handleName(handleID)}`;
  const held = Object.keys(object.spec.block).map((cidr) => ordinals(write, cidr, handleID));
  const isHeld = held.length > 0 && held.every((entries) => entries.length > 0);
  const isOwn = held.flat().every(({ secondary }) => secondary?.["node"] === write.node);
  return isHeld && isOwn ? undefined : "a node's handle holds addresses of this node, in blocks that say so too";
}

/** No address that the handle is known to hold is another node's. */
function isOwnHandle(write: NodeWrite, handle: string): boolean {
  const stored = write.lookup.get({ kind: IPAMHandle.kind, name: handleName(handle) }) as IPAMHandle | undefined;
  if (stored === undefined) return true;
  if (stored.spec.handleID !== handle) return false;
  const held = Object.keys(stored.spec.block).flatMap((cidr) => ordinals(write, cidr, handle));
  return held.every(({ secondary }) => secondary?.["node"] === write.node);
}

/** What the block records about each address of a handle. */
function ordinals({ lookup }: NodeWrite, cidr: string, handle: string): BlockAttribute[] {
  const block = (lookup.get({ kind: IPAMBlock.kind, name: blockName(cidr) }) as IPAMBlock | undefined)?.spec;
  return block === undefined ? [] : ordinalsOf(block, handle).map((ordinal) => entryAt(block, ordinal)!);
}

function entryAt(block: IPAMBlockSpec, ordinal: number): BlockAttribute | undefined {
  const index = block.allocations[ordinal] ?? null;
  return index === null ? undefined : (block.attributes[index] ?? {});
}

function sequenceAt(block: IPAMBlockSpec | undefined, ordinal: number): number | undefined {
  return block?.sequenceNumberForAllocation?.[String(ordinal)];
}

function blockAround(lookup: Lookup, address: Cidr): IPAMBlockSpec | undefined {
  for (const { cidr, blockSize } of poolsOf(lookup)) {
    if (!containsCidr(cidr, address)) continue;
    const name = blockName(formatCidr(maskCidr({ ...address, prefixLen: blockSize })));
    const block = lookup.get({ kind: IPAMBlock.kind, name }) as IPAMBlock | undefined;
    if (block !== undefined) return block.spec;
  }
  return undefined;
}

function poolsOf(lookup: Lookup): Pool[] {
  return [...(lookup.list(IPPool.kind) as Iterable<IPPoolObject>)].map(poolOf);
}

function configOf(lookup: Lookup): IPAMConfiguration["spec"] | undefined {
  return (lookup.get({ kind: IPAMConfiguration.kind, name: "default" }) as IPAMConfiguration | undefined)?.spec;
}

function notYours({ cidr, affinity }: IPAMBlockSpec): string {
  return `${cidr} belongs to ${affinity?.replace(/^host:/, "") ?? "nobody"}`;
}

function isSameMetadata({ metadata }: KubeObject, old: KubeObject | undefined): boolean {
  const told = ({ finalizers = [], ownerReferences = [], annotations = {} }: Partial<ObjectMeta>) => [
    finalizers,
    ownerReferences,
    annotations,
  ];
  const isLabelled = old === undefined || isSameJson(metadata.labels ?? {}, old.metadata.labels ?? {});
  return isLabelled && isSameJson(told(metadata), told(old?.metadata ?? {}));
}
