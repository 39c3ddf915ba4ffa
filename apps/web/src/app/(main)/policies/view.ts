import type { BoardTier, PolicyCardView, ProtectionView } from "@percale/api";
import { formatRef, type ObjectRef } from "@percale/resources/catalog";
import type { Coverage } from "../../../policy/coverage.ts";
import type { Ordered } from "../../../policy/order.ts";
import { formatOpen } from "../../../words/kinds.ts";
import { formatCount } from "../../../words/number.ts";
import { isUntold, type Untold } from "../../../words/untold.ts";
import type { Step } from "./order-draft.ts";

/** One policy on the board. `key` is unique and is also what breaks ties of `order`. */
export interface Card extends Omit<PolicyCardView, "order">, Ordered {
  /** `networkpolicies/shop/allow-web`: its page, and what `open=` holds. */
  readonly path: string;
}

export interface TierColumn extends Pick<BoardTier, "name" | "defaultAction" | "exists"> {
  readonly order: number | undefined;
  /** As many as there are; those that nobody asked for are not known. */
  readonly cards: readonly (Card | undefined)[];
}

/** Columns of an answer in evaluation order, with the steps of a draft done that the answer does not know of. */
export function columnsOf(tiers: readonly BoardTier[], steps: readonly Step[]): readonly TierColumn[] {
  const columns = tiers.map((tier) => ({ ...tier, order: tier.order, cards: cardsOf(tier) }));
  for (const { card, to } of steps) {
    for (const { cards } of columns) {
      const at = cards.findIndex((each) => each?.key === card.key);
      if (at >= 0) cards.splice(at, 1);
    }
    columns.find(({ name }) => name === to.tier)?.cards.splice(to.index, 0, { ...card, tier: to.tier });
  }
  return columns;
}

function cardsOf({ total, at, cards }: BoardTier): (Card | undefined)[] {
  const all: (Card | undefined)[] = Array.from({ length: total });
  for (const [index, card] of cards.entries()) all[at + index] = cardOf(card);
  return all;
}

export function cardOf(card: PolicyCardView): Card {
  return { ...card, order: card.order, key: cardKey(card.ref), path: formatOpen(card.ref) };
}

/** "12 in, 3 out": how many endpoints' packets come to the end of a tier that denies; undefined where it passes, or nothing is in force. */
export function endOfTierWords(column: TierColumn, protection: ProtectionView | Untold): string | undefined {
  if (isUntold(protection) || column.defaultAction !== "Deny" || column.cards.length === 0) return undefined;
  const end = protection.ends.find(({ name }) => name === `Tier/${column.name}`);
  return end === undefined ? "never reached" : `${formatCount(end.ingress)} in, ${formatCount(end.egress)} out`;
}

/** On how many endpoints it is in force. */
export function endpointsOf(coverage: Coverage | Untold, { ref }: Pick<Card, "ref">): number | Untold {
  return isUntold(coverage) ? coverage : (coverage.get(formatRef(ref))?.count ?? "waiting");
}

/** `name/namespace/kind`, the text that decides between equal orders. */
export function cardKey({ name, namespace = "", kind }: ObjectRef): string {
  return `${name}/${namespace}/${kind}`;
}

/** An order as it is written: absent is last and says so. */
export function orderText(order: number | undefined): string {
  return order === undefined ? "last" : String(order);
}
