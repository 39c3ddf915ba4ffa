"use client";
import { formatRef, GlobalNetworkSet, IPPool, NetworkSet, refOf } from "@percale/resources/catalog";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { useObjects } from "../../../live/objects.ts";
import { useNodes } from "../../../live/queries.ts";
import { useSetUse } from "../../../live/set-use.ts";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { SeverityMark } from "../../../parts/severity.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { type SortState, useSort } from "../../../parts/virtual-table.tsx";
import { WriteButton } from "../../../parts/write-button.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import { parseOpen } from "../../../words/kinds.ts";
import { handOver, PASTED } from "../../../editor/handed-over.ts";
import { useRights } from "../../../live/rights.ts";
import { newSetText } from "./new-set.ts";
import { PasteBox } from "./paste-box.tsx";
import { type NetOwner, overlapsOf } from "./overlaps.ts";
import { OverlapTable } from "./overlap-table.tsx";
import { SetPanel } from "./set-panel.tsx";
import { SetTable } from "./set-table.tsx";
import { findSets, setRows, type SetObject, setsVerdict, sortSets } from "./view.ts";
import "../../../styles/editor.css";
import "../../../styles/network-sets.css";

// The editor is loaded with the first draft.
const Review = dynamic(async () => (await import("./review.tsx")).Review, { ssr: false });

const WORST_FIRST: SortState = { id: "finding", down: false };

const SCOPES = [
  { view: "global", title: "Global", kind: GlobalNetworkSet.kind, plural: GlobalNetworkSet.plural },
  { view: "namespaced", title: "In namespaces", kind: NetworkSet.kind, plural: NetworkSet.plural },
] as const;

/** Sets of both kinds: what is in them, which rules select them, and what else is where their nets are. */
export function NetworkSets() {
  usePageTitle("Network sets");
  const url = useUrlState();
  const lists = [useObjects(GlobalNetworkSet), useObjects(NetworkSet)] as const;
  const [global, local] = lists;
  const isLoaded = lists.every(({ loaded }) => loaded);
  const failed = lists.find(({ error, loaded }) => error !== null && !loaded);
  const uses = useSetUse();
  const sort = useSort(WORST_FIRST);
  const overlaps = useOverlaps(global.items, local.items);
  const rows = useMemo(
    () => setRows([...global.items, ...local.items], uses, overlaps),
    [global.items, local.items, uses, overlaps],
  );
  const scope = SCOPES.find(({ view }) => view === url.get("view"));
  const text = url.get("q") ?? "";
  const shown = useMemo(
    () =>
      sortSets(findSets(scope === undefined ? rows : rows.filter(({ ref }) => ref.kind === scope.kind), text), sort),
    [rows, scope, text, sort],
  );
  const open = parseOpen(url.get("open"));
  const selected = open === undefined ? undefined : rows.find(({ key }) => key === formatRef(open));
  const object = [...global.items, ...local.items].find((each) => selected?.key === formatRef(refOf(each)));
  // A draft that a paste begins: gone with its panel.
  const [draft, setDraft] = useState<{ readonly key: string; readonly nets: readonly string[] }>();
  return (
    <>
      <main className="main" id="main">
        <div className="bar" role="search">
          <span className="seg" role="group" aria-label="Scope">
            {[{ view: undefined, title: "All", kind: undefined }, ...SCOPES].map(({ view, title, kind }) => (
              <button key={title} type="button" aria-pressed={view === scope?.view} onClick={() => url.set({ view })}>
                {title}{" "}
                <span className="muted">
                  {rows.filter(({ ref }) => kind === undefined || ref.kind === kind).length}
                </span>
              </button>
            ))}
          </span>
          <FilterBox label="Name, label or address" value={text} onChange={(q) => url.set({ q })} />
          <span className="end">
            <WriteButton
              className="btn pri"
              onClick={() => url.set({ new: scope?.plural ?? GlobalNetworkSet.plural, open: undefined }, "push")}
            >
              <Icon name="plus" />
              New set
            </WriteButton>
          </span>
        </div>
        {failed !== undefined ? (
          <Failed error={failed.error} what="network sets" onRetry={failed.refetch} />
        ) : !isLoaded ? (
          <SkeletonRows />
        ) : rows.length === 0 ? (
          <div className="scroll">
            <Empty
              title="No network sets yet"
              help="A set gives addresses outside the cluster labels, so that rules can select them as they select workloads."
            />
            <NewFromList />
          </div>
        ) : (
          <div className="scroll">
            <Verdict rows={rows} />
            {shown.length === 0 ? (
              <Empty
                title="No set matches"
                help={`${rows.length} without the filter.`}
                action={
                  <button type="button" className="btn" onClick={() => url.set({ q: undefined, view: undefined })}>
                    Clear
                  </button>
                }
              />
            ) : (
              <SetTable rows={shown} sort={sort} selected={selected?.key} />
            )}
            <OverlapTable rows={rows} />
            <NewFromList />
          </div>
        )}
      </main>
      {draft !== undefined && draft.key === selected?.key && object !== undefined ? (
        <Review object={object} nets={draft.nets} onDone={() => setDraft(undefined)} />
      ) : selected !== undefined && url.get("tab") === null && url.get("new") === null ? (
        <SetPanel
          key={selected.key}
          row={selected}
          onReview={(nets) => setDraft({ key: selected.key, nets })}
          onClose={() => url.set({ open: undefined }, "push")}
        />
      ) : (
        (isLoaded || url.get("new") !== null) && <ObjectPanel openRef={open} />
      )}
    </>
  );
}

/** A list as others send it becomes a set, seen as a draft first. */
function NewFromList() {
  const url = useUrlState();
  const { readOnly } = useRights();
  if (readOnly !== undefined) return null;
  return (
    <section className="new-list" aria-label="New set from a list">
      <h2 className="h2">New set from a list</h2>
      <p className="muted">
        Rules select it by a label, such as <span className="mono">partner=true</span>, that you give it in the draft.
      </p>
      <PasteBox
        nets={NONE}
        onReview={(nets) => {
          handOver(newSetText(nets));
          url.set({ new: GlobalNetworkSet.plural, from: PASTED, open: undefined }, "push");
        }}
      />
    </section>
  );
}

function Verdict({ rows }: { readonly rows: Parameters<typeof setsVerdict>[0] }) {
  const { severity, lead, rest } = setsVerdict(rows);
  return (
    <p className="qbar">
      {severity === "warning" && <SeverityMark severity={severity} />} <b className="strong">{lead}</b>{" "}
      <span className="muted">{rest}</span>
    </p>
  );
}

/** Where nets of sets are pools', nodes' or other sets', too. */
function useOverlaps(...lists: readonly (readonly SetObject[])[]) {
  const pools = useObjects(IPPool).items;
  const reports = useNodes().data?.reports;
  const [global = NONE, local = NONE] = lists;
  return useMemo(
    () =>
      overlapsOf([
        ...[...global, ...local].map((object): NetOwner => ({
          is: "set",
          name: formatRef(refOf(object)),
          nets: object.spec.nets ?? [],
        })),
        ...pools.map(({ metadata, spec }): NetOwner => ({
          is: "pool",
          name: metadata.name,
          nets: spec.cidr === undefined ? [] : [spec.cidr],
        })),
        ...(reports ?? []).map(({ name, addresses }): NetOwner => ({ is: "node", name, nets: addresses })),
      ]),
    [global, local, pools, reports],
  );
}

const NONE: readonly never[] = [];
