"use client";
import type { EndpointRowView } from "@percale/api";
import type { ObjectRef } from "@percale/resources/catalog";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useEndpointList } from "../../live/endpoint-list.ts";
import { FilterBox } from "../filter-box.tsx";
import { ObjectName } from "../object-name.tsx";
import { Failed, SkeletonRows } from "../states.tsx";
import { type Column, formatSort, type SortState, VirtualTable } from "../virtual-table.tsx";

const COLUMNS: readonly Column<EndpointRowView>[] = [
  {
    id: "name",
    title: "Endpoint",
    width: "minmax(140px, 2fr)",
    sort: "server",
    cell: ({ namespace, name, node }) => (
      <>
        <ObjectName namespace={namespace} name={name} />
        <div className="sub mono">{node}</div>
      </>
    ),
  },
  {
    id: "address",
    title: "Address",
    width: "minmax(110px, 1fr)",
    sort: "server",
    cell: ({ addresses }) => <span className="mono">{addresses[0] ?? "–"}</span>,
  },
  {
    id: "node",
    title: "Node",
    width: "minmax(70px, 0.7fr)",
    sort: "server",
    hideNarrow: true,
    cell: ({ node }) => <span className="mono">{node}</span>,
  },
];

/** The endpoints that a policy selects: filtered, sorted and paged by the server. */
export function SelectedEndpoints({ policy }: { readonly policy: ObjectRef }) {
  const [text, setText] = useState("");
  const [sort, setSort] = useState<SortState>({ id: "name", down: false });
  const router = useRouter();
  const list = useEndpointList({ policy, sort: formatSort(sort) ?? "name", ...(text !== "" && { q: text }) });
  if (list.total === undefined)
    return list.error === null ? (
      <SkeletonRows rows={6} />
    ) : (
      <Failed error={list.error} what="endpoints" onRetry={list.refetch} />
    );
  return (
    <div className="sum-list">
      <FilterBox label="Find endpoints" value={text} onChange={setText} />
      <VirtualTable
        label="Endpoints that it selects"
        rows={list.rows}
        isOld={list.isOld}
        onShown={list.onShown}
        columns={COLUMNS}
        keyOf={({ key }) => key}
        onOpen={({ key }) => router.push(`/endpoints?open=workloadendpoints/${key}`)}
        sort={sort}
        onSort={setSort}
        noun="endpoint"
        none={
          <p className="muted sum-none">
            {text === "" ? "It selects no endpoint." : "None of those that it selects has that text."}
          </p>
        }
      />
    </div>
  );
}
