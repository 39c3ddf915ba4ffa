import type { SetUse, SetUseRow } from "@percale/api";
import { formatRef, type KubeObject, type ObjectRef, refOf } from "@percale/resources/catalog";
import type { Severity } from "../../../parts/severity.tsx";
import type { SortState } from "../../../parts/virtual-table.tsx";
import { counted } from "../../../words/number.ts";
import { isUntold, type Untold } from "../../../words/untold.ts";
import { compareNames } from "../nodes/view.ts";
import type { Overlap } from "./overlaps.ts";
import { addressesIn } from "./paste.ts";

/** One network set, with what rules make of it. */
export interface SetRow {
  /** `formatRef` of the set. */
  readonly key: string;
  readonly ref: ObjectRef;
  readonly nets: readonly string[];
  readonly addresses: bigint;
  /** `zone=corp`. */
  readonly labels: readonly string[];
  readonly use: SetUseRow | Untold | undefined;
  readonly overlaps: readonly Overlap[];
  readonly finding: Finding | undefined;
}

export interface Finding {
  readonly severity: Severity;
  /** As on a badge. */
  readonly text: string;
}

export type SetObject = KubeObject<{ readonly nets?: readonly string[] | undefined }>;

/** The worst first, then by name. */
export function setRows(
  sets: readonly SetObject[],
  uses: ReadonlyMap<string, SetUseRow> | Untold,
  overlaps: readonly Overlap[],
): readonly SetRow[] {
  const overlapsBySet = Map.groupBy(overlaps, ({ set }) => set);
  return sets
    .map((object): SetRow => {
      const ref = refOf(object);
      const key = formatRef(ref);
      const nets = object.spec.nets ?? [];
      const use = isUntold(uses) ? uses : uses.get(key);
      const own = overlapsBySet.get(key) ?? [];
      return {
        key,
        ref,
        nets,
        addresses: addressesIn(nets),
        labels: Object.entries(object.metadata.labels ?? {}).map(([name, value]) => `${name}=${value}`),
        use,
        overlaps: own,
        finding: findingOf(nets, use, own),
      };
    })
    .sort(ORDERS["finding"]);
}

/** What needs a look, in a few words. */
function findingOf(nets: readonly string[], use: SetRow["use"], overlaps: readonly Overlap[]): Finding | undefined {
  const of = (how: Overlap["how"]) => overlaps.filter((overlap) => overlap.how === how);
  const [pools, nodes, inPools, sets, twice] = [
    of("holds pool"),
    of("holds node"),
    of("in pool"),
    of("holds set"),
    of("twice"),
  ];
  const isUsed = isUntold(use) || use !== undefined;
  const reach: Severity = isUsed ? "warning" : "info";
  if (pools.length === 1) return { severity: reach, text: `holds pool ${pools[0]!.other}` };
  if (pools.length > 1) return { severity: reach, text: `holds ${pools.length} pools` };
  if (nodes.length === 1) return { severity: reach, text: `holds ${nodes[0]!.other}` };
  if (nodes.length > 1) return { severity: reach, text: `holds ${nodes.length} nodes` };
  if (nets.length === 0) return { severity: "info", text: "has no net" };
  if (!isUsed) return { severity: "info", text: "no rule selects it" };
  if (inPools.length > 0) return { severity: "info", text: `in pool ${inPools[0]!.other}` };
  if (sets.length > 0)
    return { severity: "info", text: `${counted(sets.reduce(sum, 0), "net")} also in ${nameOfKey(sets[0]!.other)}` };
  if (twice.length > 0) return { severity: "info", text: `${counted(twice.reduce(sum, 0), "net")} twice` };
  return undefined;
}

const RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, unknown: 2, info: 3, ok: 4 };

function rankOf({ finding }: SetRow): number {
  return RANK[finding?.severity ?? "ok"];
}

/** By what the table may be sorted, each as it is asked for first. */
const ORDERS = {
  name: (a, b) => compareNames(nameOfKey(a.key), nameOfKey(b.key)),
  finding: (a, b) => rankOf(a) - rankOf(b) || compareNames(nameOfKey(a.key), nameOfKey(b.key)),
  nets: (a, b) => a.nets.length - b.nets.length,
  addresses: (a, b) => (a.addresses < b.addresses ? -1 : Number(a.addresses > b.addresses)),
  uses: (a, b) => usesOf(a) - usesOf(b),
} satisfies Record<string, (a: SetRow, b: SetRow) => number>;

export function sortSets(rows: readonly SetRow[], { id, down }: SortState): readonly SetRow[] {
  const order = Object.entries(ORDERS).find(([name]) => name === id)?.[1];
  return order === undefined ? rows : rows.toSorted((a, b) => (down ? -order(a, b) : order(a, b)));
}

function usesOf({ use }: SetRow): number {
  return use === undefined || isUntold(use) ? 0 : use.count;
}

/** Whose name, label or net has the text. */
export function findSets(rows: readonly SetRow[], text: string): readonly SetRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return rows;
  return rows.filter(({ key, labels, nets }) =>
    [nameOfKey(key), ...labels, ...nets].some((each) => each.toLowerCase().includes(wanted)),
  );
}

/** `shop/branch` of `NetworkSet/shop/branch`. */
export function nameOfKey(key: string): string {
  return key.slice(key.indexOf("/") + 1);
}

/** "1 of 12 sets reaches further than its rules may mean." */
export function setsVerdict(rows: readonly SetRow[]): {
  readonly severity: Severity;
  readonly lead: string;
  readonly rest: string;
} {
  const far = rows.filter(({ finding }) => finding?.severity === "warning");
  const unused = rows.filter(({ use }) => use === undefined).length;
  const isTold = rows.every(({ use }) => !isUntold(use));
  if (far.length > 0)
    return {
      severity: "warning",
      lead: `${far.length} of ${counted(rows.length, "set")} ${far.length === 1 ? "reaches" : "reach"} further than ${far.length === 1 ? "its" : "their"} rules may mean.`,
      rest:
        far
          .slice(0, 3)
          .map(({ key, finding }) => `${nameOfKey(key)} ${finding!.text}`)
          .join("; ") + (far.length > 3 ? `; and ${far.length - 3} more` : "."),
    };
  const lead =
    rows.length === 1
      ? "The one set holds no pool and no node."
      : `${rows.length} sets, none of which holds a pool or a node.`;
  if (!isTold) return { severity: "unknown", lead, rest: "" };
  return {
    severity: "ok",
    lead,
    rest: selectedWords(rows.length, unused),
  };
}

function selectedWords(sets: number, unused: number): string {
  if (sets === 1) return unused === 0 ? "A rule selects it." : "No rule selects it.";
  return unused === 0 ? "Rules select all of them." : `No rule selects ${unused} of them.`;
}

/** `shop/allow-web rule 2 and 3 more`; of rules people count from 1. */
export function usedBy({ uses, count }: SetUseRow): string {
  const [first] = uses;
  if (first === undefined) return "";
  return `${useWords(first)}${count > 1 ? ` and ${count - 1} more` : ""}`;
}

export function useWords({ owner, direction, rule }: SetUse): string {
  const name = owner.namespace === undefined ? owner.name : `${owner.namespace}/${owner.name}`;
  return `${name} ${direction} rule ${rule + 1}`;
}

/** Those of nodes as one, what reaches far first. */
export function overlapsToTell({
  overlaps,
}: Pick<SetRow, "overlaps">): readonly (Overlap & { readonly alike?: number })[] {
  const nodes = overlaps.filter(({ how }) => how === "holds node");
  const others = overlaps.filter(({ how }) => how !== "holds node");
  const all = nodes[0] === undefined ? others : [...others, { ...nodes[0], count: 1, alike: nodes.length }];
  return all.toSorted((a, b) => RANK[severityOf(a)] - RANK[severityOf(b)]);
}

export function severityOf({ how }: Pick<Overlap, "how">): "warning" | "info" {
  return how === "holds pool" || how === "holds node" ? "warning" : "info";
}

/** What an overlap means for rules. */
export function effectOf(
  { how, other, count, alike = 1 }: Overlap & { readonly alike?: number },
  use: SetRow["use"],
): string {
  const rules = use === undefined || isUntold(use) ? undefined : usedBy(use);
  const forWhom = rules === undefined ? (use === undefined ? "once a rule selects it" : "in its rules") : `in ${rules}`;
  switch (how) {
    case "holds pool":
      return `every workload of pool ${other} counts as this set ${forWhom}`;
    case "holds node":
      return alike === 1
        ? `${other} itself counts as this set ${forWhom}`
        : `${other} and ${counted(alike - 1, "other node")} count as this set ${forWhom}`;
    case "in pool":
      return `${counted(count, "net")} of pool ${other}: workloads there count as this set ${forWhom}`;
    case "holds set":
      return `what rules say of this set holds for ${counted(count, "net")} of ${nameOfKey(other)}, too`;
    case "twice":
      return `${count === 1 ? "1 net changes" : `${count} nets change`} nothing: ${other} holds ${count === 1 ? "it" : "them"}`;
  }
}

function sum(total: number, { count }: Overlap): number {
  return total + count;
}
