"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { useNodes } from "../../../live/queries.ts";
import { useTense } from "../../../live/presence.ts";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { NoMatch } from "../../../parts/no-match.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { Empty, Loaded } from "../../../parts/states.tsx";
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
import { formatBytes, formatCount } from "../../../words/number.ts";
import { compareNames, type NodeRow, nodeRows, nodesVerdict } from "./view.ts";
import "../../../styles/nodes.css";

const RANK = { critical: 0, unknown: 1, warning: 2, info: 3, ok: 4 };
const number = (of: (row: NodeRow) => number | undefined) => (a: NodeRow, b: NodeRow) => (of(a) ?? -1) - (of(b) ?? -1);
const COLUMNS: readonly Column<NodeRow>[] = [
  {
    id: "name",
    title: "Node",
    width: "minmax(112px, 1fr)",
    sort: (a, b) => compareNames(a.name, b.name),
    cell: (row) => (
      <Link className="mono name" href={`/nodes/${row.name}`}>
        {row.name}
      </Link>
    ),
  },
  {
    id: "condition",
    title: "Condition",
    width: "minmax(112px, 2fr)",
    sort: (a, b) => RANK[a.severity] - RANK[b.severity],
    cell: (row) => <SeverityMark severity={row.severity} text={row.title} />,
  },
  {
    id: "address",
    title: "Address",
    width: "minmax(110px, 1fr)",
    hideNarrow: true,
    drop: 2,
    cell: (row) => <span className="mono muted">{row.report.addresses[0] ?? "–"}</span>,
  },
  {
    id: "agent",
    title: "Agent",
    width: "60px",
    hideNarrow: true,
    drop: 4,
    cell: (row) => <span className="muted">{row.report.status?.build ?? "–"}</span>,
  },
  {
    id: "lag",
    title: "Behind",
    width: "56px",
    numeric: true,
    sort: number((row) => row.behind),
    cell: (row) => (row.behind > 0 ? <b className="deny">{row.behind}</b> : row.report.status === undefined ? "–" : 0),
  },
  {
    id: "apply",
    title: "Apply p99",
    width: "72px",
    numeric: true,
    hideNarrow: true,
    sort: number((row) => row.report.status?.applyMs.p99),
    cell: (row) => msText(row.report.status?.applyMs.p99),
  },
  {
    id: "endpoints",
    title: "Endpoints",
    width: "70px",
    numeric: true,
    hideNarrow: true,
    sort: number((row) => row.report.status?.counts.endpoints),
    cell: (row) => countText(row.report.status?.counts.endpoints),
  },
  {
    id: "policies",
    title: "Policies",
    width: "60px",
    numeric: true,
    hideNarrow: true,
    sort: number((row) => row.report.status?.counts.policies),
    cell: (row) => countText(row.report.status?.counts.policies),
  },
  {
    id: "sessions",
    title: "Sessions",
    width: "64px",
    numeric: true,
    hideNarrow: true,
    sort: number((row) => row.sessions && row.sessions.established - row.sessions.total),
    cell: ({ sessions }) =>
      sessions === undefined ? (
        "–"
      ) : (
        <>
          <span className={sessions.established < sessions.total ? "warn" : undefined}>{sessions.established}</span> /{" "}
          {sessions.total}
        </>
      ),
  },
  {
    id: "drift",
    title: "Drift",
    width: "44px",
    numeric: true,
    hideNarrow: true,
    drop: 3,
    sort: number((row) => row.report.status?.driftRepairs.count),
    cell: (row) => countText(row.report.status?.driftRepairs.count),
  },
  {
    id: "memory",
    title: "Memory",
    width: "68px",
    numeric: true,
    hideNarrow: true,
    drop: 5,
    sort: number((row) => row.report.status?.rssBytes),
    cell: (row) => (row.report.status === undefined ? "–" : formatBytes(row.report.status.rssBytes)),
  },
  {
    id: "heard",
    title: "Heard",
    width: "52px",
    numeric: true,
    hideNarrow: true,
    drop: 1,
    cell: ({ report: { hearing, silent } }) => (hearing === "heard" ? <Now /> : (silent ?? "–")),
  },
];

const WORST_FIRST: SortState = { id: "condition", down: false };

/** Every node: the worst first as a grid, then all as a table. */
export function Nodes() {
  usePageTitle("Nodes");
  const router = useRouter();
  const url = useUrlState();
  const nodes = useNodes();
  const tense = useTense();
  const text = (url.get("q") ?? "").toLowerCase();
  const sort = useSort(WORST_FIRST);
  const all = useMemo(() => nodeRows(nodes.data?.reports ?? []), [nodes.data]);
  const rows = useMemo(
    () =>
      sortRows(
        all.filter((row) => `${row.name} ${row.report.addresses.join(" ")} ${row.title}`.toLowerCase().includes(text)),
        COLUMNS,
        sort,
      ),
    [all, text, sort],
  );
  return (
    <main className="main" id="main">
      <div className="bar" role="search">
        <FilterBox label="Find nodes" value={url.get("q") ?? ""} onChange={(q) => url.set({ q })} />
      </div>
      <Loaded query={nodes} what="nodes">
        {({ head }) => {
          if (all.length === 0)
            return (
              <Empty
                title="No node has joined"
                help={
                  <>
                    Policy is enforced by an agent on every node. Start one, or bring up the lab with{" "}
                    <span className="mono">percale lab up</span>.
                  </>
                }
              />
            );
          const verdict = nodesVerdict(all, head, tense);
          return (
            <>
              <section className="nodes-top" aria-label="Health grid">
                <p className="verd">
                  <b className="strong">{verdict.lead}</b> <span className="muted">{verdict.rest}</span>
                </p>
                <div className="cells">
                  {all.slice(0, 400).map((row) => (
                    <Link key={row.name} href={`/nodes/${row.name}`} className={`hc ${row.severity}`}>
                      <SeverityMark severity={row.severity} />
                      <span className="mono hn">{row.name}</span>
                      {row.behind > 0 && (
                        <span className="behind" title="revisions behind">
                          {row.behind}
                        </span>
                      )}
                      <span className="ht">{row.title}</span>
                    </Link>
                  ))}
                </div>
                <Legend rows={all} />
              </section>
              <VirtualTable
                label="Nodes"
                rows={rows}
                columns={COLUMNS}
                keyOf={(row) => row.name}
                sort={sort}
                onSort={(next) => url.set({ sort: formatSort(next) })}
                onOpen={(row) => router.push(`/nodes/${row.name}`)}
                noun="node"
                total={all.length}
                none={
                  <NoMatch
                    noun="node"
                    total={all.length}
                    filters={[{ words: `“${text}”`, drop: () => url.set({ q: undefined }, "push") }]}
                  />
                }
              />
            </>
          );
        }}
      </Loaded>
    </main>
  );
}

/** Of the past nobody says it. */
function Now() {
  return useTense().verb("now", "–");
}

function Legend({ rows }: { readonly rows: readonly NodeRow[] }) {
  const words = { critical: "critical", unknown: "no data", warning: "warning", info: "info", ok: "healthy" } as const;
  return (
    <div className="legend">
      {(Object.keys(words) as (keyof typeof words)[]).map((severity) => {
        const count = rows.filter((row) => row.severity === severity).length;
        return count === 0 ? null : (
          <span key={severity}>
            <SeverityMark severity={severity} /> {words[severity]} {count}
          </span>
        );
      })}
      <span>
        <Icon name="sort" /> worst first
      </span>
    </div>
  );
}

function msText(ms: number | undefined): string {
  return ms === undefined ? "–" : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function countText(count: number | undefined): string {
  return count === undefined ? "–" : formatCount(count);
}
