"use client";
import type { PolicyCardView } from "@percale/api";
import { formatRef, type ObjectRef } from "@percale/resources/catalog";
import { usePolicyCoverage } from "../../../live/coverage.ts";
import { shadowedBy, useShadows } from "../../../live/shadows.ts";
import { IdleBadge } from "../../../parts/idle-badge.tsx";
import { isUntold, type Untold } from "../../../words/untold.ts";
import { Age } from "../../../parts/age.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { type PolicyFilter, usePolicyRows } from "../../../live/board.ts";
import { NoMatch } from "../../../parts/no-match.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { ProgrammedShare } from "../../../parts/programmed.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { mapRows } from "../../../parts/rows.ts";
import { Failed, SkeletonRows } from "../../../parts/states.tsx";
import { type Column, formatSort, type SortState, useSort, VirtualTable } from "../../../parts/virtual-table.tsx";
import type { Move } from "./order-draft.ts";
import { type Card, cardOf, endpointsOf, orderText } from "./view.ts";

/** With what is known of whether it decides anything. */
interface Row extends Card {
  readonly endpoints: number | Untold;
  readonly shadowedBy: readonly ObjectRef[] | undefined;
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: "name",
    title: "Policy",
    width: "minmax(180px, 2fr)",
    sort: "server",
    cell: (card) => (
      <>
        <Icon name={card.ref.namespace === undefined ? "global" : "ns"} className="muted" />{" "}
        <ObjectName namespace={card.ref.namespace} name={card.ref.name} />{" "}
        <span className="hide-s">
          <IdleBadge endpoints={isUntold(card.endpoints) ? undefined : card.endpoints} shadowedBy={card.shadowedBy} />
        </span>
        <div className="sub">
          {card.tier} · order {orderText(card.order)}{" "}
          <IdleBadge endpoints={isUntold(card.endpoints) ? undefined : card.endpoints} shadowedBy={card.shadowedBy} />
        </div>
      </>
    ),
  },
  {
    id: "place",
    title: "Evaluated",
    width: "84px",
    numeric: true,
    sort: "server",
    cell: (card) => card.place,
  },
  {
    id: "tier",
    title: "Tier",
    width: "minmax(90px, 0.7fr)",
    hideNarrow: true,
    sort: "server",
    cell: (card) => card.tier,
  },
  {
    id: "order",
    title: "Order",
    width: "80px",
    numeric: true,
    hideNarrow: true,
    sort: "server",
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
    sort: "server",
    cell: (card) => card.rules,
  },
  {
    id: "selector",
    title: "Applies to",
    width: "minmax(140px, 2fr)",
    hideNarrow: true,
    cell: (card) => <span className="mono muted">{card.selector || "all()"}</span>,
  },
  {
    id: "programmed",
    title: "Programmed",
    width: "88px",
    numeric: true,
    hideNarrow: true,
    cell: (card) => <ProgrammedShare of={card} />,
  },
  {
    id: "created",
    title: "Created",
    width: "96px",
    numeric: true,
    hideNarrow: true,
    sort: "server",
    cell: (card) => <Age at={card.createdAt} />,
  },
];

const BY_PLACE: SortState = { id: "place", down: false };

/** The same policies as rows; by default in the order in which they are evaluated. */
export function PolicyList(props: {
  readonly filter: PolicyFilter;
  readonly moves: readonly Move[];
  readonly selected: string | undefined;
  readonly onOpen: (path: string) => void;
}) {
  const url = useUrlState();
  const sort = useSort(BY_PLACE);
  const { filter, moves } = props;
  const list = usePolicyRows({ filter, moves }, formatSort(sort));
  const coverage = usePolicyCoverage(list.known.map(({ ref }) => formatRef(ref)));
  const shadows = useShadows();
  const rowOf = (policy: PolicyCardView): Row => ({
    ...cardOf(policy),
    endpoints: endpointsOf(coverage, policy),
    shadowedBy: shadowedBy(shadows, policy.ref),
  });
  if (list.total === undefined)
    return list.error === null ? (
      <SkeletonRows />
    ) : (
      <Failed error={list.error} what="policies" onRetry={list.refetch} />
    );
  const without = list.answer?.without;
  const hiding = (["q", "ns"] as const).flatMap((key) => {
    const value = filter[key];
    const words = key === "q" ? `“${value}”` : `ns=${value}`;
    const drop = () => url.set({ [key]: undefined }, "push");
    return value === undefined ? [] : [{ words, drop, ...(without !== undefined && { without: without[key] }) }];
  });
  return (
    <VirtualTable
      label="Policies"
      rows={mapRows(list.rows, rowOf)}
      isOld={list.isOld}
      onShown={list.onShown}
      columns={COLUMNS}
      keyOf={(card) => card.path}
      selected={props.selected}
      onOpen={(card) => props.onOpen(card.path)}
      sort={sort}
      onSort={(next) => url.set({ sort: formatSort(next) })}
      noun="policy"
      nounPlural="policies"
      total={list.total}
      none={<NoMatch noun="policy" nounPlural="policies" total={list.total} filters={hiding} />}
    />
  );
}
