"use client";
import type { ObjectRef } from "@percale/resources/catalog";
import { useCallback, useMemo, useState } from "react";
import type { DropPlace } from "./drop-place.ts";
import type { Card } from "./view.ts";

export interface Place {
  readonly tier: string;
  readonly order: number | undefined;
}

/** One policy that is elsewhere in the draft. */
export interface Move {
  readonly key: string;
  readonly ref: ObjectRef;
  /** As it is stored. */
  readonly from: Place;
  readonly to: Place & { readonly order: number };
}

/** What one drag or key does: a card goes to a place, for which policies get other orders, mostly itself alone. */
export interface Step {
  readonly card: Card;
  readonly to: DropPlace;
  readonly moves: readonly Move[];
}

/** Moves made on the board and not yet written: shown in place, with their effect, until Apply or Discard. */
export interface OrderDraft {
  /** One for each policy, those that came back to where they are stored too. */
  readonly moves: readonly Move[];
  readonly steps: readonly Step[];
  readonly add: (step: Step) => void;
  /** Takes the last step back. */
  readonly back: () => void;
  readonly clear: () => void;
}

export function useOrderDraft(): OrderDraft {
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const add = useCallback((step: Step) => setSteps((old) => [...old, step]), []);
  const back = useCallback(() => setSteps((old) => old.slice(0, -1)), []);
  const clear = useCallback(() => setSteps([]), []);
  return useMemo(() => ({ moves: movesOf(steps), steps, add, back, clear }), [steps, add, back, clear]);
}

/** Of each policy the place where it is stored and the last one that it was given. */
export function movesOf(steps: readonly Step[]): readonly Move[] {
  const moves = new Map<string, Move>();
  for (const move of steps.flatMap((step) => step.moves))
    moves.set(move.key, { ...move, from: moves.get(move.key)?.from ?? move.from });
  return [...moves.values()];
}

/** Those that change anything. */
export function realMoves(moves: readonly Move[]): readonly Move[] {
  return moves.filter(({ from, to }) => from.tier !== to.tier || from.order !== to.order);
}
