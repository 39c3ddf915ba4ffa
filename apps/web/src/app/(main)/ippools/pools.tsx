"use client";
import { IPPool } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { parseOpen } from "../../../words/kinds.ts";
import { useObjects } from "../../../live/objects.ts";
import { placeOf } from "../../../ipam/place.ts";
import { toldBy } from "../../../words/untold.ts";
import { Icon } from "../../../parts/icon.tsx";
import { useNarrow } from "../../../parts/narrow.ts";
import { MissingPanel } from "../../../parts/missing-panel.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { type SortState, useSort } from "../../../parts/virtual-table.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import { useTRPC } from "../../../trpc/client.ts";
import { AddressMap } from "./address-map.tsx";
import { BlockPanel } from "./block-panel.tsx";
import { BlockTable } from "./block-table.tsx";
import { Found } from "./found.tsx";
import { NodeUseTable } from "./node-use.tsx";
import { PoolTable } from "./pool-table.tsx";
import { nodeUse, poolRows, sortPools } from "./view.ts";
import "../../../styles/pools.css";
import "../../../styles/editor.css";
import { WriteButton } from "../../../parts/write-button.tsx";

const FULLEST: SortState = { id: "use", down: true };

/** Where addresses come from: how full each pool is, every block in address order, every address of a block, what each node has. */
export function Pools() {
  usePageTitle("IP pools");
  const url = useUrlState();
  const trpc = useTRPC();
  const pools = useObjects(IPPool);
  const usage = useQuery(trpc.pools.usage.queryOptions());
  const sort = useSort(FULLEST);
  const rows = useMemo(() => poolRows(pools.items, usage.data ?? []), [pools.items, usage.data]);
  const text = url.get("q") ?? "";
  const place = useMemo(() => placeOf(text, usage.data ?? []), [text, usage.data]);
  // What is no address may be a part of a pool's name or prefix.
  const shown = useMemo(
    () =>
      sortPools(
        place === undefined ? rows.filter((row) => `${row.name} ${row.cidr}`.includes(text.trim())) : rows,
        sort,
      ),
    [rows, place, text, sort],
  );
  const focus = place?.pool?.name ?? url.get("focus");
  const chosen = shown.find((row) => row.name === focus) ?? shown[0];
  const blockCidr = url.get("open")?.startsWith("block/") === true ? url.get("open")?.slice(6) : undefined;
  const block = rows.flatMap((row) => row.blocks).find((each) => each.cidr === blockCidr);
  const narrow = useNarrow();
  const onBlock = (cidr: string) => url.set({ open: `block/${cidr}`, new: undefined }, "push");
  // A phone shows a corner of the map: what is claimed comes first there.
  const map = chosen && <AddressMap pool={chosen} selected={blockCidr} onOpen={onBlock} />;
  return (
    <>
      <main className="main" id="main">
        <div className="bar">
          <FilterBox label="Find an address or a pool" value={text} onChange={(q) => url.set({ q })} />
          <span className="end">
            <WriteButton className="btn pri" onClick={() => url.set({ new: "ippools", open: undefined }, "push")}>
              <Icon name="plus" />
              New pool
            </WriteButton>
          </span>
        </div>
        {pools.error !== null && !pools.loaded ? (
          <Failed error={pools.error} what="IP pools" onRetry={pools.refetch} />
        ) : !pools.loaded ? (
          <SkeletonRows rows={4} />
        ) : rows.length === 0 ? (
          <Empty
            title="No IP pools yet"
            help="Workloads get no address until one exists."
            action={
              <WriteButton className="btn pri" onClick={() => url.set({ new: "ippools", open: undefined }, "push")}>
                <Icon name="plus" />
                New pool
              </WriteButton>
            }
          />
        ) : (
          <div className="scroll">
            {place !== undefined && usage.data !== undefined && <Found place={place} />}
            {shown.length === 0 ? (
              <Empty
                title="No address, and no pool of that name"
                help={
                  <>
                    <span className="mono">{text}</span> is no IP address, and none of {rows.length} pools has it in its
                    name or prefix.
                  </>
                }
                action={
                  <button type="button" className="btn" onClick={() => url.set({ q: "" })}>
                    Clear
                  </button>
                }
              />
            ) : (
              <PoolTable rows={shown} usage={toldBy(usage)} chosen={chosen?.name} sort={sort} />
            )}
            {usage.error !== null && usage.data === undefined && (
              <Failed error={usage.error} what="utilisation" onRetry={() => void usage.refetch()} />
            )}
            {chosen !== undefined && usage.data !== undefined && (
              <div className="pool-room">
                {!narrow && map}
                <BlockTable
                  key={chosen.name}
                  pool={chosen}
                  node={url.get("node") ?? undefined}
                  selected={blockCidr}
                  onOpen={onBlock}
                />
                <NodeUseTable rows={nodeUse(rows)} />
                {narrow && map}
              </div>
            )}
          </div>
        )}
      </main>
      {blockCidr === undefined ? (
        <ObjectPanel openRef={parseOpen(url.get("open"))} />
      ) : block === undefined ? (
        pools.loaded &&
        usage.data !== undefined && (
          <MissingPanel
            title="No such block"
            help={
              <>
                No node has claimed <span className="mono">{blockCidr}</span>, or it was given back: its addresses are
                free.
              </>
            }
            onClose={() => url.set({ open: undefined }, "push")}
          />
        )
      ) : (
        <BlockPanel
          key={`${block.cidr} ${place?.address ?? ""}`}
          block={block}
          at={place?.block === block ? place.ordinal : undefined}
          onClose={() => url.set({ open: undefined }, "push")}
        />
      )}
    </>
  );
}
