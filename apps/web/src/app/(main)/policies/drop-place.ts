import type { Card, TierColumn } from "./view.ts";

/** Where a dragged card would land: before the card at `index` of the tier. */
export interface DropPlace {
  readonly tier: string;
  readonly index: number;
}

/** Its place among the others: the index of a drop counts the dragged card too. */
export function without(card: Card, columns: readonly TierColumn[], place: DropPlace): DropPlace {
  if (place.tier !== card.tier) return place;
  const cards = columns.find(({ name }) => name === place.tier)?.cards ?? [];
  const from = cards.findIndex((each) => each?.key === card.key);
  return { tier: place.tier, index: from >= 0 && place.index > from ? place.index - 1 : place.index };
}
