import type { ReactNode } from "react";
import type { useEffects } from "../../../live/queries.ts";
import { NameOf } from "../../../parts/object-name.tsx";
import type { Column } from "../../../parts/virtual-table.tsx";
import { counted } from "../../../words/number.ts";
import { formatMoment } from "../../../words/time.ts";
import { EffectWords } from "./effect-words.tsx";
import { authorWords, type ChangeGroup, isDay, type LogRow, moreWords, opWords } from "./view.ts";

/** Between two days: which one comes. */
export function headingOf(row: LogRow): ReactNode {
  if (!isDay(row)) return undefined;
  return (
    <>
      <b className="med">{row.day}</b> <span className="muted">{counted(row.sets, "change set")}</span>
    </>
  );
}

export function columnsOf(effects: ReturnType<typeof useEffects>): readonly Column<LogRow>[] {
  const cell = (of: (set: ChangeGroup) => ReactNode) => (row: LogRow) => (isDay(row) ? null : of(row));
  return [
    {
      id: "at",
      title: "UTC",
      width: "44px",
      cell: cell((set) => (
        <time className="mono muted" dateTime={set.at} title={formatMoment(Date.parse(set.at))}>
          {set.at.slice(11, 16)}
        </time>
      )),
    },
    {
      id: "what",
      title: "What",
      width: "minmax(120px, 3fr)",
      cell: cell((set) => (
        <>
          <span className="hide-s">
            <b className="med">{authorWords(set.author)}</b> <span className="muted">{opWords(set)}</span>{" "}
          </span>
          <NameOf text={set.names[0] ?? ""} />
          <span className="muted">{moreWords(set)}</span>
          {set.reason !== "" && <div className="sub always hide-s">{set.reason}</div>}
          <div className="sub">
            {authorWords(set.author)} {opWords(set)}
            {set.reason !== "" && ` · ${set.reason}`}
          </div>
        </>
      )),
    },
    {
      id: "kind",
      title: "Kind",
      width: "minmax(120px, 1fr)",
      hideNarrow: true,
      drop: 1,
      cell: cell((set) => (
        <span className="muted">{[...new Set(set.entries.map((entry) => entry.ref.kind))].join(", ")}</span>
      )),
    },
    {
      id: "effect",
      title: "Effect",
      width: "minmax(108px, 1fr)",
      cell: cell((set) => <EffectWords effects={effects} set={set} isTall />),
    },
    {
      id: "revision",
      title: "Revision",
      width: "80px",
      numeric: true,
      hideNarrow: true,
      drop: 2,
      cell: cell((set) => set.revision),
    },
  ];
}
