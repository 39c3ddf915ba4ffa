"use client";
import Link from "next/link";
import { type ReactNode, useMemo } from "react";
import { SemanticDiff } from "../../../editor/diff-view.tsx";
import { diffValues } from "../../../editor/diff.ts";
import { pathOf } from "../../../words/kinds.ts";
import { useActivityLog, useChangeSet, useEffects } from "../../../live/queries.ts";
import { useRevert } from "../../../live/write.ts";
import { useNow } from "../../../parts/age.tsx";
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
import { counted } from "../../../words/number.ts";
import { EffectWords } from "./effect-words.tsx";
import {
  authorWords,
  byDay,
  type ChangeGroup,
  groupActivity,
  isDay,
  type LogRow,
  moreWords,
  nameOf,
  opWords,
} from "./view.ts";
import "../../../styles/activity.css";
import "../../../styles/editor.css";
import { WriteButton } from "../../../parts/write-button.tsx";

/** Every write: who, when, why, what, what it did; any of them can be taken back. */
export function ActivityLog() {
  usePageTitle("Activity");
  const url = useUrlState();
  const [q, author, kind] = ["q", "author", "kind"].map((key) => url.get(key) ?? "") as [string, string, string];
  const system = url.get("system") === "1";
  const activity = useActivityLog({
    system,
    ...(q !== "" && { q }),
    ...(author !== "" && { author }),
    ...(kind !== "" && { kind }),
  });
  const effects = useEffects(activity.data?.sets ?? NONE);
  const columns = useMemo(() => columnsOf(effects), [effects]);
  const nowMs = useNow();
  const open = url.get("open");
  const drop = (key: string) => () => url.set({ [key]: undefined }, "push");
  const filters = [
    { key: "q", value: q, words: `“${q}”` },
    { key: "author", value: author, words: `author ${author}` },
    { key: "kind", value: kind, words: `kind ${kind}` },
  ].flatMap(({ key, value, words }) => (value === "" ? [] : [{ words, drop: drop(key) }]));
  return (
    <>
      <main className="main" id="main">
        <div className="bar" role="search">
          <FilterBox label="Find writes" value={q} onChange={(text) => url.set({ q: text })} />
          <Choice
            label="Author"
            all="Anyone"
            value={author}
            values={valuesOf(activity.data?.sets, (set) => [set.author])}
            onChange={(value) => url.set({ author: value }, "push")}
          />
          <Choice
            label="Kind"
            all="Any kind"
            value={kind}
            values={valuesOf(activity.data?.sets, (set) => set.entries.map(({ ref }) => ref.kind))}
            onChange={(value) => url.set({ kind: value }, "push")}
          />
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
          {({ sets, older, isReading }) =>
            sets.length === 0 && filters.length === 0 ? (
              <Empty
                title="Nothing was written yet"
                help="Every write through browser, kubectl, REST or the CLI appears here, with the way back."
              />
            ) : (
              <VirtualTable
                label="Activity"
                rows={byDay(sets, nowMs)}
                columns={columns}
                rowPx={48}
                headingOf={headingOf}
                keyOf={(row) => (isDay(row) ? row.day : String(row.revision))}
                selected={open ?? undefined}
                onOpen={(row) => isDay(row) || url.set({ open: String(row.revision) }, "push")}
                noun="change set"
                total={sets.length}
                count={sets.length}
                none={<NoWrites filters={filters} />}
                footer={
                  older !== undefined && (
                    <button type="button" className="btn mini" disabled={isReading} onClick={older}>
                      Load older writes
                    </button>
                  )
                }
              />
            )
          }
        </Loaded>
      </main>
      {open !== null && /^\d+$/.test(open) && (
        <SetPanel
          key={open}
          revision={Number(open)}
          effects={effects}
          onClose={() => url.set({ open: undefined }, "push")}
        />
      )}
    </>
  );
}

const NONE: readonly ChangeGroup[] = [];

/** Between two days: which one comes. */
function headingOf(row: LogRow): ReactNode {
  if (!isDay(row)) return undefined;
  return (
    <>
      <b className="med">{row.day}</b> <span className="muted">{counted(row.sets, "change set")}</span>
    </>
  );
}

function columnsOf(effects: ReturnType<typeof useEffects>): readonly Column<LogRow>[] {
  const cell = (of: (set: ChangeGroup) => ReactNode) => (row: LogRow) => (isDay(row) ? null : of(row));
  return [
    {
      id: "at",
      title: "UTC",
      width: "44px",
      cell: cell((set) => (
        <time className="mono muted" dateTime={set.at} title={formatMoment(Date.parse(set.at))}>
          {set.at.slice(11, 16)}
        </time>
      )),
    },
    {
      id: "what",
      title: "What",
      width: "minmax(120px, 3fr)",
      cell: cell((set) => (
        <>
          <b className="med">{authorWords(set.author)}</b> <span className="muted">{opWords(set)}</span>{" "}
          <NameOf text={set.names[0] ?? ""} />
          <span className="muted">{moreWords(set)}</span>
          <div className="sub always">{set.reason === "" ? "No reason given" : set.reason}</div>
        </>
      )),
    },
    {
      id: "kind",
      title: "Kind",
      width: "minmax(120px, 1fr)",
      hideNarrow: true,
      drop: 1,
      cell: cell((set) => (
        <span className="muted">{[...new Set(set.entries.map((entry) => entry.ref.kind))].join(", ")}</span>
      )),
    },
    {
      id: "effect",
      title: "Effect",
      width: "minmax(108px, 1fr)",
      cell: cell((set) => <EffectWords effects={effects} set={set} isTall />),
    },
    {
      id: "revision",
      title: "Revision",
      width: "80px",
      numeric: true,
      hideNarrow: true,
      drop: 2,
      cell: cell((set) => set.revision),
    },
  ];
}

/** One of the values that the loaded writes have, or all. */
function Choice(props: {
  readonly label: string;
  readonly all: string;
  readonly value: string;
  readonly values: readonly string[];
  readonly onChange: (value: string | undefined) => void;
}) {
  const { label, all, value, values, onChange } = props;
  return (
    <span className="selw">
      <select
        className="in"
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
      >
        <option value="">{all}</option>
        {[...new Set([...(value === "" ? [] : [value]), ...values])].map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </span>
  );
}

function valuesOf(
  sets: readonly ChangeGroup[] | undefined,
  of: (set: ChangeGroup) => readonly string[],
): readonly string[] {
  return [...new Set((sets ?? []).flatMap(of))].sort();
}

function NoWrites({ filters }: { readonly filters: readonly { readonly words: string; readonly drop: () => void }[] }) {
  return (
    <div className="empty" role="status">
      <p className="h2">No writes match {filters.map(({ words }) => words).join(" and ")}</p>
      <p>Older ones may: the newest 5,000 changes were looked through.</p>
      <button type="button" className="btn" onClick={() => filters.forEach(({ drop }) => drop())}>
        <Icon name="close" />
        Clear {filters.length === 1 ? "the filter" : "all"}
      </button>
    </div>
  );
}

function SetPanel(props: {
  readonly revision: number;
  readonly effects: ReturnType<typeof useEffects>;
  readonly onClose: () => void;
}) {
  const query = useChangeSet(props.revision);
  const [set] = query.data === undefined ? [] : groupActivity(query.data);
  if (set !== undefined) return <SetFacts {...props} set={set} />;
  return (
    <Panel label="Change set" title={<h2>Revision {props.revision}</h2>} onClose={props.onClose}>
      <Loaded query={query} what="the change set" rows={6}>
        {() => null}
      </Loaded>
    </Panel>
  );
}

function SetFacts(props: {
  readonly set: ChangeGroup;
  readonly effects: ReturnType<typeof useEffects>;
  readonly onClose: () => void;
}) {
  const { set, effects, onClose } = props;
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
        <dt>Effect</dt>
        <dd>
          <EffectWords effects={effects} set={set} />
        </dd>
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
