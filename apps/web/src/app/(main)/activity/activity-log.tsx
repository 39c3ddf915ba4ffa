"use client";
import Link from "next/link";
import { SemanticDiff } from "../../../editor/diff-view.tsx";
import { diffValues } from "../../../editor/diff.ts";
import { pathOf } from "../../../words/kinds.ts";
import { useActivityLog } from "../../../live/queries.ts";
import { useRevert } from "../../../live/write.ts";
import { Age } from "../../../parts/age.tsx";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { editable } from "../../../parts/history.tsx";
import { RequestId } from "../../../parts/failure-words.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { Panel } from "../../../parts/panel.tsx";
import { Empty, Loaded } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { type Column, VirtualTable } from "../../../parts/virtual-table.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import { formatMoment } from "../../../words/time.ts";
import { authorWords, type ChangeGroup, nameOf, opWords } from "./view.ts";
import "../../../styles/editor.css";
import { WriteButton } from "../../../parts/write-button.tsx";

const COLUMNS: readonly Column<ChangeGroup>[] = [
  {
    id: "at",
    title: "When",
    width: "72px",
    cell: (set) => (
      <span className="muted">
        <Age at={set.at} />
      </span>
    ),
  },
  {
    id: "what",
    title: "What",
    width: "minmax(180px, 2fr)",
    cell: (set) => (
      <>
        <span className="muted">{opWords(set)}</span> <NameOf text={set.names[0] ?? ""} />
        {set.names.length > 1 && <span className="muted"> and {set.names.length - 1} more</span>}
        <div className="sub">{authorWords(set.author)}</div>
      </>
    ),
  },
  {
    id: "kind",
    title: "Kind",
    width: "minmax(110px, 1fr)",
    hideNarrow: true,
    cell: (set) => <span className="muted">{[...new Set(set.entries.map((entry) => entry.ref.kind))].join(", ")}</span>,
  },
  { id: "who", title: "Who", width: "minmax(100px, 1fr)", hideNarrow: true, cell: (set) => authorWords(set.author) },
  {
    id: "why",
    title: "Reason",
    width: "minmax(120px, 2fr)",
    hideNarrow: true,
    cell: (set) => <span className="muted">{set.reason === "" ? "–" : set.reason}</span>,
  },
  { id: "revision", title: "Revision", width: "80px", numeric: true, hideNarrow: true, cell: (set) => set.revision },
];

/** Every write: who, when, why, what; any of them can be taken back. */
export function ActivityLog() {
  usePageTitle("Activity");
  const url = useUrlState();
  const system = url.get("system") === "1";
  const activity = useActivityLog({ system });
  const text = (url.get("q") ?? "").toLowerCase();
  const open = Number(url.get("open"));
  const selected = activity.data?.sets.find((set) => set.revision === open);
  return (
    <>
      <main className="main" id="main">
        <div className="bar" role="search">
          <FilterBox label="Find writes" value={url.get("q") ?? ""} onChange={(q) => url.set({ q })} />
          <label className="chk">
            <input
              type="checkbox"
              checked={system}
              onChange={(event) => url.set({ system: event.target.checked ? "1" : undefined })}
            />
            Writes of agents
          </label>
        </div>
        <Loaded query={activity} what="activity">
          {({ sets, older, isReading }) => {
            const rows = sets.filter((set) =>
              `${set.author} ${set.reason} ${set.requestId} ${set.names.join(" ")} ${set.entries.map((entry) => entry.ref.kind).join(" ")}`
                .toLowerCase()
                .includes(text),
            );
            if (sets.length === 0)
              return (
                <Empty
                  title="Nothing was written yet"
                  help="Every write through browser, kubectl, REST or the CLI appears here, with the way back."
                />
              );
            return (
              <VirtualTable
                label="Activity"
                rows={rows}
                columns={COLUMNS}
                keyOf={(set) => String(set.revision)}
                selected={selected === undefined ? undefined : String(selected.revision)}
                onOpen={(set) => url.set({ open: String(set.revision) }, "push")}
                noun="change set"
                total={sets.length}
                footer={
                  older !== undefined && (
                    <button type="button" className="btn mini" disabled={isReading} onClick={older}>
                      Load older writes
                    </button>
                  )
                }
              />
            );
          }}
        </Loaded>
      </main>
      {selected !== undefined && (
        <SetPanel key={selected.revision} set={selected} onClose={() => url.set({ open: undefined }, "push")} />
      )}
    </>
  );
}

function SetPanel({ set, onClose }: { readonly set: ChangeGroup; readonly onClose: () => void }) {
  const revert = useRevert();
  return (
    <Panel
      label="Change set"
      title={
        <>
          <Icon name="activity" />
          <h2>
            {authorWords(set.author)} {opWords(set)}{" "}
            {set.names.length === 1 ? <NameOf text={set.names[0] ?? ""} /> : `${set.names.length} objects`}
          </h2>
        </>
      }
      onClose={onClose}
      footer={
        <WriteButton className="btn" onClick={() => void revert(set.revision, set.names)}>
          <Icon name="undo" />
          Revert {set.entries.length === 1 ? "this change" : "this set"}
        </WriteButton>
      }
    >
      <dl className="kv">
        <dt>When</dt>
        <dd>{formatMoment(Date.parse(set.at))}</dd>
        <dt>Who</dt>
        <dd className="mono">{set.author}</dd>
        <dt>Reason</dt>
        <dd>{set.reason === "" ? <span className="muted">none given</span> : set.reason}</dd>
        <dt>Revision</dt>
        <dd>{set.revision}</dd>
        {set.requestId !== "" && (
          <>
            <dt>Request</dt>
            <dd>
              <RequestId
                id={set.requestId}
                leadsTo="with percale history --request, along with all else that it wrote"
              />
            </dd>
          </>
        )}
      </dl>
      {set.entries.map((entry) => (
        <section key={entry.revision} className="sect">
          <div className="sh">
            <Link className="link mono" href={pathOf(entry.ref)}>
              {nameOf(entry.ref)}
            </Link>
            <span className="end sm">{entry.ref.kind}</span>
          </div>
          <SemanticDiff
            kind={entry.ref.kind}
            changes={diffValues(editable(entry.previous), entry.op === "DELETED" ? {} : editable(entry.object))}
          />
        </section>
      ))}
    </Panel>
  );
}
