"use client";
import { useCallback, useMemo, useState } from "react";
import type { OrderChange } from "../../../policy/order.ts";
import { type PolicyObject, tierOf } from "../../../policy/spec.ts";
import { cardKey } from "./view.ts";

export type Move = OrderChange & { readonly tier: string };

/** Moves made on the board and not yet written: shown in place, with their effect, until Apply or Discard. */
export interface OrderDraft {
  readonly moves: readonly Move[];
  readonly add: (moves: readonly Move[]) => void;
  readonly clear: () => void;
  /** The policies as they would be. */
  readonly applyTo: (policies: readonly PolicyObject[]) => readonly PolicyObject[];
}

export function useOrderDraft(): OrderDraft {
  const [moves, setMoves] = useState<ReadonlyMap<string, Move>>(new Map());
  const add = useCallback(
    (added: readonly Move[]) => setMoves((old) => new Map([...old, ...added.map((move) => [move.key, move] as const)])),
    [],
  );
  const clear = useCallback(() => setMoves(new Map()), []);
  return useMemo(
    () => ({
      moves: [...moves.values()],
      add,
      clear,
      applyTo: (policies) =>
        moves.size === 0 ? policies : policies.map((policy) => moved(policy, moves.get(keyOf(policy)))),
    }),
    [moves, add, clear],
  );
}

/** The policies that are elsewhere in the draft, before and after. */
export function changesOf(draft: OrderDraft, policies: readonly PolicyObject[]) {
  const moves = new Map(draft.moves.map((move) => [move.key, move]));
  return policies.flatMap((before) => {
    const after = moved(before, moves.get(keyOf(before)));
    return after.spec.order === before.spec.order && tierOf(after) === tierOf(before) ? [] : [{ before, after }];
  });
}

function moved(policy: PolicyObject, move: Move | undefined): PolicyObject {
  return move === undefined ? policy : { ...policy, spec: { ...policy.spec, order: move.to, tier: move.tier } };
}

export function keyOf({ kind, metadata }: PolicyObject): string {
  return cardKey({ kind, name: metadata.name, namespace: metadata.namespace });
}
