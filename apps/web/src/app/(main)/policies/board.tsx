"use client";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { usePolicyCoverage } from "../../../live/coverage.ts";
import { useShadows } from "../../../live/shadows.ts";
import { useProtection } from "../../../live/protection.ts";
import { useMatrix } from "../../../live/matrix.ts";
import { useTierOrder } from "../../../live/board.ts";
import { formatRef } from "@percale/resources/catalog";
import { isTiered } from "../../../policy/spec.ts";
import type { TraceSteps } from "../../../policy/trace.ts";
import { Column } from "./column.tsx";
import type { DropPlace } from "./drop-place.ts";
import { without } from "./drop-place.ts";
import type { OrderDraft } from "./order-draft.ts";
import { planStep } from "./plan-step.ts";
import { showToast } from "../../../parts/toasts.tsx";
import { failureOf } from "../../../trpc/client.ts";
import { decidedPairs } from "../matrix/view.ts";
import type { Card, TierColumn } from "./view.ts";
import type { Shown } from "./windows.ts";

export interface BoardProps {
  readonly columns: readonly TierColumn[];
  readonly steps: TraceSteps | undefined;
  readonly selected: string | undefined;
  readonly onOpen: (path: string) => void;
  readonly onNew: (tier?: string) => void;
  readonly onShown: (tier: string, shown: Shown) => void;
  readonly draft: OrderDraft;
}

/** As many as fit on most screens. */
const FIRST_COLUMNS = 6;

/** Tiers left to right. Arrows walk the cards; Alt with arrows, or a drag, moves one, as a draft. */
export function Board(props: BoardProps) {
  const { columns, draft } = props;
  const root = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ readonly key: string; readonly place: DropPlace | undefined }>();
  const names = useMemo(
    () => columns.flatMap(({ cards }) => cards.flatMap((card) => (card === undefined ? [] : formatRef(card.ref)))),
    [columns],
  );
  const coverage = usePolicyCoverage(names);
  const shadows = useShadows();
  const protection = useProtection();
  const matrix = useMatrix().data;
  const pairs = useMemo(() => (matrix === undefined ? undefined : decidedPairs(matrix)), [matrix]);
  const refocus = useRef<string>(undefined);
  const tierOrder = useTierOrder();

  const move = useCallback(
    async (card: Card, to: DropPlace, { keepsFocus } = { keepsFocus: false }) => {
      const column = columns.find((each) => each.name === to.tier);
      if (column === undefined) return;
      const step = planStep(column, card, to.index) ?? planStep(await tierOrder(column, draft.moves), card, to.index);
      if (step === undefined || step.moves.length === 0) return;
      if (!step.moves.every(({ ref }) => isTiered(ref))) return sayFixed();
      if (keepsFocus) refocus.current = card.key;
      draft.add(step);
    },
    [columns, draft, tierOrder],
  );

  useEffect(() => {
    const key = refocus.current;
    refocus.current = undefined;
    // A tier that was empty draws its first card a moment later.
    if (key !== undefined && !focusCard(root.current, key)) requestAnimationFrame(() => focusCard(root.current, key));
  });

  useEffect(() => {
    /** From the page's heading, where one arrives, arrows lead to the card that is open, else to the first. */
    const onArrow = (event: globalThis.KeyboardEvent): void => {
      const isFree = event.target === document.body || event.target instanceof HTMLHeadingElement;
      if (!isFree || !event.key.startsWith("Arrow") || event.altKey || event.ctrlKey || event.metaKey) return;
      const find = (selector: string) => root.current?.querySelector<HTMLElement>(selector) ?? undefined;
      const card = find("[data-card].on") ?? find("[data-card]");
      if (card === undefined) return;
      event.preventDefault();
      card.focus();
    };
    document.addEventListener("keydown", onArrow);
    return () => document.removeEventListener("keydown", onArrow);
  }, []);

  const onKey = (event: KeyboardEvent) => {
    const focused = (event.target as HTMLElement).closest<HTMLElement>("[data-card]");
    const key = focused?.dataset["card"];
    if (focused === null || key === undefined) return;
    const at = columns.findIndex(({ cards }) => cards.some((card) => card?.key === key));
    const column = columns[at];
    const index = column?.cards.findIndex((card) => card?.key === key) ?? -1;
    const card = column?.cards[index];
    if (column === undefined || card === undefined) return;
    const vertical = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const horizontal = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (vertical === 0 && horizontal === 0) return;
    event.preventDefault();
    if (event.altKey) {
      const target = vertical === 0 ? columns[at + horizontal] : column;
      if (target === undefined || !target.exists) return;
      const place = vertical === 0 ? across(root.current, target, focused) : index + vertical;
      if (vertical !== 0 && (place < 0 || place >= column.cards.length)) return;
      move(card, { tier: target.name, index: place }, { keepsFocus: true }).catch(sayNotMoved);
      return;
    }
    const beside = horizontal < 0 ? columns.slice(0, at).toReversed() : columns.slice(at + 1);
    const next = vertical === 0 ? nearest(root.current, beside, focused) : column.cards[index + vertical];
    if (next !== undefined) focusCard(root.current, next.key);
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the cards inside
    <div className="board" ref={root} onKeyDown={onKey}>
      {columns.map((column, index) => (
        <Column
          key={column.name}
          column={column}
          isFirst={index < FIRST_COLUMNS}
          coverage={coverage}
          shadows={shadows}
          protection={protection}
          pairs={pairs}
          steps={props.steps}
          selected={props.selected}
          onOpen={props.onOpen}
          onNew={props.onNew}
          onShown={props.onShown}
          dragged={drag?.key}
          drop={drag?.place?.tier === column.name ? drag.place.index : undefined}
          onDrag={(key, place) => setDrag({ key, place })}
          onDrop={(card, place) => {
            if (place !== undefined) move(card, without(card, columns, place)).catch(sayNotMoved);
            setDrag(undefined);
          }}
        />
      ))}
      <Profiles decided={props.steps?.profiles} />
    </div>
  );
}

/** What happens to packets that pass every tier. */
function Profiles({ decided }: { readonly decided: string | undefined }) {
  return (
    <section className="tier nar" aria-label="Profiles" data-decides={decided}>
      <div className="vname">
        <span className="h3">Profiles</span>
        <span className="muted">after the last tier</span>
      </div>
    </section>
  );
}

/** The card beside another, of the first tier that has any. */
function nearest(root: HTMLElement | null, columns: readonly TierColumn[], card: HTMLElement): Card | undefined {
  const column = columns.find(({ cards }) => cards.some((each) => each !== undefined));
  if (column === undefined) return undefined;
  const place = across(root, column, card);
  return column.cards.slice(0, place + 1).findLast((each) => each !== undefined) ?? column.cards.find((each) => each);
}

/** Where in a tier one comes straight from a card: each tier is scrolled by itself, and only what is drawn there can have focus. */
function across(root: HTMLElement | null, { name, cards }: TierColumn, card: HTMLElement): number {
  const { top, bottom } = card.getBoundingClientRect();
  const drawn = root?.querySelectorAll<HTMLElement>(`[data-tier="${CSS.escape(name)}"] [data-index]`) ?? [];
  const beside = [...drawn].find((item) => item.getBoundingClientRect().bottom > (top + bottom) / 2);
  return beside === undefined ? cards.length : Number(beside.dataset["index"]);
}

function sayFixed(): void {
  showToast({ tone: "failed", content: "Not moved: Kubernetes' own policies keep their place" });
}

function sayNotMoved(error: unknown): void {
  showToast({ tone: "failed", content: `Not moved: ${failureOf(error).message}` });
}

/** False: it is not drawn. */
function focusCard(root: HTMLElement | null, key: string): boolean {
  const card = root?.querySelector<HTMLElement>(`[data-card="${CSS.escape(key)}"]`);
  card?.focus();
  return card !== null && card !== undefined;
}
