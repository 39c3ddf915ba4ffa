"use client";
import { twinOf } from "@percale/resources/catalog";
import { listOf } from "@percale/resources/catalog-lists";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { definitionByPlural, parseOpen, pathOf } from "../../../words/kinds.ts";
import { type ObjectRow, useObjectRows } from "../../../live/object-rows.ts";
import { Age } from "../../../parts/age.tsx";
import { FilterBox } from "../../../parts/filter-box.tsx";
import { FilterBadges } from "../../../parts/filter-badges.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { NoSuchPage } from "../../../parts/no-such-page.tsx";
import { NoMatch } from "../../../parts/no-match.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { ObjectPanel } from "../../../parts/object-panel.tsx";
import { Empty, Failed, SkeletonRows } from "../../../parts/states.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { type Column, formatSort, type SortState, useSort, VirtualTable } from "../../../parts/virtual-table.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import "../../../styles/editor.css";
import "../../../styles/lists.css";
import { WriteButton } from "../../../parts/write-button.tsx";

const BY_NAME: SortState = { id: "Name", down: false };

/** The list of any kind, in its printer columns. */
export function KindList({ plural }: { readonly plural: string }) {
  const definition = definitionByPlural(plural);
  if (definition === undefined) return <NoSuchPage path={`/${plural}`} />;
  return <KindTable key={plural} plural={plural} kind={definition.kind} />;
}

function KindTable({ plural, kind }: { readonly plural: string; readonly kind: string }) {
  const definition = definitionByPlural(plural)!;
  const { one: words, many } = definition.words;
  usePageTitle(capitalised(many));
  const router = useRouter();
  const url = useUrlState();
  const columns = useMemo(() => columnsOf(kind), [kind]);
  const text = url.get("q") ?? "";
  const ns = url.get("ns") ?? undefined;
  const sort = useSort(BY_NAME);
  const list = useObjectRows({
    kind,
    sort: formatSort(sort),
    ...(text !== "" && { q: text }),
    ...(ns !== undefined && { ns }),
  });
  const inNamespaces =
    ns === undefined ? [] : [{ words: `namespace ${ns}`, drop: () => url.set({ ns: undefined }, "push") }];
  const filters = [
    ...(text === "" ? [] : [{ words: `“${text}”`, drop: () => url.set({ q: undefined }, "push") }]),
    ...inNamespaces,
  ];
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
                  {each.includes("global") ? "Global" : "In namespaces"}
                </Link>
              ))}
            </nav>
          )}
          <FilterBox label={`Find ${many}`} value={text} onChange={(q) => url.set({ q })} />
          <FilterBadges filters={inNamespaces} />
          <span className="end">
            {canCreate && (
              <WriteButton
                // What IPAM keeps is seldom made by hand.
                className={definition.traits.bookkeeping === true ? "btn" : "btn pri"}
                onClick={() => url.set({ new: plural, open: undefined }, "push")}
              >
                <Icon name="plus" />
                New {words}
              </WriteButton>
            )}
          </span>
        </div>
        {list.error !== null && list.total === undefined ? (
          <Failed error={list.error} what={many} onRetry={list.refetch} />
        ) : list.total === undefined ? (
          <SkeletonRows />
        ) : list.total === 0 ? (
          <Empty title={`No ${many} yet`} help={listOf(kind).description} />
        ) : (
          <VirtualTable
            label={capitalised(words)}
            rows={list.rows}
            isOld={list.isOld}
            onShown={list.onShown}
            columns={columns}
            narrowRowPx={40}
            keyOf={({ ref }) => pathOf(ref).slice(1)}
            selected={url.get("open") ?? undefined}
            onOpen={({ ref }) =>
              canCreate ? url.set({ open: pathOf(ref).slice(1), new: undefined }, "push") : router.push(pathOf(ref))
            }
            sort={sort}
            onSort={(next) => url.set({ sort: formatSort(next) })}
            noun={words}
            nounPlural={many}
            total={list.total}
            none={<NoMatch noun={words} nounPlural={many} total={list.total} filters={filters} />}
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

type ColumnType = ReturnType<typeof listOf>["columns"][number]["type"];

function columnsOf(kind: string): readonly Column<ObjectRow>[] {
  return listOf(kind)
    .columns.filter((column) => column.priority === 0)
    .map((column, index) => ({
      id: column.name,
      title: headWords(column.name),
      width: index === 0 ? "minmax(160px, 2fr)" : column.type === "date" ? "72px" : "minmax(80px, 1fr)",
      numeric: column.type === "integer" || column.type === "number",
      hideNarrow: index > 1,
      sort: "server" as const,
      cell: ({ ref, cells }) =>
        index === 0 ? (
          <Link className="name" href={pathOf(ref)}>
            <ObjectName namespace={ref.namespace} name={ref.name} />
          </Link>
        ) : (
          <span className="muted">{cellWords(cells[index], column.type)}</span>
        ),
    }));
}

/** `DefaultAction` → "Default action", `CIDR` as it is. */
function headWords(name: string): string {
  return name.replaceAll(/([a-z])([A-Z][a-z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);
}

function cellWords(cell: ObjectRow["cells"][number] | undefined, type: ColumnType) {
  if (cell === null || cell === undefined || cell === "") return "–";
  return type === "date" ? <Age at={String(cell)} /> : String(cell);
}
