"use client";
import { kinds } from "@percale/resources/catalog";
import { type ReactNode, useMemo, useState } from "react";
import { useObjects } from "../../../live/objects.ts";
import { useSchema } from "../../../live/schema.ts";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { usePageTitle } from "../../../shell/title.ts";
import { Appearance } from "./appearance.tsx";
import { ApplyBar } from "./apply-bar.tsx";
import { GroupNav } from "./group-nav.tsx";
import { SettingGroup } from "./setting-group.tsx";
import { SettingPanel } from "./setting-panel.tsx";
import { SettingLine } from "./setting-line.tsx";
import {
  type Drafts,
  findRows,
  groupsOf,
  holds,
  isOnly,
  type Only,
  settingRows,
  settingsWords,
  withDraft,
} from "./view.ts";
import "../../../styles/settings.css";

const KINDS = kinds.filter(({ looks }) => looks.settings !== undefined);
const ONLY: readonly (readonly [only: Only, title: string])[] = [
  ["has", "Differs from default"],
  ["over", "Overridden on a node"],
  ["mine", "Changed by you"],
  ["live", "With effect in this version"],
];

/** What the cluster is set to, and, on a tab of its own, how one likes the dashboard. */
export function Settings() {
  usePageTitle("Settings");
  const url = useUrlState();
  const isOwn = url.get("tab") === "appearance";
  const tabs = (
    <span className="seg" role="group" aria-label="Whose settings">
      <button type="button" aria-pressed={!isOwn} onClick={() => url.set({ tab: undefined }, "push")}>
        Cluster
      </button>
      <button
        type="button"
        aria-pressed={isOwn}
        onClick={() => url.set({ tab: "appearance", open: undefined }, "push")}
      >
        Yours
      </button>
    </span>
  );
  if (!isOwn) return <ClusterSettings tabs={tabs} />;
  return (
    <main className="main" id="main">
      <div className="bar">{tabs}</div>
      <Appearance />
    </main>
  );
}

function ClusterSettings({ tabs }: { readonly tabs: ReactNode }) {
  const url = useUrlState();
  const lists = KINDS.map((kind) => useObjects(kind.kind));
  const schemas = KINDS.map((kind) => useSchema(kind.kind));
  const items = lists.map((list) => list.items);
  const objects = useMemo(() => items.flat(), [...items]); // oxlint-disable-line react/exhaustive-deps -- one for each kind, always as many
  const rows = useMemo(
    () => KINDS.flatMap((kind, index) => settingRows(kind, schemas[index], items[index] ?? [])),
    // oxlint-disable-next-line react/exhaustive-deps -- as above
    [...schemas, ...items],
  );
  const [drafts, setDrafts] = useState<Drafts>(new Map());
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());
  const asked = url.get("f");
  const only = isOnly(asked) ? asked : undefined;
  const text = url.get("q") ?? "";
  const found = useMemo(() => findRows(rows, { text, only, drafts }), [rows, text, only, drafts]);
  const opened = rows.find(({ key }) => key === url.get("open"));
  const failed = lists.find((list) => list.error !== null && !list.loaded);
  const isLoaded = lists.every(({ loaded }) => loaded) && schemas.every((schema) => schema !== undefined);
  const count = (which: Only) => rows.filter((row) => holds(row, which, drafts)).length;
  const groups = KINDS.flatMap((kind, index) =>
    groupsOf(schemas[index]).map(({ title }) => ({
      kind: kind.kind,
      of: kind.looks.settings?.title ?? "",
      title,
      all: rows.filter((row) => row.kind === kind.kind && row.group === title),
      rows: found.filter((row) => row.kind === kind.kind && row.group === title),
    })),
  );
  return (
    <>
      <main className="main" id="main">
        <div className="bar set-bar" role="search">
          {tabs}
          <FilterBox label="Find a setting" value={text} onChange={(q) => url.set({ q })} />
          {ONLY.map(([id, title]) => (
            <button
              key={id}
              type="button"
              className="btn set-only"
              aria-pressed={only === id}
              onClick={() => url.set({ f: only === id ? undefined : id }, "push")}
            >
              {title} <b className="med">{count(id)}</b>
            </button>
          ))}
        </div>
        {failed !== undefined ? (
          <Failed error={failed.error} what="settings" onRetry={failed.refetch} />
        ) : !isLoaded ? (
          <SkeletonRows />
        ) : (
          <div className="set-page">
            <GroupNav groups={groups} drafts={drafts} />
            <div className="set-list">
              <div className="set-verdict">
                <p className="vt">{settingsWords(count("has"), count("over"), rows.length)}</p>
                <p className="muted">
                  {rows.length - count("live")} have no effect in this version: no part of it reads them.
                </p>
              </div>
              {found.length > 0 && (
                <div className="set-line set-heads sm muted" aria-hidden>
                  <span>Setting</span>
                  <span>Value</span>
                  <span className="set-default">Default</span>
                  <span className="set-over">Overridden</span>
                  <span className="set-effect">A change</span>
                </div>
              )}
              {found.length === 0 && (
                <Empty
                  title="No setting matches"
                  help={`${rows.length} without the filters.`}
                  action={
                    <button
                      type="button"
                      className="btn"
                      onClick={() => url.set({ q: undefined, f: undefined }, "push")}
                    >
                      Clear filters
                    </button>
                  }
                />
              )}
              {groups
                .filter((group) => group.rows.length > 0)
                .map((group, index) => (
                  <SettingGroup key={`${group.of}${group.title}`} {...group} isFirst={index === 0}>
                    {group.rows.map((row) => (
                      <SettingLine
                        key={row.key}
                        row={row}
                        drafts={drafts}
                        error={refused.get(row.key)}
                        isOpen={row.key === opened?.key}
                        onOpen={() => url.set({ open: row.key }, "push")}
                        onChange={(value) => {
                          setRefused(new Map());
                          setDrafts(withDraft(drafts, row, value));
                        }}
                      />
                    ))}
                  </SettingGroup>
                ))}
            </div>
            {drafts.size > 0 && (
              <ApplyBar
                kinds={KINDS}
                objects={objects}
                rows={rows}
                drafts={drafts}
                onRefused={setRefused}
                onDone={() => {
                  setDrafts(new Map());
                  setRefused(new Map());
                }}
              />
            )}
          </div>
        )}
      </main>
      {opened !== undefined && (
        <SettingPanel
          row={opened}
          objects={objects.filter(({ kind }) => kind === opened.kind)}
          onReset={() => setDrafts(withDraft(drafts, opened, undefined))}
          onClose={() => url.set({ open: undefined }, "push")}
        />
      )}
    </>
  );
}
