"use client";
import { useMemo } from "react";
import { useActivityLog, useEffects } from "../../../live/queries.ts";
import { useNow } from "../../../parts/age.tsx";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { Empty, Loaded } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { VirtualTable } from "../../../parts/virtual-table.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import { columnsOf, headingOf } from "./columns.tsx";
import { SetPanel } from "./set-panel.tsx";
import { byDay, type ChangeGroup, isDay } from "./view.ts";
import "../../../styles/activity.css";
import "../../../styles/editor.css";

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
  const onClose = () => url.set({ open: undefined }, "push");
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
                rowPx={40}
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
      {open !== null && <SetPanel key={open} revision={Number(open)} effects={effects} onClose={onClose} />}
    </>
  );
}

const NONE: readonly ChangeGroup[] = [];

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
