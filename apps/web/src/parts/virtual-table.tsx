"use client";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useMemo,
} from "react";
import { useDensity } from "../shell/use-choice.ts";
import { counted, formatCount } from "../words/number.ts";
import { fitColumns } from "./fit-columns.ts";
import { Icon } from "./icon.tsx";
import { useNarrow } from "./narrow.ts";
import type { Rows } from "./rows.ts";
import { useRowWindow } from "./row-window.ts";
import { useUrlState } from "./url-state.ts";

export interface Column<T> {
  readonly id: string;
  readonly title: string;
  /** A CSS grid track: `120px`, `minmax(160px, 2fr)`. */
  readonly width: string;
  readonly cell: (row: T) => ReactNode;
  readonly numeric?: boolean;
  /** Left out on a phone, where `sub` of the first column says it. */
  readonly hideNarrow?: boolean;
  /** Which column goes first where there is no room: the highest. Absent: stays. */
  readonly drop?: number;
  /** `server`: it sorts. Absent: nobody can. */
  readonly sort?: ((a: T, b: T) => number) | "server";
}

export interface SortState {
  readonly id: string;
  readonly down: boolean;
}

/** The row of headings (`.vt-head`). */
const HEAD_PX = 28;

/**
 * Rows of 32 px of which only the visible ones exist. Arrows and j/k move, Enter opens, the whole row is a target.
 * The order is the caller's: `sort` only tells which header to mark.
 */
export function VirtualTable<T>(props: {
  readonly label: string;
  readonly rows: Rows<T>;
  /** They are those of the question before. */
  readonly isOld?: boolean;
  /** Which rows exist now. */
  readonly onShown?: (first: number, last: number) => void;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly selected?: string | undefined;
  readonly onOpen?: (row: T) => void;
  readonly sort?: SortState;
  readonly onSort?: (sort: SortState) => void;
  readonly noun: string;
  readonly nounPlural?: string;
  readonly total?: number;
  readonly footer?: ReactNode;
  /** In the place of rows, where there are none. */
  readonly none?: ReactNode;
  /** Of a row on a phone, where the first cell has more than one line under its name. */
  readonly narrowRowPx?: number;
  /** Of a row elsewhere, where it has two lines. */
  readonly rowPx?: number;
  /** Of a row that stands between others and is none itself: what it says. */
  readonly headingOf?: (row: T) => ReactNode;
  /** Without headings. */
  readonly count?: number;
}) {
  const narrow = useNarrow();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const widthPx = useWidth(scroller);
  const columns = narrow
    ? props.columns.filter((column) => column.hideNarrow !== true)
    : fitColumns(props.columns, widthPx);
  const roomPx = useDensity() === "comfortable" ? 8 : 0;
  const rowPx = roomPx + (narrow ? (props.narrowRowPx ?? 48) : (props.rowPx ?? 32));
  const { first, end, starts, scrollTo } = useRowWindow({
    scroller,
    count: props.rows.length,
    rowPx,
    overscan: 12,
    headPx: HEAD_PX,
  });
  const { count = props.rows.length } = props;
  const { onShown } = props;
  const last = Math.max(first, end - 1);
  useEffect(() => onShown?.(first, last), [onShown, first, last]);
  const template = { gridTemplateColumns: columns.map((column) => column.width).join(" ") };

  /** A heading is no stop. */
  const stopAt = (index: number, step: 1 | -1): number => {
    const at = Math.max(0, Math.min(index, props.rows.length - 1));
    const row = props.rows.at(at);
    return row === undefined || props.headingOf?.(row) === undefined ? at : at + (at === 0 ? 1 : step);
  };
  const current = stopAt(active, 1);
  const move = (to: number) => {
    const next = stopAt(to, to < current ? -1 : 1);
    setActive(next);
    scrollTo(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: 20,
      PageUp: -20,
    };
    const step = steps[event.key];
    if (step !== undefined) move(current + step);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(props.rows.length - 1);
    else if (event.key === "Enter" || event.key === "o") {
      const row = props.rows.at(current);
      if (row === undefined || (event.target as HTMLElement).closest("a, button") !== null) return;
      props.onOpen?.(row);
    } else return;
    event.preventDefault();
  };

  return (
    <div className={props.isOld === true ? "vt old" : "vt"} aria-busy={props.isOld === true}>
      <div
        className="scroll"
        ref={scroller}
        role="table"
        aria-label={props.label}
        aria-rowcount={props.rows.length + 1}
      >
        <div className="vt-head" role="row" aria-rowindex={1} style={template}>
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
          ))}
        </div>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the rows inside */}
        <div role="rowgroup" className="vt-body" style={{ height: starts[props.rows.length] }} onKeyDown={onKey}>
          {Array.from({ length: end - first }, (_, place) => {
            const index = first + place;
            const row = props.rows.at(index);
            if (row === undefined) return <UnknownRow key={index} heightPx={rowPx} startPx={starts[index] ?? 0} />;
            const key = props.keyOf(row);
            const heading = props.headingOf?.(row);
            if (heading !== undefined)
              return (
                <div
                  key={key}
                  role="row"
                  className="vt-row vt-day"
                  aria-rowindex={index + 2}
                  style={{ height: rowPx, transform: `translateY(${starts[index]}px)` }}
                >
                  <div role="cell">{heading}</div>
                </div>
              );
            return (
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- Enter opens it, heard by the group
              <div
                key={key}
                role="row"
                className="vt-row"
                data-index={index}
                aria-rowindex={index + 2}
                aria-selected={key === props.selected}
                tabIndex={index === current ? 0 : -1}
                style={{ ...template, height: rowPx, transform: `translateY(${starts[index]}px)` }}
                onFocus={() => setActive(index)}
                onClick={(event) => {
                  if ((event.target as HTMLElement).closest("a, button") === null) props.onOpen?.(row);
                }}
              >
                {columns.map((column) => (
                  <div key={column.id} role="cell" className={column.numeric === true ? "num" : undefined}>
                    {column.cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {props.rows.length === 0 && props.none}
      </div>
      <div className="tfoot">
        <span>
          {props.total === undefined || props.total === count
            ? counted(count, props.noun, props.nounPlural)
            : `${formatCount(count)} of ${counted(props.total, props.noun, props.nounPlural)}`}
        </span>
        {props.footer}
      </div>
    </div>
  );
}

/** In the place of a row that is asked for. */
function UnknownRow({ heightPx, startPx }: { readonly heightPx: number; readonly startPx: number }) {
  return (
    <div className="vt-row" aria-hidden style={{ height: heightPx, transform: `translateY(${startPx}px)` }}>
      <span className="skel" style={{ width: "40%" }} />
    </div>
  );
}

/** The element's width, kept current; unbounded before the first measure. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [widthPx, setWidthPx] = useState(Infinity);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    // oxlint-disable-next-line react/set-state-in-effect -- before the first paint, so that no column jumps
    setWidthPx(element.current.clientWidth);
    const observer = new ResizeObserver(([entry]) => setWidthPx(entry?.contentRect.width ?? Infinity));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return widthPx;
}

function HeadCell<T>(props: {
  readonly column: Column<T>;
  readonly sort: SortState | undefined;
  readonly onSort: ((sort: SortState) => void) | undefined;
}) {
  const { column, sort, onSort } = props;
  const on = sort?.id === column.id;
  const className = column.numeric === true ? "num" : undefined;
  if (column.sort === undefined || onSort === undefined) {
    return (
      <div role="columnheader" className={className}>
        {column.title}
      </div>
    );
  }
  return (
    <div
      role="columnheader"
      className={className}
      {...(on ? { "aria-sort": sort.down ? "descending" : "ascending" } : {})}
    >
      <button type="button" onClick={() => onSort({ id: column.id, down: on ? !sort.down : false })}>
        {column.title}
        {on && <Icon name={sort.down ? "down" : "up"} />}
      </button>
    </div>
  );
}

/**
 * Which the URL says; `-name` is descending. `fallback` stays the same object from render to render. `known`: columns that a list is sorted
 * by; what the address says of others is left out.
 */
export function useSort(fallback: SortState, known?: readonly string[]): SortState {
  const text = useUrlState().get("sort");
  return useMemo(() => {
    const sort = parseSort(text, fallback);
    return known === undefined || known.includes(sort.id) ? sort : fallback;
  }, [text, fallback, known]);
}

function parseSort(text: string | null, fallback: SortState): SortState {
  if (text === null || text === "") return fallback;
  return text.startsWith("-") ? { id: text.slice(1), down: true } : { id: text, down: false };
}

export function formatSort(sort: SortState): string {
  return `${sort.down ? "-" : ""}${sort.id}`;
}

export function sortRows<T>(rows: readonly T[], columns: readonly Column<T>[], sort: SortState): readonly T[] {
  const compare = columns.find((column) => column.id === sort.id)?.sort;
  if (compare === undefined || compare === "server") return rows;
  return rows.toSorted((a, b) => (sort.down ? -compare(a, b) : compare(a, b)));
}
