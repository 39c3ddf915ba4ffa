import { TABLE_FLAG } from "@percale/kernel";
import type { BatchOutcome, Nftables } from "@percale/kernel";
import type { ObjectRef } from "@percale/resources";
import { NO_DISPATCH } from "../links/known.ts";
import type { FamilyPlan, PlannedChain } from "./plan.ts";
import { settle } from "./refused.ts";
import { writeDispatch, writeNewChain, writeSkeleton } from "./write.ts";

/** Makes a table that denies where there is none; what an earlier run left stays as it is. `flags`: what ours should have. */
export async function failClosed(nft: Nftables<ObjectRef>, plan: FamilyPlan, flags: number): Promise<void> {
  const outcome = await writeClosed(nft, plan, { flags, rebuild: false });
  // Somebody else's table of our name, with sets of another form: take its place at once.
  if (outcome.kind !== "committed") settle(await writeClosed(nft, plan, { flags, rebuild: true }));
}

function writeClosed(
  nft: Nftables<ObjectRef>,
  { family, chains, workloads }: FamilyPlan,
  { flags, rebuild }: { readonly flags: number; readonly rebuild: boolean },
): Promise<BatchOutcome<ObjectRef>> {
  const filled = new Set(nft.rules(family).map((rule) => rule.chain));
  const present = nft.table(family);
  const batch = nft.begin();
  batch.family(family);
  if (rebuild && present !== undefined) batch.deleteTable();
  // One that is there and persists as ours should is owned now; any other when the first commit compares.
  const keeps =
    present !== undefined && !rebuild && (present.flags & TABLE_FLAG.persist) !== (flags & TABLE_FLAG.persist);
  writeSkeleton(batch, family, keeps ? present.flags & TABLE_FLAG.persist : flags);
  for (const chain of chains.values())
    if (isBase(chain) && (rebuild || !filled.has(chain.name))) writeNewChain(batch, chain);
  writeDispatch(batch, NO_DISPATCH, { dispatch: new Map(), workloads });
  return nft.commit();
}

function isBase(chain: PlannedChain | undefined): chain is PlannedChain {
  return chain?.hook !== undefined;
}
