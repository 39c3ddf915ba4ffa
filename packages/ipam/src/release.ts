import { containsCidr, parseCidr, tryParseAddress } from "@percale/net";
import { addressAt, handleAt, isEmpty, ordinalOf, ordinalsOf, release } from "./block.ts";
import { Draft } from "./draft.ts";
import type { IPAMBlockSpec, IpamChange, IpamHashes, IpamState } from "./model.ts";
import { allPools, selectsNode } from "./pools.ts";

export interface ReleaseAddressRequest {
  readonly address: string;
  /** Refuses to release what another handle holds by now. */
  readonly handle?: string | undefined;
  /** Refuses to release what was given out again since. */
  readonly sequenceNumber?: number | undefined;
}

export type ReleaseOutcome =
  /** `addresses` may be empty: nothing was held. */
  | { readonly kind: "released"; readonly addresses: readonly string[]; readonly changes: readonly IpamChange[] }
  | { readonly kind: "refused"; readonly message: string };

/** Everything that a handle holds. */
export function releaseHandle(state: IpamState, handle: string, hashes: IpamHashes): ReleaseOutcome {
  const draft = new Draft(state, hashes);
  const addresses: string[] = [];
  // Handles are counted in the same change set as blocks are written; blocks are searched all the same, so that a count lost elsewhere leaks nothing.
  const cidrs = new Set([...draft.blocksOfHandle(handle), ...state.blocks.map(({ spec }) => spec.cidr)]);
  for (const cidr of cidrs) {
    const block = draft.block(cidr);
    const ordinals = block === undefined ? [] : ordinalsOf(block, handle);
    if (block !== undefined && ordinals.length > 0) {
      addresses.push(...ordinals.map((ordinal) => addressAt(block, ordinal)));
      giveBack({ draft, state, block, ordinals });
    }
    if (draft.blocksOfHandle(handle).includes(cidr)) draft.count(handle, cidr, Number.NEGATIVE_INFINITY);
  }
  return { kind: "released", addresses, changes: draft.changes() };
}

/** One address, guarded by handle and sequence number where given. */
export function releaseAddress(state: IpamState, request: ReleaseAddressRequest, hashes: IpamHashes): ReleaseOutcome {
  const parsed = tryParseAddress(request.address);
  if (parsed === undefined) return { kind: "refused", message: `must be an IP address, got ${request.address}` };
  const address = { ...parsed, prefixLen: parsed.family === 4 ? 32 : 128 };
  const draft = new Draft(state, hashes);
  const cidr = state.blocks.map(({ spec }) => spec.cidr).find((cidr) => containsCidr(parseCidr(cidr), address));
  const block = cidr === undefined ? undefined : draft.block(cidr);
  if (block === undefined) return { kind: "released", addresses: [], changes: [] };
  const ordinal = ordinalOf(block, address);
  const handle = handleAt(block, ordinal);
  if (handle === undefined) return { kind: "released", addresses: [], changes: [] };
  if (
    request.sequenceNumber !== undefined &&
    request.sequenceNumber !== (block.sequenceNumberForAllocation?.[String(ordinal)] ?? 0)
  )
    return { kind: "refused", message: `${request.address} was given out again since: its sequence number is another` };
  if (request.handle !== undefined && request.handle !== handle)
    return { kind: "refused", message: `${request.address} belongs to handle ${handle}, not to ${request.handle}` };
  giveBack({ draft, state, block, ordinals: [ordinal] });
  draft.count(handle, block.cidr, -1);
  return { kind: "released", addresses: [addressAt(block, ordinal)], changes: draft.changes() };
}

/** Frees ordinals; a block that is empty then goes if nobody owns it or its pool no longer selects its node. */
function giveBack({
  draft,
  state,
  block,
  ordinals,
}: {
  draft: Draft;
  state: IpamState;
  block: IPAMBlockSpec;
  ordinals: readonly number[];
}): void {
  const left = release(block, ordinals, { nowMs: state.nowMs, cooldownSeconds: state.config.ipCooldownSeconds });
  const node = left.affinity?.startsWith("host:") === true ? left.affinity.slice("host:".length) : undefined;
  const pool = allPools(state).find(({ cidr }) => containsCidr(cidr, parseCidr(block.cidr)));
  const isDrifted = node !== undefined && pool !== undefined && !selectsNode(pool, state, node);
  if (isEmpty(left) && (left.affinity === undefined || isDrifted)) {
    draft.deleteBlock(left.cidr);
    if (node !== undefined) draft.deleteAffinity(node, left.cidr);
  } else draft.putBlock(left);
}
