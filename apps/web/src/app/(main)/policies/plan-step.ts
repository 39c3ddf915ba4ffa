import { ordersBetween } from "../../../policy/order.ts";
import type { Move, Step } from "./order-draft.ts";
import type { Card, TierColumn } from "./view.ts";

/** What of a policy decides its place, and its name. */
export type Placed = Pick<Card, "key" | "ref" | "tier" | "order">;

export interface PlacedTier extends Pick<TierColumn, "name"> {
  /** Those that nobody asked for are not known. */
  readonly cards: readonly (Placed | undefined)[];
}

/**
 * Puts a card at `index` among the others of a tier, with as few new orders as possible: its own, and where its neighbours leave no room those
 * of the next ones on one side, as far as it takes. Undefined where that is farther than cards are known.
 */
export function planStep({ name, cards }: PlacedTier, card: Card, index: number): Step | undefined {
  const to = { tier: name, index };
  if (card.tier === name && cards[index]?.key === card.key) return { card, to, moves: [] };
  const others = cards.filter((each) => each?.key !== card.key);
  for (let more = 0; more <= others.length; more++) {
    for (const start of [index, index - more]) {
      const run = runOf(others, start, start + more);
      const orders = run && ordersBetween(others[start - 1], others[start + more], more + 1);
      if (orders === undefined) continue;
      const moves = run!
        .toSpliced(index - start, 0, card)
        .map((each, place) => moveOf(each, { tier: name, order: orders[place]! }));
      return { card, to, moves: moves.filter((move) => move.key === card.key || move.from.order !== move.to.order) };
    }
  }
  return undefined;
}

/** Undefined where there are not so many, or one of them or their neighbours is not known. */
function runOf(all: readonly (Placed | undefined)[], start: number, end: number): readonly Placed[] | undefined {
  if (start < 0 || end > all.length) return undefined;
  if (all.slice(Math.max(0, start - 1), end + 1).includes(undefined)) return undefined;
  return all.slice(start, end).flatMap((each) => each ?? []);
}

function moveOf({ key, ref, tier, order }: Placed, to: Move["to"]): Move {
  return { key, ref, from: { tier, order }, to };
}
