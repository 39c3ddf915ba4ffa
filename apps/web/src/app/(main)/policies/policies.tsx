"use client";
import dynamic from "next/dynamic";
import { useCallback, useMemo, useState } from "react";
import { type PolicyFilter, useBoard } from "../../../live/board.ts";
import { parseOpen } from "../../../words/kinds.ts";
import { useTrace } from "../../../live/trace.ts";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { ProgrammedRows } from "../../../parts/programmed.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { counted } from "../../../words/number.ts";
import { Board } from "./board.tsx";
import { useOrderDraft } from "./order-draft.ts";
import { columnsOf } from "./view.ts";
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
  const draft = useOrderDraft();
  const text = url.get("q") ?? "";
  const filter = useFilter(url.get("q"), url.get("ns"));
  const board = useBoard({ filter, moves: draft.moves, steps: draft.steps.length });
  const { data } = board;
  const columns = useMemo(() => data && columnsOf(data.tiers, draft.steps.slice(data.steps)), [data, draft.steps]);
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
            <span className="said hide-s">{data && summaryOf(data, text !== "" || filter.ns !== undefined)}</span>
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
        {columns === undefined ? (
          board.error === null ? (
            <SkeletonRows />
          ) : (
            <Failed error={board.error} what="policies" onRetry={board.refetch} />
          )
        ) : data?.total === 0 ? (
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
              <PolicyList filter={filter} moves={draft.moves} selected={url.get("open") ?? undefined} onOpen={onOpen} />
            ) : (
              <Board
                columns={columns}
                steps={trace.steps}
                selected={url.get("open") ?? undefined}
                onOpen={onOpen}
                onNew={onNew}
                onShown={board.onShown}
                draft={draft}
              />
            )}
          </ProgrammedRows>
        )}
        {draft.moves.length > 0 && <OrderBar draft={draft} />}
      </main>
      <ObjectPanel openRef={open} />
    </>
  );
}

/** What the address asks of the server; the same object as long as it is the same. */
function useFilter(q: string | null, ns: string | null): PolicyFilter {
  return useMemo(() => ({ ...(q !== null && { q }), ...(ns !== null && { ns }) }), [q, ns]);
}

function summaryOf(
  { total, matched }: { readonly total: number; readonly matched: number },
  isFiltered: boolean,
): string {
  const all = counted(total, "policy", "policies");
  return isFiltered ? `${matched} of ${all} match` : all;
}
