"use client";
import Link from "next/link";
import { useState } from "react";
import { useRights } from "../../../live/rights.ts";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { UntoldMark } from "../../../parts/untold.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { kindWords, pathOf } from "../../../words/kinds.ts";
import { counted, formatBig, formatCount } from "../../../words/number.ts";
import { isUntold } from "../../../words/untold.ts";
import { PasteBox } from "./paste-box.tsx";
import { FindingBadge, Labels } from "./set-table.tsx";
import { effectOf, nameOfKey, overlapsToTell, type SetRow, severityOf } from "./view.ts";
import { UseList } from "./use-list.tsx";

const SHOWN = 20;

/** One set: which rules select it, what is in it, and a place to paste more. */
export function SetPanel({
  row,
  onReview,
  onClose,
}: {
  readonly row: SetRow;
  /** With all nets that the set would have. */
  readonly onReview: (nets: readonly string[]) => void;
  readonly onClose: () => void;
}) {
  const url = useUrlState();
  const { readOnly } = useRights();
  const overlaps = overlapsToTell(row);
  return (
    <Panel
      label={nameOfKey(row.key)}
      title={
        <>
          <Icon name={row.ref.namespace === undefined ? "global" : "ns"} />
          <h2>
            <NameOf text={nameOfKey(row.key)} />
          </h2>
        </>
      }
      tools={
        <>
          <button type="button" className="btn" onClick={() => url.set({ tab: "form" }, "push")}>
            <Icon name="edit" />
            Edit
          </button>
          <Link className="btn ghost icon" href={pathOf(row.ref)} aria-label="Open as page" title="Open as page">
            <Icon name="open" />
          </Link>
        </>
      }
      onClose={onClose}
    >
      <p className="set-line">
        <b className="strong">{counted(row.nets.length, "net")}</b>
        <span className="muted">
          {" "}
          with {formatBig(row.addresses)} addresses, {kindWords(row.ref.kind)}
        </span>{" "}
        {row.finding !== undefined && <FindingBadge finding={row.finding} />}
      </p>
      <Labels labels={row.labels} />
      {row.labels.length === 0 && <p className="muted">Rules select sets by their labels: without one no rule can.</p>}
      {overlaps.length > 0 && (
        <ul className="set-overlaps" aria-label="Overlaps">
          {overlaps.map((overlap) => (
            <li key={`${overlap.how} ${overlap.other} ${overlap.net}`}>
              <SeverityMark severity={severityOf(overlap)} />
              <span>
                <span className="mono">{overlap.net}</span>: {effectOf(overlap, row.use)}.
              </span>
            </li>
          ))}
        </ul>
      )}
      <section className="sect" aria-label="Used by">
        <div className="sh">
          <h3 className="h2">Used by</h3>
          <span className="muted">
            {isUntold(row.use) ? (
              <UntoldMark untold={row.use} />
            ) : row.use === undefined ? (
              "no rule"
            ) : (
              counted(row.use.count, "rule")
            )}
          </span>
        </div>
        {!isUntold(row.use) && row.use !== undefined && <UseList use={row.use} />}
      </section>
      <Nets nets={row.nets} />
      {readOnly === undefined && <PasteBox nets={row.nets} onReview={onReview} />}
    </Panel>
  );
}

function Nets({ nets }: { readonly nets: readonly string[] }) {
  const [text, setText] = useState("");
  const [isWhole, setWhole] = useState(false);
  const found = nets.filter((net) => net.includes(text.trim()));
  const shown = isWhole ? found : found.slice(0, SHOWN);
  return (
    <section className="sect" aria-label="Nets">
      <div className="sh">
        <h3 className="h2">Nets</h3>
        <span className="field-name">spec.nets</span>
        <span className="muted">{formatCount(nets.length)}</span>
        {nets.length > SHOWN && (
          <span className="end">
            <FilterBox label="Find a net" value={text} onChange={setText} />
          </span>
        )}
      </div>
      <ul className="nets">
        {shown.map((net) => (
          <li key={net} className="mono">
            {net}
          </li>
        ))}
      </ul>
      {found.length === 0 && nets.length > 0 && <p className="muted">None of {nets.length} nets has that text.</p>}
      {shown.length < found.length && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {formatCount(found.length - shown.length)} more
        </button>
      )}
    </section>
  );
}
