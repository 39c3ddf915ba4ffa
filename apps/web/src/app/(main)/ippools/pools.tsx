"use client";
import { IPPool } from "@percale/resources";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { parseOpen } from "../../../words/kinds.ts";
import { useObjects } from "../../../live/objects.ts";
import { isUntold, toldBy } from "../../../words/untold.ts";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { UntoldMark } from "../../../parts/untold.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { useTRPC } from "../../../trpc/client.ts";
import { formatBig, formatShare } from "../../../words/number.ts";
import { AddressMap } from "./address-map.tsx";
import { BlockPanel } from "./block-panel.tsx";
import { type PoolRow, poolRows, stepOfUse } from "./view.ts";
import "../../../styles/pools.css";
import "../../../styles/editor.css";
import { WriteButton } from "../../../parts/write-button.tsx";

/** Where addresses come from: how full each pool is, every block in address order, every address of a block. */
export function Pools() {
  usePageTitle("IP pools");
  const url = useUrlState();
  const trpc = useTRPC();
  const pools = useObjects(IPPool);
  const usage = useQuery(trpc.pools.usage.queryOptions());
  const rows = useMemo(() => poolRows(pools.items, usage.data ?? []), [pools.items, usage.data]);
  const chosen = rows.find((row) => row.name === url.get("focus")) ?? rows[0];
  const blockCidr = url.get("open")?.startsWith("block/") === true ? url.get("open")?.slice(6) : undefined;
  const block = rows.flatMap((row) => row.blocks).find((each) => each.cidr === blockCidr);
  return (
    <>
      <main className="main" id="main">
        <div className="bar">
          <span className="said">
            {pools.loaded &&
              rows.length > 0 &&
              `${rows.length === 1 ? "1 pool" : `${rows.length} pools`}, fullest first`}
          </span>
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
          <Empty title="No IP pools yet" help="Workloads get no address until one exists." />
        ) : (
          <div className="scroll">
            <PoolTable rows={rows} usage={toldBy(usage)} chosen={chosen?.name} />
            {usage.error !== null && usage.data === undefined && (
              <Failed error={usage.error} what="utilisation" onRetry={() => void usage.refetch()} />
            )}
            {chosen !== undefined && usage.data !== undefined && (
              <AddressMap
                pool={chosen}
                selected={blockCidr}
                onOpen={(cidr) => url.set({ open: `block/${cidr}`, new: undefined }, "push")}
              />
            )}
          </div>
        )}
      </main>
      {block === undefined ? (
        <ObjectPanel openRef={parseOpen(url.get("open"))} />
      ) : (
        <BlockPanel block={block} onClose={() => url.set({ open: undefined }, "push")} />
      )}
    </>
  );
}

function PoolTable({
  rows,
  usage,
  chosen,
}: {
  readonly rows: readonly PoolRow[];
  /** What the numbers are made of. */
  readonly usage: unknown;
  readonly chosen: string | undefined;
}) {
  const url = useUrlState();
  const ifTold = (content: ReactNode): ReactNode => (isUntold(usage) ? <UntoldMark untold={usage} /> : content);
  return (
    <div className="tw">
      <table className="pool-table">
        <thead>
          <tr>
            <th>Pool</th>
            <th className="hide-s">CIDR</th>
            <th className="hide-s">Encapsulation</th>
            <th>Use</th>
            <th className="num">In use</th>
            <th className="num hide-s">Free</th>
            <th className="num hide-s">Blocks</th>
            <th className="num hide-s">With space</th>
            <th className="hide-s">
              <span className="vh">Edit</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} aria-selected={row.name === chosen} onClick={() => url.set({ focus: row.name })}>
              <td>
                <button type="button" className="link-row mono" onClick={() => url.set({ focus: row.name })}>
                  {row.name}
                </button>
                {row.disabled && <span className="badge pool-off">disabled</span>}
                <div className="only-s mono muted">{row.cidr}</div>
              </td>
              <td className="mono hide-s">{row.cidr}</td>
              <td className="hide-s">
                {row.encapsulation}
                {row.natOutgoing && <span className="muted">, NAT outgoing</span>}
              </td>
              <td className="pool-bar" aria-label={isUntold(usage) ? usage : `${Math.round(row.share * 100)} % in use`}>
                <div className="utilw">
                  <div className="util">
                    <i
                      className={`u${Math.max(3, stepOfUse(row.share))}`}
                      style={{ width: `${Math.max(row.used > 0 ? 1 : 0, row.share * 100)}%` }}
                    />
                  </div>
                </div>
              </td>
              <td className="num">
                {ifTold(row.size > 1n << 32n && row.used > 0 ? row.used : formatShare(row.used, Number(row.size)))}
              </td>
              <td className="num hide-s">{ifTold(formatBig(row.free))}</td>
              <td className="num hide-s">{ifTold(`${row.blocks.length} / ${formatBig(row.blocksTotal)}`)}</td>
              <td className="num hide-s">{ifTold(row.blocksWithSpace)}</td>
              <td className="num hide-s">
                <button
                  type="button"
                  className="btn ghost mini"
                  aria-label={`Edit pool ${row.name}`}
                  onClick={() => url.set({ open: `ippools/${row.name}`, new: undefined }, "push")}
                >
                  <Icon name="edit" />
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
