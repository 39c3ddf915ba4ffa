import { comparePolicies, compareTiers, missingTier, orderOf, tierInfo } from "@percale/policy/select";
import type { PolicyPlace } from "@percale/policy";
import { formatRef, refOf } from "@percale/resources/catalog";
import type { ProtectionView } from "@percale/api";
import { formatOpen } from "../../../words/kinds.ts";
import { formatCount } from "../../../words/number.ts";
import { isUntold, type Untold } from "../../../words/untold.ts";
import type { Ordered } from "../../../policy/order.ts";
import type { Coverage } from "../../../policy/coverage.ts";
import { directionsOf, type PolicyObject, type RuleSpec, type TierObject, tierOf } from "../../../policy/spec.ts";

/** One policy on the board. `key` is unique and is also what breaks ties of `order`. */
export interface Card extends Ordered {
  readonly kind: string;
  /** `networkpolicies/shop/allow-web`: its page, and what `open=` holds. */
  readonly path: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly tier: string;
  readonly ingress: boolean;
  readonly egress: boolean;
  readonly ruleCount: number;
  /** All that it says is that others decide. */
  readonly onlyPasses: boolean;
  /** `projectcalico.org/orchestrator: k8s` and the like: written through another API. */
  readonly fromKubernetes: boolean;
  readonly object: PolicyObject;
}

export interface TierColumn {
  readonly name: string;
  readonly order: number | undefined;
  readonly defaultAction: string;
  /** False for a tier that policies name but nobody made. */
  readonly exists: boolean;
  readonly cards: readonly Card[];
}

export interface BoardFilter {
  readonly text: string;
  /** Namespaces to show; with `negated` those to hide. Empty shows all. Global policies always show. */
  readonly namespaces: readonly string[];
  readonly negated: boolean;
}

/** Columns in evaluation order, each with its cards in evaluation order. */
export function boardColumns(tiers: readonly TierObject[], policies: readonly PolicyObject[]): readonly TierColumn[] {
  const cardsByTier = new Map<string, Card[]>();
  for (const policy of policies) {
    const card = cardOf(policy);
    const cards = cardsByTier.get(card.tier);
    if (cards === undefined) cardsByTier.set(card.tier, [card]);
    else cards.push(card);
  }
  const infos = tiers.map(({ metadata, spec }) => tierInfo(metadata.name, spec));
  const known = new Set(infos.map(({ name }) => name));
  const missing = [...cardsByTier.keys()].filter((name) => !known.has(name)).map(missingTier);
  return [...infos, ...missing].sort(compareTiers).map(({ name, order, defaultAction, exists }) => ({
    name,
    order: Number.isFinite(order) ? order : undefined,
    defaultAction,
    exists,
    cards: (cardsByTier.get(name) ?? []).sort((a, b) => comparePolicies(placeOf(a), placeOf(b))),
  }));
}

function placeOf({ kind, name, namespace, order }: Card): PolicyPlace {
  return { kind, name, namespace, order: orderOf({ order }) };
}

export function cardOf(policy: PolicyObject): Card {
  const { kind, metadata, spec } = policy;
  const { ingress, egress } = directionsOf(spec);
  return {
    key: cardKey({ kind, name: metadata.name, namespace: metadata.namespace }),
    kind,
    path: formatOpen(refOf(policy)),
    namespace: metadata.namespace,
    name: metadata.name,
    tier: tierOf(policy),
    order: spec.order,
    ingress,
    egress,
    ruleCount: (ingress ? (spec.ingress?.length ?? 0) : 0) + (egress ? (spec.egress?.length ?? 0) : 0),
    onlyPasses: onlyPasses([...(ingress ? (spec.ingress ?? []) : []), ...(egress ? (spec.egress ?? []) : [])]),
    fromKubernetes: kind.startsWith("Kubernetes") || metadata.name.startsWith("knp."),
    object: policy,
  };
}

function onlyPasses(rules: readonly RuleSpec[]): boolean {
  return (
    rules.length > 0 &&
    rules.every((rule) => rule.action === "Pass" && isNothing({ ...rule, action: undefined, metadata: undefined }))
  );
}

function isNothing(conditions: object): boolean {
  return Object.values(conditions).every((value) => value === undefined || Object.keys(value as object).length === 0);
}

/** "12 in, 3 out": how many endpoints' packets come to the end of a tier that denies; undefined where it passes, or nothing is in force. */
export function endOfTierWords(column: TierColumn, protection: ProtectionView | Untold): string | undefined {
  if (isUntold(protection) || column.defaultAction !== "Deny" || column.cards.length === 0) return undefined;
  const end = protection.ends.find(({ name }) => name === `Tier/${column.name}`);
  return end === undefined ? "never reached" : `${formatCount(end.ingress)} in, ${formatCount(end.egress)} out`;
}

/** On how many endpoints it is in force. */
export function endpointsOf(coverage: Coverage | Untold, { object }: Card): number | Untold {
  return isUntold(coverage) ? coverage : (coverage.get(formatRef(refOf(object)))?.count ?? 0);
}

/** `name/namespace/kind`, the text that decides between equal orders. */
export function cardKey(ref: {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}): string {
  return `${ref.name}/${ref.namespace ?? ""}/${ref.kind}`;
}

/** Cards that the search and the namespace filter leave lit; undefined when nothing is filtered, so nothing dims. */
export function litCards(columns: readonly TierColumn[], filter: BoardFilter): ReadonlySet<string> | undefined {
  const text = filter.text.trim().toLowerCase();
  if (text === "" && filter.namespaces.length === 0) return undefined;
  const lit = new Set<string>();
  for (const { cards } of columns) {
    for (const card of cards) {
      if (inNamespaces(card, filter) && (text === "" || matchesText(card, text))) lit.add(card.key);
    }
  }
  return lit;
}

function inNamespaces({ namespace }: Card, { namespaces, negated }: BoardFilter): boolean {
  if (namespaces.length === 0 || namespace === undefined) return true;
  return namespaces.includes(namespace) !== negated;
}

function matchesText({ name, namespace, object }: Card, text: string): boolean {
  if (name.toLowerCase().includes(text) || (namespace?.toLowerCase().includes(text) ?? false)) return true;
  if (object.spec.selector?.toLowerCase().includes(text) === true) return true;
  return Object.entries(object.metadata.labels ?? {}).some(([key, value]) =>
    `${key}=${value}`.toLowerCase().includes(text),
  );
}

/** `ns=!kube-system,calico-system` → hide both. */
export function parseNamespaces(text: string | null): Pick<BoardFilter, "namespaces" | "negated"> {
  const negated = text?.startsWith("!") ?? false;
  const list = (negated ? text?.slice(1) : text) ?? "";
  return { namespaces: list.split(",").filter((name) => name !== ""), negated };
}

/** The filters that are set, each with how many policies there would be without it alone. */
export function hiding(
  columns: readonly TierColumn[],
  { text, namespaces }: { readonly text: string; readonly namespaces: string | null },
): readonly { readonly key: "q" | "ns"; readonly words: string; readonly without: number }[] {
  const total = columns.reduce((sum, { cards }) => sum + cards.length, 0);
  const left = (filter: BoardFilter): number => litCards(columns, filter)?.size ?? total;
  return [
    ...(text === ""
      ? []
      : [{ key: "q" as const, words: `“${text}”`, without: left({ text: "", ...parseNamespaces(namespaces) }) }]),
    ...(namespaces === null
      ? []
      : [{ key: "ns" as const, words: `ns=${namespaces}`, without: left({ text, namespaces: [], negated: false }) }]),
  ];
}

/** An order as it is written: absent is last and says so. */
export function orderText(order: number | undefined): string {
  return order === undefined ? "last" : String(order);
}
