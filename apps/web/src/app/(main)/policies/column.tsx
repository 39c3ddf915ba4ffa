"use client";
import type { ProtectionView } from "@percale/api";
import { formatRef } from "@percale/resources/catalog";
import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useLayoutEffect, useState } from "react";
import type { Untold } from "../../../words/untold.ts";
import { Icon } from "../../../parts/icon.tsx";
import { useRowWindow } from "../../../parts/row-window.ts";
import { shadowedBy, type Shadows } from "../../../live/shadows.ts";
import type { Coverage } from "../../../policy/coverage.ts";
import type { TraceSteps } from "../../../policy/trace.ts";
import { formatCount } from "../../../words/number.ts";
import type { decidedPairs } from "../matrix/view.ts";
import { PolicyCard } from "./card.tsx";
import { DecidedPairs } from "./decided-pairs.tsx";
import type { DropPlace } from "./drop-place.ts";
import type { Shown } from "./windows.ts";
import { type Card, endOfTierWords, endpointsOf, type TierColumn, orderText } from "./view.ts";
import { WriteButton } from "../../../parts/write-button.tsx";

const CARD_PX = 60;
/** More than a column is wide: arrows lead to cards that are drawn. */
const NEAR_PX = 400;
const DRAG_FROM_PX = 5;

/** One tier: header, its cards (only the visible ones exist), the end of tier, which is a step like any card. */
export function Column(props: {
  readonly column: TierColumn;
  /** Among those that the screen begins with. */
  readonly isFirst: boolean;
  readonly steps: TraceSteps | undefined;
  readonly selected: string | undefined;
  readonly dragged: string | undefined;
  /** Index before which a dragged card would land. */
  readonly drop: number | undefined;
  /** By policy. */
  readonly coverage: Coverage | Untold;
  readonly shadows: Shadows | Untold;
  readonly protection: ProtectionView | Untold;
  /** Of the lab: how many each decides; undefined where nothing is probed. */
  readonly pairs: ReturnType<typeof decidedPairs>;
  readonly onOpen: (path: string) => void;
  readonly onNew: (tier?: string) => void;
  readonly onShown: (tier: string, shown: Shown) => void;
  readonly onDrag: (key: string, place: DropPlace | undefined) => void;
  /** Nowhere ends the drag alone. */
  readonly onDrop: (card: Card, place: DropPlace | undefined) => void;
}) {
  const { column, steps, onShown } = props;
  const scroller = useRef<HTMLOListElement>(null);
  const section = useRef<HTMLElement>(null);
  const isNear = useNear(section, props.isFirst);
  const seen = useRowWindow({ scroller, count: isNear ? column.cards.length : 0, rowPx: CARD_PX, overscan: 3 });
  useEffect(
    () => onShown(column.name, { first: seen.first, end: seen.end }),
    [onShown, column.name, seen.first, seen.end],
  );
  const startDrag = useCardDrag(props.onDrag, props.onDrop);
  const end = steps?.ends.get(column.name);
  const isEmpty = column.cards.length === 0;
  if (isEmpty && props.dragged === undefined) {
    return (
      <section className="tier nar" aria-label={`Tier ${column.name}, empty`}>
        <button
          type="button"
          className="vname"
          title={`New policy in tier ${column.name}`}
          onClick={() => props.onNew(column.name)}
        >
          <span className="h3">{column.name}</span>
          <span className="muted">order {orderText(column.order)}</span>
          <span className="muted">{column.defaultAction}</span>
        </button>
      </section>
    );
  }
  return (
    <section className="tier" ref={section} aria-label={`Tier ${column.name}`} data-tier={column.name}>
      <header>
        <button
          type="button"
          className="h3 tier-name"
          disabled={!column.exists}
          onClick={() => props.onOpen(`tiers/${column.name}`)}
        >
          {column.name}
        </button>
        <span className="muted sm">{column.exists ? orderText(column.order) : "no such tier"}</span>
        <span className="right sm muted" title={`${column.cards.length} policies`}>
          {formatCount(column.cards.length)}
        </span>
        <WriteButton
          className="btn ghost mini"
          aria-label={`New policy in tier ${column.name}`}
          onClick={() => props.onNew(column.name)}
        >
          <Icon name="plus" />
        </WriteButton>
      </header>
      <ol ref={scroller} data-end={column.cards.length} tabIndex={-1}>
        <li className="tier-size" aria-hidden style={{ height: column.cards.length * CARD_PX }} />
        {Array.from({ length: seen.end - seen.first }, (_, place) => {
          const index = seen.first + place;
          const card = column.cards[index];
          return (
            <li
              key={card?.key ?? index}
              className="tier-card"
              data-index={index}
              aria-posinset={index + 1}
              aria-setsize={column.cards.length}
              style={{ transform: `translateY(${seen.starts[index]}px)` }}
            >
              {card === undefined ? (
                <div className="pcard skel" aria-busy="true" />
              ) : (
                <PolicyCard
                  card={card}
                  endpoints={endpointsOf(props.coverage, card)}
                  shadowedBy={shadowedBy(props.shadows, card.ref)}
                  decides={props.pairs?.by.get(formatRef(card.ref)) ?? 0}
                  pairs={props.pairs?.of}
                  isFirst={index === 0}
                  isFaded={card.isFaded === true || (steps !== undefined && !steps.cards.has(card.key))}
                  steps={steps?.cards.get(card.key)}
                  isSelected={props.selected !== undefined && props.selected === card.path}
                  isDragged={props.dragged === card.key}
                  drop={
                    props.drop === index
                      ? "before"
                      : props.drop === index + 1 && index === column.cards.length - 1
                        ? "after"
                        : undefined
                  }
                  onOpen={props.onOpen}
                  onStartDrag={startDrag}
                />
              )}
            </li>
          );
        })}
      </ol>
      <footer className={end?.some((step) => step.decides) === true ? "dec" : undefined}>
        {end?.map((step) => (
          <span key={step.id} className={`step ${step.tone}`}>
            {step.id}
            <Icon name={step.icon} />
          </span>
        ))}
        <span className="muted nowrap">End of tier</span>
        <b className={column.defaultAction === "Pass" ? "pass" : "deny"}>{column.defaultAction}</b>
        <span className="right sm muted nowrap end-in" title="Endpoints with packets that come so far">
          {endOfTierWords(column, props.protection)}
        </span>
        {props.pairs !== undefined && column.defaultAction === "Deny" && (
          <DecidedPairs decides={props.pairs.by.get(`Tier/${column.name}`) ?? 0} of={props.pairs.of} />
        )}
      </footer>
    </section>
  );
}

/** Whether it is on screen, or comes there with the next step to its side. */
function useNear(target: RefObject<HTMLElement | null>, initially: boolean): boolean {
  const [isNear, setNear] = useState(initially);
  useEffect(() => {
    const element = target.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)?.isIntersecting === true), {
      root: element.parentElement,
      rootMargin: `0px ${NEAR_PX}px`,
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [target]);
  return isNear;
}

/** Pointer drag that starts after a few pixels, so that a click stays a click. */
function useCardDrag(
  onDrag: (key: string, place: DropPlace | undefined) => void,
  onDrop: (card: Card, place: DropPlace | undefined) => void,
) {
  const newest = useRef({ onDrag, onDrop });
  useLayoutEffect(() => {
    newest.current = { onDrag, onDrop };
  });
  return useCallback((down: PointerEvent<HTMLElement>, card: Card) => {
    if (down.button !== 0 || down.pointerType === "touch") return;
    const { clientX, clientY } = down;
    let dragging = false;
    const onMove = (event: globalThis.PointerEvent) => {
      if (!dragging && Math.hypot(event.clientX - clientX, event.clientY - clientY) < DRAG_FROM_PX) return;
      dragging = true;
      event.preventDefault();
      newest.current.onDrag(card.key, placeAt(event.clientX, event.clientY));
    };
    const onUp = (event: Event) => {
      document.removeEventListener("pointermove", onMove);
      document.removeEventListener("pointerup", onUp);
      document.removeEventListener("keydown", onEscape);
      if (!dragging) return;
      // The click that follows this drag must not open the card.
      document.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
      // The place is that of the pointer now: what was told while it moved may not be rendered yet.
      const place = event instanceof globalThis.PointerEvent ? placeAt(event.clientX, event.clientY) : undefined;
      newest.current.onDrop(card, place);
    };
    const onEscape = (event: KeyboardEvent) => {
      if (event.key === "Escape") onUp(event);
    };
    document.addEventListener("pointermove", onMove);
    document.addEventListener("pointerup", onUp);
    document.addEventListener("keydown", onEscape);
  }, []);
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

function placeAt(x: number, y: number): DropPlace | undefined {
  const under = document.elementFromPoint(x, y);
  const tier = under?.closest<HTMLElement>("[data-tier]");
  const name = tier?.dataset["tier"];
  if (tier === null || tier === undefined || name === undefined) return undefined;
  const item = under?.closest<HTMLElement>("[data-index]");
  if (item === null || item === undefined) {
    const list = tier.querySelector<HTMLElement>("ol");
    return { tier: name, index: y < (list?.getBoundingClientRect().top ?? 0) ? 0 : Number(list?.dataset["end"] ?? 0) };
  }
  const { top, height } = item.getBoundingClientRect();
  return { tier: name, index: Number(item.dataset["index"]) + (y > top + height / 2 ? 1 : 0) };
}
