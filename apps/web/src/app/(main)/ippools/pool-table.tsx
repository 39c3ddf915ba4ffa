"use client";
import type { ReactNode } from "react";
import { Icon } from "../../../parts/icon.tsx";
import { type Head, SortHeads } from "../../../parts/sort-head.tsx";
import { UntoldMark } from "../../../parts/untold.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { formatSort, type SortState } from "../../../parts/virtual-table.tsx";
import { counted, formatBig, formatShare } from "../../../words/number.ts";
import { isUntold } from "../../../words/untold.ts";
import { type PoolRow, stepOfUse } from "./view.ts";

const HEADS: readonly Head[] = [
  { id: "name", title: "Pool" },
  { id: "cidr", title: "CIDR", className: "hide-s" },
  { title: "Encapsulation", className: "hide-s" },
  { title: "Use" },
  { id: "use", title: "In use", down: true, className: "num" },
  { id: "free", title: "Free", down: true, className: "num hide-s" },
  { id: "blocks", title: "Blocks", down: true, className: "num hide-s" },
  { id: "space", title: "With space", down: true, className: "num hide-s" },
];

export function PoolTable({
  rows,
  usage,
  chosen,
  sort,
}: {
  readonly rows: readonly PoolRow[];
  /** What the numbers are made of. */
  readonly usage: unknown;
  readonly chosen: string | undefined;
  readonly sort: SortState;
}) {
  const url = useUrlState();
  return (
    <div className="tw">
      <table className="pool-table">
        <thead>
          <tr>
            <SortHeads heads={HEADS} sort={sort} onSort={(next) => url.set({ sort: formatSort(next) })} />
            <th className="hide-s">
              <span className="vh">Edit</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <PoolLine key={row.name} row={row} usage={usage} isChosen={row.name === chosen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PoolLine({
  row,
  usage,
  isChosen,
}: {
  readonly row: PoolRow;
  readonly usage: unknown;
  readonly isChosen: boolean;
}) {
  const url = useUrlState();
  const choose = () => url.set({ focus: row.name, q: undefined });
  const ifTold = (content: ReactNode): ReactNode => (isUntold(usage) ? <UntoldMark untold={usage} /> : content);
  return (
    <tr aria-selected={isChosen} onClick={choose}>
      <td>
        <button type="button" className="link-row mono" onClick={choose}>
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
        {ifTold(
          row.size > 1n << 32n && row.used > 0
            ? counted(row.used, "address", "addresses")
            : formatShare(row.used, Number(row.size)),
        )}
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
  );
}
