"use client";
import Link from "next/link";
import { useMemo } from "react";
import { useCoverage } from "../../../live/coverage.ts";
import { useEndpoints } from "../../../live/endpoints.ts";
import { useNodes } from "../../../live/queries.ts";
import { isUntold } from "../../../words/untold.ts";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { ProtectionMark } from "../../../parts/protection.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { UntoldMark } from "../../../parts/untold.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import {
  type Column,
  formatSort,
  sortRows,
  type SortState,
  useSort,
  VirtualTable,
} from "../../../parts/virtual-table.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import { compareNames } from "../nodes/view.ts";
import { EndpointPanel } from "./endpoint-panel.tsx";
import { type EndpointRow, endpointRows, openWords } from "./view.ts";
import "../../../styles/reach.css";

const COLUMNS: readonly Column<EndpointRow>[] = [
  {
    id: "name",
    title: "Endpoint",
    width: "minmax(150px, 1fr)",
    sort: (a, b) => compareNames(a.text, b.text),
    cell: (row) => (
      <>
        <ObjectName namespace={row.endpoint.namespace} name={row.endpoint.name} />
        {row.endpoint.addresses.map((address) => (
          <div key={address} className="sub mono">
            {address}
          </div>
        ))}
      </>
    ),
  },
  {
    id: "state",
    title: "State",
    width: "minmax(108px, 0.4fr)",
    sort: (a, b) => a.severity.localeCompare(b.severity),
    cell: (row) => <SeverityMark severity={row.severity} text={row.state} />,
  },
  {
    id: "address",
    title: "Addresses",
    // Never shortened: both families whole, so other columns give way first.
    width: "minmax(344px, 0.6fr)",
    hideNarrow: true,
    drop: 1,
    sort: (a, b) => compareNames(a.endpoint.addresses[0] ?? "", b.endpoint.addresses[0] ?? ""),
    cell: (row) => <span className="mono">{row.endpoint.addresses.join(", ")}</span>,
  },
  {
    id: "node",
    title: "Node",
    width: "minmax(100px, 0.4fr)",
    hideNarrow: true,
    drop: 2,
    sort: (a, b) => compareNames(a.endpoint.node, b.endpoint.node),
    cell: (row) => (
      <Link className="mono" href={`/nodes/${row.endpoint.node}`}>
        {row.endpoint.node}
      </Link>
    ),
  },
  {
    id: "policies",
    title: "Policies",
    width: "64px",
    numeric: true,
    hideNarrow: true,
    sort: (a, b) => (isUntold(a.policies) || isUntold(b.policies) ? 0 : a.policies - b.policies),
    cell: (row) => (isUntold(row.policies) ? <UntoldMark untold={row.policies} /> : row.policies),
  },
  protectionColumn("ingress", "Ingress"),
  protectionColumn("egress", "Egress"),
  {
    id: "labels",
    title: "Labels",
    width: "minmax(120px, 2fr)",
    hideNarrow: true,
    drop: 4,
    cell: (row) => <span className="mono muted">{row.labels}</span>,
  },
];

/** What is open comes first. */
const OPEN_FIRST = { open: 0, partly: 1, closed: 2 } as const;

function protectionColumn(direction: "ingress" | "egress", title: string): Column<EndpointRow> {
  const rank = ({ protection }: EndpointRow): number =>
    isUntold(protection) ? 0 : OPEN_FIRST[protection[direction].is];
  return {
    id: direction,
    title,
    width: "minmax(148px, 0.4fr)",
    hideNarrow: true,
    drop: 3,
    sort: (a, b) => rank(a) - rank(b),
    cell: ({ protection }) =>
      isUntold(protection) ? <UntoldMark untold={protection} /> : <ProtectionMark protection={protection[direction]} />,
  };
}

const BY_NAME: SortState = { id: "name", down: false };

/** Workloads: where they are, what protects them, what state their interface is in. */
export function Endpoints() {
  usePageTitle("Endpoints");
  const url = useUrlState();
  const endpoints = useEndpoints();
  const coverage = useCoverage("endpoint");
  const nodes = useNodes();
  const text = url.get("q") ?? "";
  const sort = useSort(BY_NAME);
  const all = useMemo(
    () => endpointRows(endpoints.items, coverage, nodes.data?.reports),
    [endpoints.items, coverage, nodes.data],
  );
  const rows = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return sortRows(wanted === "" ? all : all.filter((row) => row.searchable.includes(wanted)), COLUMNS, sort);
  }, [all, text, sort]);
  const open = url.get("open")?.replace(/^workloadendpoints\//, "");
  const selected = all.find((row) => row.endpoint.key === open);
  return (
    <>
      <main className="main" id="main">
        <div className="bar" role="search">
          <FilterBox label="Find endpoints" value={text} onChange={(q) => url.set({ q })} />
          <span className="end said hide-s">{endpoints.loaded && !isUntold(coverage) && openWords(all)}</span>
        </div>
        {endpoints.error !== null && !endpoints.loaded ? (
          <Failed error={endpoints.error} what="endpoints" onRetry={endpoints.refetch} />
        ) : !endpoints.loaded ? (
          <SkeletonRows />
        ) : all.length === 0 ? (
          <Empty
            title="No endpoints yet"
            help="A workload becomes an endpoint when the CNI plugin attaches it to a node. The lab brings its own: percale lab up."
          />
        ) : (
          <VirtualTable
            label="Endpoints"
            rows={rows}
            columns={COLUMNS}
            keyOf={(row) => row.endpoint.key}
            selected={open}
            onOpen={(row) => url.set({ open: `workloadendpoints/${row.endpoint.key}` }, "push")}
            sort={sort}
            onSort={(next) => url.set({ sort: formatSort(next) })}
            noun="endpoint"
            narrowRowPx={62}
            total={all.length}
          />
        )}
      </main>
      {selected !== undefined && (
        <EndpointPanel
          key={selected.endpoint.key}
          row={selected}
          onClose={() => url.set({ open: undefined }, "push")}
        />
      )}
    </>
  );
}
