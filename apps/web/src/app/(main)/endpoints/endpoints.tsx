"use client";
import Link from "next/link";
import { useMemo } from "react";
import { type EndpointFilter, useCoverageOf, useEndpointList } from "../../../live/endpoint-list.ts";
import { useProtection } from "../../../live/protection.ts";
import { useNodes } from "../../../live/queries.ts";
import { isUntold } from "../../../words/untold.ts";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { FilterBadges } from "../../../parts/filter-badges.tsx";
import { NoMatch } from "../../../parts/no-match.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { ProtectionMark } from "../../../parts/protection.tsx";
import { mapRows } from "../../../parts/rows.ts";
import { SeverityMark } from "../../../parts/severity.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { UntoldMark } from "../../../parts/untold.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { type Column, formatSort, type SortState, useSort, VirtualTable } from "../../../parts/virtual-table.tsx";
import { protectionWords } from "../../../policy/protection.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { EndpointPanel } from "./endpoint-panel.tsx";
import { type EndpointRow, endpointRow, openWords, type States, statesOf, unwellOf } from "./view.ts";
import "../../../styles/lists.css";
import "../../../styles/reach.css";

const COLUMNS: readonly Column<EndpointRow>[] = [
  {
    id: "name",
    title: "Endpoint",
    width: "minmax(150px, 1fr)",
    sort: "server",
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
    width: "minmax(132px, 0.4fr)",
    sort: "server",
    cell: (row) => (
      <>
        <SeverityMark severity={row.severity} text={row.state} />
        {!isUntold(row.protection) && <div className="sub">in {protectionWords(row.protection.ingress)}</div>}
      </>
    ),
  },
  {
    id: "address",
    title: "Addresses",
    // Never shortened: both families whole, so other columns give way first.
    width: "minmax(344px, 0.6fr)",
    hideNarrow: true,
    drop: 1,
    sort: "server",
    cell: (row) => <span className="mono">{row.endpoint.addresses.join(", ")}</span>,
  },
  {
    id: "node",
    title: "Node",
    width: "minmax(100px, 0.4fr)",
    hideNarrow: true,
    drop: 2,
    sort: "server",
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
    sort: "server",
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

function protectionColumn(direction: "ingress" | "egress", title: string): Column<EndpointRow> {
  return {
    id: direction,
    title,
    width: "minmax(148px, 0.4fr)",
    hideNarrow: true,
    drop: 3,
    sort: "server",
    cell: ({ protection }) =>
      isUntold(protection) ? <UntoldMark untold={protection} /> : <ProtectionMark protection={protection[direction]} />,
  };
}

const BY_NAME: SortState = { id: "name", down: false };

const SORTED = COLUMNS.filter((column) => column.sort !== undefined).map(({ id }) => id);

const FILTERS = ["ns", "node", "ingress", "egress"] as const;
const OPENNESS: ReadonlySet<string> = new Set(["open", "partly", "closed"]);

/** Workloads: where they are, what protects them, what state their interface is in. */
export function Endpoints() {
  usePageTitle("Endpoints");
  const url = useUrlState();
  const nodes = useNodes();
  const states = useMemo(() => statesOf(nodes.data?.reports), [nodes.data]);
  const sort = useSort(BY_NAME, SORTED);
  const filter = useFilter(sort, states);
  const list = useEndpointList(filter);
  const coverage = useCoverageOf(list.known.map(({ key }) => key));
  const protection = useProtection();
  const hiding = FILTERS.filter((key) => filter[key] !== undefined).map((key) => ({
    words: `${key} ${filter[key]}`,
    drop: () => url.set({ [key]: undefined }, "push"),
  }));
  const text = url.get("q") ?? "";
  const all = text === "" ? hiding : [{ words: `“${text}”`, drop: () => url.set({ q: undefined }, "push") }, ...hiding];
  const open = url.get("open")?.replace(/^workloadendpoints\//, "");
  return (
    <>
      <main className="main" id="main">
        <div className="bar" role="search">
          <FilterBox label="Find endpoints" value={text} onChange={(q) => url.set({ q })} />
          <FilterBadges filters={hiding} />
          <span className="end said hide-s">{!isUntold(protection) && openWords(protection)}</span>
        </div>
        {list.error !== null && list.total === undefined ? (
          <Failed error={list.error} what="endpoints" onRetry={list.refetch} />
        ) : list.total === undefined ? (
          <SkeletonRows />
        ) : list.total === 0 ? (
          <Empty
            title="No endpoints yet"
            help={
              <>
                A workload becomes an endpoint when the CNI plugin attaches it to a node. The lab brings its own:{" "}
                <span className="mono">percale lab up</span>.
              </>
            }
          />
        ) : (
          <VirtualTable
            label="Endpoints"
            rows={mapRows(list.rows, (endpoint) => endpointRow(endpoint, { coverage, states }))}
            isOld={list.isOld}
            onShown={list.onShown}
            columns={COLUMNS}
            keyOf={(row) => row.endpoint.key}
            selected={open}
            onOpen={(row) => url.set({ open: `workloadendpoints/${row.endpoint.key}` }, "push")}
            sort={sort}
            onSort={(next) => url.set({ sort: formatSort(next) })}
            noun="endpoint"
            narrowRowPx={62}
            total={list.total}
            none={<NoMatch noun="endpoint" total={list.total} filters={all} />}
          />
        )}
      </main>
      {open !== undefined && (
        <EndpointPanel key={open} name={open} states={states} onClose={() => url.set({ open: undefined }, "push")} />
      )}
    </>
  );
}

/** What the address asks of the server. */
function useFilter(sort: SortState, states: States): EndpointFilter {
  const url = useUrlState();
  const [q, ns, node] = ["q", "ns", "node"].map((key) => url.get(key) ?? undefined);
  const [ingress, egress] = ["ingress", "egress"].map((key) => opennessOf(url.get(key)));
  return useMemo(
    () => ({
      sort: formatSort(sort),
      ...(q !== undefined && { q }),
      ...(ns !== undefined && { ns }),
      ...(node !== undefined && { node }),
      ...(ingress !== undefined && { ingress }),
      ...(egress !== undefined && { egress }),
      ...(sort.id === "state" && { first: unwellOf(states).slice(0, MAX_UNWELL) }),
    }),
    [sort, q, ns, node, ingress, egress, states],
  );
}

/** More than so many endpoints that need a look are not told apart from others. */
const MAX_UNWELL = 1_000;

function opennessOf(text: string | null): EndpointFilter["ingress"] {
  return text !== null && OPENNESS.has(text) ? (text as NonNullable<EndpointFilter["ingress"]>) : undefined;
}
