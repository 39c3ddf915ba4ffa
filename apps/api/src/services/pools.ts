import { cidrSize, containsCidr, parseCidr, tryParseCidr } from "@percale/net";
import { IPAMBlock, IPPool } from "@percale/resources";
import type { Datastore } from "@percale/store";
import type { BlockView, PoolUsageView } from "../trpc/views.ts";

/** How full each pool is, from the blocks that agents keep. */
export async function poolUsage(store: Datastore): Promise<PoolUsageView[]> {
  const [pools, blocks] = await Promise.all([store.list({ kind: IPPool.kind }), store.list({ kind: IPAMBlock.kind })]);
  const views = (blocks.items as IPAMBlock[]).map(blockView); // the store holds nothing of this kind but what passed its schema
  return (pools.items as IPPool[]).map(({ metadata, spec }) => {
    const cidr = parseCidr(spec.cidr);
    const own = views.filter((block) => {
      const inner = tryParseCidr(block.cidr);
      return inner !== undefined && containsCidr(cidr, inner);
    });
    const used = own.reduce((sum, block) => sum + block.used, 0);
    return { name: metadata.name, cidr: spec.cidr, size: Number(cidrSize(cidr)), used, blocks: own };
  });
}

export function blockView({ spec }: IPAMBlock): BlockView {
  const node = /^host:(.+)$/.exec(spec.affinity ?? "")?.[1];
  const owners = spec.allocations.flatMap((index, ordinal) => {
    if (index === null) return [];
    const { handle_id: handle, secondary = {}, releasedAt } = spec.attributes[index] ?? {};
    if (releasedAt !== undefined) return [{ ordinal, owner: "nobody, cooling down" }];
    const { namespace, pod, node: holder, type } = secondary;
    const owner = pod === undefined ? (type ?? holder ?? handle ?? "unknown") : `${namespace ?? ""}/${pod}`;
    const isBorrowed = holder !== undefined && holder !== node;
    return [{ ordinal, owner, ...(handle !== undefined && { handle }), ...(isBorrowed && { borrower: holder }) }];
  });
  return {
    cidr: spec.cidr,
    used: owners.length,
    size: spec.allocations.length,
    owners,
    ...(node !== undefined && { node }),
  };
}
