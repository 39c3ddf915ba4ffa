"use client";
import { twinOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { definitionByPlural, parseOpen, pathOf } from "../../../words/kinds.ts";
import { useObjects } from "../../../live/objects.ts";
import { useNow } from "../../../parts/age.tsx";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { NoMatch } from "../../../parts/no-match.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
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
import { compareNames } from "../nodes/view.ts";
import "../../../styles/editor.css";
import { WriteButton } from "../../../parts/write-button.tsx";

const BY_NAME: SortState = { id: "Name", down: false };

/** The list of any kind, in its printer columns. */
export function KindList({ plural }: { readonly plural: string }) {
  const definition = definitionByPlural(plural);
  if (definition === undefined) return <Unknown plural={plural} />;
  return <KindTable key={plural} plural={plural} kind={definition.kind} />;
}

function KindTable({ plural, kind }: { readonly plural: string; readonly kind: string }) {
  const definition = definitionByPlural(plural)!;
  const { one: words, many } = definition.words;
  usePageTitle(capitalised(many));
  const router = useRouter();
  const url = useUrlState();
  const list = useObjects(kind);
  const now = useNow();
  const minute = Math.floor(now / 60_000) * 60_000;
  const columns = useMemo(() => columnsOf(definition, minute), [definition, minute]);
  const text = url.get("q") ?? "";
  const sort = useSort(BY_NAME);
  const rows = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const found = wanted === "" ? list.items : list.items.filter((object) => searchText(object).includes(wanted));
    return sortRows(found, columns, sort);
  }, [list.items, text, columns, sort]);
  const twin = twinOf(definition)?.plural;
  const canCreate = !definition.internal && !definition.readOnly;
  return (
    <>
      <main className="main" id="main">
        <div className="bar" role="search">
          {twin !== undefined && (
            <nav className="seg" aria-label="Scope">
              {[plural, twin].toSorted().map((each) => (
                <Link key={each} href={`/${each}`} aria-current={each === plural ? "page" : undefined}>
                  {each.startsWith("global") ? "Global" : "In namespaces"}
                </Link>
              ))}
            </nav>
          )}
          <FilterBox label={`Find ${many}`} value={text} onChange={(q) => url.set({ q })} />
          <span className="end">
            {canCreate && (
              <WriteButton className="btn pri" onClick={() => url.set({ new: plural, open: undefined }, "push")}>
                <Icon name="plus" />
                New {words}
              </WriteButton>
            )}
          </span>
        </div>
        {list.error !== null && !list.loaded ? (
          <Failed error={list.error} what={many} onRetry={list.refetch} />
        ) : !list.loaded ? (
          <SkeletonRows />
        ) : list.items.length === 0 ? (
          <Empty title={`No ${many} yet`} help={definition.description} />
        ) : (
          <VirtualTable
            label={capitalised(words)}
            rows={rows}
            columns={columns}
            keyOf={(object) => pathOf(refOfObject(object)).slice(1)}
            selected={url.get("open") ?? undefined}
            onOpen={(object) =>
              canCreate
                ? url.set({ open: pathOf(refOfObject(object)).slice(1), new: undefined }, "push")
                : router.push(pathOf(refOfObject(object)))
            }
            sort={sort}
            onSort={(next) => url.set({ sort: formatSort(next) })}
            noun={words}
            nounPlural={many}
            total={list.items.length}
            none={
              <NoMatch
                noun={words}
                nounPlural={many}
                total={list.items.length}
                filters={[{ words: `“${text}”`, drop: () => url.set({ q: undefined }, "push") }]}
              />
            }
          />
        )}
      </main>
      <ObjectPanel openRef={parseOpen(url.get("open"))} />
    </>
  );
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

type Definition = NonNullable<ReturnType<typeof definitionByPlural>>;

function columnsOf(definition: Definition, nowMs: number): readonly Column<KubeObject>[] {
  return definition.columns
    .filter((column) => column.priority === 0)
    .map((column, index) => {
      const numeric = column.type === "integer" || column.type === "number";
      const text = (object: KubeObject) => String(column.cell(object, nowMs) ?? "");
      return {
        id: column.name,
        title: column.name,
        width: index === 0 ? "minmax(160px, 2fr)" : column.type === "date" ? "72px" : "minmax(80px, 1fr)",
        numeric,
        hideNarrow: index > 1,
        sort: (a: KubeObject, b: KubeObject) =>
          numeric ? Number(text(a)) - Number(text(b)) : compareNames(text(a), text(b)),
        cell: (object: KubeObject) =>
          index === 0 ? (
            <Link className="name" href={pathOf(refOfObject(object))}>
              <ObjectName namespace={object.metadata.namespace} name={object.metadata.name} />
            </Link>
          ) : (
            <span className="muted">{text(object) === "" ? "–" : text(object)}</span>
          ),
      };
    });
}

function refOfObject({ kind, metadata }: KubeObject) {
  return metadata.namespace === undefined
    ? { kind, name: metadata.name }
    : { kind, namespace: metadata.namespace, name: metadata.name };
}

function searchText({ metadata, spec }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name} ${JSON.stringify(metadata.labels ?? {})} ${JSON.stringify(spec ?? {})}`.toLowerCase();
}

function Unknown({ plural }: { readonly plural: string }) {
  usePageTitle("Not found");
  return (
    <main className="main" id="main">
      <Empty
        title="No such page"
        help={
          <>
            Nothing here is called <span className="mono">/{plural}</span>. The search (⌘K) finds pages, objects and
            addresses.
          </>
        }
        action={
          <Link className="btn" href="/">
            Overview
          </Link>
        }
      />
    </main>
  );
}
