import { badRequest } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Course, Questions } from "../policy/questions.ts";
import type { World } from "../policy/world.ts";
import type { BoardView, OrderedPolicy, PolicyCardView, PolicyListView } from "../trpc/views.ts";
import { evaluationOrder } from "./evaluation-order.ts";
import { naturalKey } from "./orders.ts";
import { policyEntry } from "./policy-entry.ts";
import { listFilter, parseSort, textFilter, windowOf } from "./window.ts";

/** Tiers in evaluation order, of each the cards that are asked for; those that the filter does not let through are faded. */
export function board(world: World, question: Questions["board"]): Omit<BoardView, "revision"> {
  const { first, windows } = question;
  const isLit = policyFilter(question);
  const asked = windows && new Map(windows.map((window) => [window.tier, window]));
  let [total, matched] = [0, 0];
  const tiers = evaluationOrder(world, question).map(({ info: { name, order, defaultAction, exists }, policies }) => {
    const { at, limit } = asked === undefined ? { at: 0, limit: first } : (asked.get(name) ?? { at: 0, limit: 0 });
    const before = total;
    total += policies.length;
    for (const policy of policies) if (isLit(policy)) matched++;
    const cards = policies.slice(at, at + limit).map((policy, index) => ({
      ...cardOf(policy, before + at + index),
      ...(!isLit(policy) && { isFaded: true as const }),
    }));
    const ordered = Number.isFinite(order) && { order };
    return { name, ...ordered, defaultAction, exists, total: policies.length, at, cards };
  });
  return { tiers, total, matched };
}

/** Every policy of a tier, in order: for who must number them anew. */
export function tierOrder(world: World, question: Questions["tierOrder"], { rows }: Course): void {
  const tier = evaluationOrder(world, question).find(({ info }) => info.name === question.tier);
  for (const policy of tier?.policies ?? []) {
    const { ref, order, tier: name } = policyEntry(policy).card;
    const row: OrderedPolicy = { ref, tier: name, ...(order !== undefined && { order }) };
    if (!rows.add(row)) throw badRequest(`tier ${question.tier} has more policies than an answer may hold`);
  }
}

const NUMBERS = new Map<string, (card: PolicyCardView) => number>([
  ["place", ({ place }) => place],
  ["order", ({ order = Infinity }) => order],
  ["rules", ({ rules }) => rules],
]);
const TEXTS = new Map<string, (card: PolicyCardView) => string>([
  ["name", ({ ref }) => naturalKey(ref.name)],
  ["tier", ({ tier }) => naturalKey(tier)],
  ["created", ({ createdAt = "" }) => createdAt],
]);

/** The same as rows: those that match, in the order of a column, from one on. Equal ones stand as they are evaluated. */
export function policies(world: World, question: Questions["policies"]): Omit<PolicyListView, "revision"> {
  const all = evaluationOrder(world, question).flatMap((tier) => tier.policies);
  const rows = sorted(all, question.sort);
  const { q, ns } = question;
  const matches = policyFilter(question);
  const window = windowOf(rows, question, ({ policy }) => matches(policy));
  const count = (filter: Filter): number => all.filter(policyFilter(filter)).length;
  return {
    rows: window.rows.map(({ card }) => card),
    matched: window.matched,
    total: all.length,
    ...(q !== undefined && ns !== undefined && { without: { q: count({ ns }), ns: count({ q }) } }),
  };
}

interface Row {
  readonly policy: KubeObject;
  readonly card: PolicyCardView;
}

function sorted(all: readonly KubeObject[], sort: string): readonly Row[] {
  const { column, isDown } = parseSort(sort);
  const rows = all.map((policy, index) => ({ policy, card: cardOf(policy, index) }));
  const [number, text] = [NUMBERS.get(column), TEXTS.get(column)];
  if (number !== undefined) rows.sort((a, b) => compare(number(a.card), number(b.card)));
  else if (text !== undefined) {
    const keys = new Map(rows.map((row) => [row, text(row.card)]));
    rows.sort((a, b) => compare(keys.get(a)!, keys.get(b)!));
  } else throw badRequest(`sort: policies have no order by ${JSON.stringify(column)}`);
  return isDown ? rows.reverse() : rows;
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `place`: from 1. */
function cardOf(policy: KubeObject, index: number): PolicyCardView {
  return { ...policyEntry(policy).card, place: index + 1 };
}

interface Filter {
  readonly q?: string;
  readonly ns?: string;
}

/** Those of the whole cluster are in every namespace. */
function policyFilter({ q, ns }: Filter): (policy: KubeObject) => boolean {
  const [hasText, inNamespace] = [textFilter(q), listFilter(ns)];
  return (policy) => {
    const { card, searched } = policyEntry(policy);
    return (card.ref.namespace === undefined || inNamespace(card.ref.namespace)) && hasText(searched);
  };
}
