"use client";
import { Tier } from "@percale/resources/catalog";
import dynamic from "next/dynamic";
import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { useObjects } from "../../../live/objects.ts";
import { parseOpen } from "../../../words/kinds.ts";
import { useTrace } from "../../../live/trace.ts";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { ProgrammedRows } from "../../../parts/programmed.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { usePolicies } from "../../../live/policies.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { counted } from "../../../words/number.ts";
import { Board } from "./board.tsx";
import { useOrderDraft } from "./order-draft.ts";
import { boardColumns, hiding, litCards, parseNamespaces } from "./view.ts";
import "../../../styles/board.css";
import "../../../styles/editor.css";
import { WriteButton } from "../../../parts/write-button.tsx";

// The board comes first; what is asked for above, below or instead of it comes when it is.
const Lens = dynamic(async () => (await import("./lens.tsx")).Lens, { ssr: false });
const OrderBar = dynamic(async () => (await import("./order-bar.tsx")).OrderBar, { ssr: false });
const PolicyList = dynamic(async () => (await import("./policy-list.tsx")).PolicyList, {
  ssr: false,
  loading: () => <SkeletonRows />,
});

/** Policies by tier in evaluation order: board or list, a trace lens over it, the editor beside it. */
export function Policies() {
  usePageTitle("Policies");
  const url = useUrlState();
  const tiers = useObjects(Tier);
  const stored = usePolicies();
  const draft = useOrderDraft();
  const drafted = useMemo(() => draft.applyTo(stored.items), [draft, stored.items]);
  const columns = useMemo(() => boardColumns(tiers.items, drafted), [tiers.items, drafted]);
  const text = url.get("q") ?? "";
  const searched = useDeferredValue(text);
  const namespaces = url.get("ns");
  const lit = useMemo(
    () => litCards(columns, { text: searched, ...parseNamespaces(namespaces) }),
    [columns, searched, namespaces],
  );
  const filters = hiding(columns, { text, namespaces }).map(({ key, ...filter }) => ({
    ...filter,
    drop: () => url.set({ [key]: undefined }, "push"),
  }));
  const trace = useTrace({
    source: url.get("src") ?? "",
    destination: url.get("dst") ?? "",
    protocol: url.get("proto") ?? "TCP",
    port: url.get("port") ?? "",
  });
  const [lensOpen, setLensOpen] = useState(false);
  const view = url.get("view") === "list" ? "list" : "board";
  const open = parseOpen(url.get("open"));
  const { set } = url;
  const onOpen = useCallback((path: string) => set({ open: path, new: undefined, tab: undefined }, "push"), [set]);
  const onNew = useCallback(
    (tier?: string) => set({ new: "networkpolicies", open: undefined, tier, tab: undefined }, "push"),
    [set],
  );
  const queries = [tiers, stored];
  const failed = queries.find((query) => query.error !== null && !query.loaded);
  const loaded = queries.every((query) => query.loaded);
  const showLens = lensOpen || (url.get("src") ?? url.get("dst")) !== null;

  return (
    <>
      <main className="main" id="main">
        <div className="bar" role="search">
          <span className="seg" role="group" aria-label="View">
            <button type="button" aria-pressed={view === "board"} onClick={() => url.set({ view: undefined }, "push")}>
              <Icon name="board" />
              Board
            </button>
            <button type="button" aria-pressed={view === "list"} onClick={() => url.set({ view: "list" }, "push")}>
              <Icon name="list" />
              List
            </button>
          </span>
          <FilterBox label="Find policies" value={text} onChange={(q) => url.set({ q })} />
          <button type="button" className="btn" aria-pressed={showLens} onClick={() => setLensOpen(true)}>
            <Icon name="reach" />
            Trace
          </button>
          <span className="end">
            <span className="said hide-s">{loaded && summaryOf(stored.items.length, lit?.size)}</span>
            <WriteButton className="btn hide-s" onClick={() => url.set({ new: "tiers", open: undefined }, "push")}>
              <Icon name="plus" />
              New tier
            </WriteButton>
            <WriteButton className="btn pri" onClick={() => onNew()}>
              <Icon name="plus" />
              New policy
            </WriteButton>
          </span>
        </div>
        {showLens && <Lens trace={trace} onClose={() => setLensOpen(false)} />}
        {failed !== undefined ? (
          <Failed error={failed.error} what="policies" onRetry={failed.refetch} />
        ) : !loaded ? (
          <SkeletonRows />
        ) : stored.items.length === 0 ? (
          <Empty
            title="No policies yet"
            help="Every connection between workloads is allowed until a policy selects one of its ends."
            action={
              <WriteButton className="btn pri" onClick={() => onNew()}>
                <Icon name="plus" />
                New policy
              </WriteButton>
            }
          />
        ) : (
          <ProgrammedRows>
            {view === "list" ? (
              <PolicyList
                columns={columns}
                lit={lit}
                filters={filters}
                selected={url.get("open") ?? undefined}
                onOpen={onOpen}
              />
            ) : (
              <Board
                columns={columns}
                lit={lit}
                steps={trace.steps}
                selected={url.get("open") ?? undefined}
                onOpen={onOpen}
                onNew={onNew}
                draft={draft}
              />
            )}
          </ProgrammedRows>
        )}
        {draft.moves.length > 0 && <OrderBar draft={draft} policies={stored.items} />}
      </main>
      <ObjectPanel openRef={open} />
    </>
  );
}

function summaryOf(total: number, lit: number | undefined): string {
  const all = counted(total, "policy", "policies");
  return lit === undefined ? all : `${lit} of ${all} match`;
}
