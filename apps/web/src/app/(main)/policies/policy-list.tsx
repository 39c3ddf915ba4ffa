"use client";
import { useMemo } from "react";
import { Age } from "../../../parts/age.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { type Hiding, NoMatch } from "../../../parts/no-match.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { ProgrammedShare } from "../../../parts/programmed.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import {
  type Column,
  formatSort,
  sortRows,
  type SortState,
  useSort,
  VirtualTable,
} from "../../../parts/virtual-table.tsx";
import { type Card, orderText, type TierColumn } from "./view.ts";

const byText = (of: (card: Card) => string) => (a: Card, b: Card) => of(a).localeCompare(of(b));
const COLUMNS: readonly Column<Card & { readonly place: number }>[] = [
  {
    id: "name",
    title: "Policy",
    width: "minmax(180px, 2fr)",
    sort: byText((card) => card.name),
    cell: (card) => (
      <>
        <Icon name={card.namespace === undefined ? "global" : "ns"} className="muted" />{" "}
        <ObjectName namespace={card.namespace} name={card.name} />
        <div className="sub">
          {card.tier} · order {orderText(card.order)}
        </div>
      </>
    ),
  },
  {
    id: "place",
    title: "Evaluated",
    width: "84px",
    numeric: true,
    sort: (a, b) => a.place - b.place,
    cell: (card) => card.place,
  },
  {
    id: "tier",
    title: "Tier",
    width: "minmax(90px, 0.7fr)",
    hideNarrow: true,
    sort: byText((card) => card.tier),
    cell: (card) => card.tier,
  },
  {
    id: "order",
    title: "Order",
    width: "80px",
    numeric: true,
    hideNarrow: true,
    sort: (a, b) => (a.order ?? Infinity) - (b.order ?? Infinity),
    cell: (card) => orderText(card.order),
  },
  {
    id: "types",
    title: "Types",
    width: "130px",
    hideNarrow: true,
    cell: (card) => (card.ingress && card.egress ? "Ingress, Egress" : card.egress ? "Egress" : "Ingress"),
  },
  {
    id: "rules",
    title: "Rules",
    width: "60px",
    numeric: true,
    hideNarrow: true,
    sort: (a, b) => a.ruleCount - b.ruleCount,
    cell: (card) => card.ruleCount,
  },
  {
    id: "selector",
    title: "Applies to",
    width: "minmax(140px, 2fr)",
    hideNarrow: true,
    cell: (card) => <span className="mono muted">{card.object.spec.selector ?? "all()"}</span>,
  },
  {
    id: "programmed",
    title: "Programmed",
    width: "88px",
    numeric: true,
    hideNarrow: true,
    cell: (card) => <ProgrammedShare of={card.object} />,
  },
  {
    id: "created",
    title: "Created",
    width: "96px",
    numeric: true,
    hideNarrow: true,
    sort: byText((card) => card.object.metadata.creationTimestamp ?? ""),
    cell: (card) => <Age at={card.object.metadata.creationTimestamp} />,
  },
];

const BY_PLACE: SortState = { id: "place", down: false };

/** The same policies as rows; by default in the order in which they are evaluated. */
export function PolicyList(props: {
  readonly columns: readonly TierColumn[];
  readonly lit: ReadonlySet<string> | undefined;
  /** What hides rows. */
  readonly filters: readonly Hiding[];
  readonly selected: string | undefined;
  readonly onOpen: (path: string) => void;
}) {
  const url = useUrlState();
  const sort = useSort(BY_PLACE);
  const all = useMemo(
    () => props.columns.flatMap((column) => column.cards).map((card, index) => ({ ...card, place: index + 1 })),
    [props.columns],
  );
  const { lit } = props;
  const rows = useMemo(
    () => sortRows(lit === undefined ? all : all.filter((card) => lit.has(card.key)), COLUMNS, sort),
    [all, lit, sort],
  );
  return (
    <VirtualTable
      label="Policies"
      rows={rows}
      columns={COLUMNS}
      keyOf={(card) => card.path}
      selected={props.selected}
      onOpen={(card) => props.onOpen(card.path)}
      sort={sort}
      onSort={(next) => url.set({ sort: formatSort(next) })}
      noun="policy"
      nounPlural="policies"
      total={all.length}
      none={<NoMatch noun="policy" nounPlural="policies" total={all.length} filters={props.filters} />}
    />
  );
}
