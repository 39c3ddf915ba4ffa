"use client";
import type { EndpointRowView } from "@percale/api";
import type { NodeRoute, NodeRoutes } from "@percale/protocol";
import Link from "next/link";
import { useMemo } from "react";
import { useNodes } from "../../../../live/queries.ts";
import { ObjectName } from "../../../../parts/object-name.tsx";
import { Empty } from "../../../../parts/states.tsx";
import { type RouteRow, routeRows } from "./view.ts";

const ORIGINS: Readonly<Record<NodeRoute["from"], string>> = {
  peer: "learned over BGP",
  block: "own block",
  workload: "workload",
};

/** What the kernel holds of routes because of Percale, as its agent saw it a moment ago. */
export function RouteTab({
  routes,
  endpoints,
}: {
  /** Null: its agent reports none. */
  readonly routes: NodeRoutes | null;
  /** The node's. */
  readonly endpoints: readonly EndpointRowView[];
}) {
  const nodes = useNodes().data?.reports;
  const rows = useMemo(
    () => routeRows(routes?.list ?? [], { nodes: nodes ?? [], endpoints }),
    [routes, nodes, endpoints],
  );
  if (routes === null)
    return (
      <Empty
        title="Routes are not reported"
        help="The agent of this node is of a version that does not report them, or has not looked yet."
      />
    );
  if (routes.total === 0)
    return <Empty title="No route yet" help="Routes come with workloads, blocks of addresses and BGP sessions." />;
  return (
    <div className="tw">
      <table>
        <thead>
          <tr>
            <th>Destination</th>
            <th>Leads to</th>
            <th className="hide-s">By</th>
            <th>Because of</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.dst} ${row.via ?? ""} ${row.dev ?? ""}`}>
              <td className="mono">{row.dst}</td>
              <td>
                <Target row={row} />
              </td>
              <td className="mono muted hide-s">
                {[row.via, row.dev].filter((part) => part !== undefined).join(" ") || "–"}
              </td>
              <td className="muted">{ORIGINS[row.from] ?? row.from}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {routes.list.length < routes.total && (
        <p className="pad muted">
          {routes.list.length} of {routes.total} routes, those of peers first.
        </p>
      )}
    </div>
  );
}

function Target({ row: { node, endpoint, from, via } }: { readonly row: RouteRow }) {
  if (node !== undefined)
    return (
      <Link className="mono" href={`/nodes/${node}`}>
        {node}
      </Link>
    );
  if (endpoint !== undefined)
    return (
      <Link href={`/endpoints?open=workloadendpoints/${endpoint.key}`}>
        <ObjectName namespace={endpoint.namespace} name={endpoint.name} />
      </Link>
    );
  if (from === "block") return <span className="muted">nowhere, but for its addresses in use</span>;
  return via === undefined ? <>–</> : <span className="mono">{via}</span>;
}
