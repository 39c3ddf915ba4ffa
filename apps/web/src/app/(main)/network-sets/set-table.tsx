"use client";
import { Icon } from "../../../parts/icon.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { type Head, SortHeads } from "../../../parts/sort-head.tsx";
import { UntoldMark } from "../../../parts/untold.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { formatSort, type SortState } from "../../../parts/virtual-table.tsx";
import { formatOpen } from "../../../words/kinds.ts";
import { formatBig, formatCount } from "../../../words/number.ts";
import { isUntold } from "../../../words/untold.ts";
import { type Finding, nameOfKey, type SetRow, usedBy } from "./view.ts";

/** A page holds as many; the filter finds the others. */
const SHOWN = 200;

const HEADS: readonly Head[] = [
  { id: "name", title: "Set" },
  { id: "finding", title: "Needs a look" },
  { id: "nets", title: "Nets", down: true, className: "num" },
  { id: "addresses", title: "Addresses", down: true, className: "num hide-s" },
  { id: "uses", title: "Used by", down: true, className: "hide-s" },
  { title: "Labels", className: "hide-s" },
];

export function SetTable({
  rows,
  sort,
  selected,
}: {
  readonly rows: readonly SetRow[];
  readonly sort: SortState;
  readonly selected: string | undefined;
}) {
  const url = useUrlState();
  return (
    <div className="tw sets">
      <table>
        <thead>
          <tr>
            <SortHeads heads={HEADS} sort={sort} onSort={(next) => url.set({ sort: formatSort(next) })} />
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map((row) => (
            <tr key={row.key} aria-selected={row.key === selected}>
              <td>
                <button
                  type="button"
                  className="link-row"
                  onClick={() => url.set({ open: formatOpen(row.ref), new: undefined, tab: undefined }, "push")}
                >
                  <Icon name={row.ref.namespace === undefined ? "global" : "ns"} /> <NameOf text={nameOfKey(row.key)} />
                </button>
              </td>
              <td>{row.finding !== undefined && <FindingBadge finding={row.finding} />}</td>
              <td className="num">{formatCount(row.nets.length)}</td>
              <td className="num hide-s">{formatBig(row.addresses)}</td>
              <td className="hide-s why">
                {isUntold(row.use) ? (
                  <UntoldMark untold={row.use} />
                ) : row.use === undefined ? (
                  <span className="muted">–</span>
                ) : (
                  usedBy(row.use)
                )}
              </td>
              <td className="hide-s">
                <Labels labels={row.labels} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > SHOWN && (
        <p className="pad muted">
          {SHOWN} of {formatCount(rows.length)} sets. A name, a label or an address narrows them.
        </p>
      )}
    </div>
  );
}

export function FindingBadge({ finding: { severity, text } }: { readonly finding: Finding }) {
  const isWarning = severity === "warning";
  return (
    <span className={`badge ${isWarning ? "b-warn" : ""}`}>
      {isWarning && <Icon name="warn" />}
      {text}
    </span>
  );
}

export function Labels({ labels }: { readonly labels: readonly string[] }) {
  if (labels.length === 0) return <span className="muted">none</span>;
  return (
    <span className="lbls">
      {labels.map((label) => (
        <span key={label} className="lbl">
          {label}
        </span>
      ))}
    </span>
  );
}
