import type { JudgedProbesView } from "@percale/api";
import type { ReachQuestion } from "../reach/questions.ts";
import { PRESENT, type Tense } from "../../../words/tense.ts";

/** One probed pair: what the evaluator says and what packets met. */
export interface Probe {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly port: number | undefined;
  readonly predicted: "Allow" | "Deny" | undefined;
  /** Of real packets; undefined while not probed. */
  readonly measured: "Allow" | "Deny" | undefined;
  /** What decides it, in the evaluator's words. */
  readonly decidedBy?: string | undefined;
  /** `kind/namespace/name` of policies and profiles, `Tier/name` of the end of one: of a pair that is allowed what both sides say. */
  readonly by?: readonly string[];
  /** RFC 3339 of the probe. */
  readonly at: string | undefined;
  /** RFC 3339 of when packets last met another outcome than before. */
  readonly flippedAt?: string | undefined;
}

export interface Matrix {
  readonly probes: readonly Probe[];
}

export interface Cell extends Probe {
  /** Kernel and evaluator disagree: one of them is wrong, or a change is on its way. */
  readonly differs: boolean;
  /** Policy says the same: nobody need look at it. */
  readonly isIntended: boolean;
}

export interface Grid {
  readonly sources: readonly string[];
  /** Destinations with the port that is probed. */
  readonly targets: readonly { readonly name: string; readonly protocol: string; readonly port: number | undefined }[];
  readonly cellAt: (source: string, target: number) => Cell | undefined;
  readonly allowed: number;
  readonly denied: number;
  /** Of those denied: as policy says, and though it says otherwise. */
  readonly intended: number;
  readonly surprising: number;
  readonly differing: number;
  /** Probed, but nobody said what to expect. */
  readonly unpredicted: number;
}

export function gridOf({ probes }: Matrix): Grid {
  const sources = [...new Set(probes.map((probe) => probe.source))].sort();
  const keys = new Map<string, Grid["targets"][number]>();
  for (const { destination, protocol, port } of probes)
    keys.set(targetKey({ destination, protocol, port }), { name: destination, protocol, port });
  const ordered = [...keys].sort(([, a], [, b]) => a.name.localeCompare(b.name) || (a.port ?? 0) - (b.port ?? 0));
  const cells = new Map(probes.map((probe) => [`${probe.source}\u0000${targetKey(probe)}`, cellOf(probe)]));
  const all = [...cells.values()];
  const verdict = (cell: Cell) => cell.measured ?? cell.predicted;
  return {
    sources,
    targets: ordered.map(([, target]) => target),
    cellAt: (source, target) => cells.get(`${source}\u0000${ordered[target]?.[0] ?? ""}`),
    allowed: all.filter((cell) => verdict(cell) === "Allow").length,
    denied: all.filter((cell) => verdict(cell) === "Deny").length,
    intended: all.filter((cell) => verdict(cell) === "Deny" && cell.isIntended).length,
    surprising: all.filter((cell) => verdict(cell) === "Deny" && cell.differs).length,
    differing: all.filter((cell) => cell.differs).length,
    unpredicted: all.filter((cell) => cell.measured !== undefined && cell.predicted === undefined).length,
  };
}

/** "answered, as predicted", "no answer, predicted allowed", "not probed yet, predicted denied". */
export function cellWords({ measured, predicted, differs }: Cell): string {
  const met = measured === undefined ? "not probed yet" : measured === "Allow" ? "answered" : "no answer";
  if (predicted === undefined) return `${met}, nothing predicted`;
  return measured === undefined || differs
    ? `${met}, predicted ${predicted === "Allow" ? "allowed" : "denied"}`
    : `${met}, as predicted`;
}

/** What Reach is asked for it. */
export function questionOf({ source, destination, protocol, port }: Cell): ReachQuestion {
  return { source, destination, protocol, port: port === undefined ? "" : String(port) };
}

/** Neighbours in the list with the same namespace, under its name; "" for what has none. */
export function byNamespace<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
): readonly { readonly namespace: string; readonly items: readonly T[] }[] {
  const groups = Map.groupBy(items, (item) => partsOf(nameOf(item)).namespace);
  return [...groups].map(([namespace, group]) => ({ namespace, items: group }));
}

/** `shop/web` → `shop` and `web`. */
export function partsOf(name: string): { readonly namespace: string; readonly name: string } {
  const slash = name.indexOf("/");
  return slash < 0 ? { namespace: "", name } : { namespace: name.slice(0, slash), name: name.slice(slash + 1) };
}

/** As a list, what needs a look first. Groups without cells are absent. */
export function listed({ probes }: Matrix): readonly { readonly title: string; readonly cells: readonly Cell[] }[] {
  const cells = probes.map(cellOf).sort(byPair);
  const verdict = (cell: Cell) => cell.measured ?? cell.predicted;
  return [
    { title: "Not as predicted", cells: cells.filter(({ differs }) => differs) },
    { title: "Denied as intended", cells: cells.filter((cell) => cell.isIntended && verdict(cell) === "Deny") },
    {
      title: "Denied, nothing predicted",
      cells: cells.filter((cell) => cell.predicted === undefined && cell.measured === "Deny"),
    },
    { title: "Allowed", cells: cells.filter((cell) => !cell.differs && verdict(cell) === "Allow") },
    { title: "Not known", cells: cells.filter((cell) => verdict(cell) === undefined) },
  ].filter(({ cells: group }) => group.length > 0);
}

function byPair(a: Cell, b: Cell): number {
  return (
    a.source.localeCompare(b.source) || a.destination.localeCompare(b.destination) || (a.port ?? 0) - (b.port ?? 0)
  );
}

/** Probes of one pair. */
export function cellsOf({ probes }: Matrix, source: string, destination: string): readonly Cell[] {
  return probes.filter((probe) => probe.source === source && probe.destination === destination).map(cellOf);
}

/** Where kernel and evaluator disagree. */
export function cellsThatDiffer({ probes }: Matrix): readonly Cell[] {
  return probes.map(cellOf).filter(({ differs }) => differs);
}

export function cellOf(probe: Probe): Cell {
  const { predicted, measured } = probe;
  const differs = predicted !== undefined && measured !== undefined && predicted !== measured;
  return { ...probe, differs, isIntended: predicted !== undefined && !differs };
}

function targetKey({ destination, protocol, port }: Pick<Probe, "destination" | "protocol" | "port">): string {
  return `${destination} ${protocol} ${port ?? ""}`;
}

/** "12 of 30 pairs are allowed." and what needs a look. */
export function matrixVerdict(
  grid: Grid,
  { say, verb }: Tense = PRESENT,
): { readonly lead: string; readonly rest: string } {
  const total = grid.allowed + grid.denied;
  return {
    lead: say(`${grid.allowed} of ${total} probed pairs ${verb("are", "were")} allowed, ${denialWords(grid)}.`),
    rest: agreementOf(grid),
  };
}

/** "12 denied as intended", "12 denied, 1 of them though policy allows it". */
export function denialWords({
  denied,
  intended,
  surprising,
}: Pick<Grid, "denied" | "intended" | "surprising">): string {
  if (surprising > 0) return `${denied} denied, ${surprising} of them though policy allows it`;
  return denied > 0 && intended === denied ? `${denied} denied as intended` : `${denied} denied`;
}

/** How many pairs each policy, profile and end of a tier decides, by `kind/namespace/name`; undefined where nothing is probed. */
export function decidedPairs({
  probes,
}: Matrix): { readonly by: ReadonlyMap<string, number>; readonly of: number } | undefined {
  if (probes.length === 0) return undefined;
  const by = new Map<string, number>();
  for (const name of probes.flatMap((probe) => probe.by ?? [])) by.set(name, (by.get(name) ?? 0) + 1);
  return { by, of: probes.length };
}

/** Whether kernels do what the evaluator says, as far as it says anything. */
export function agreementOf({ differing, unpredicted }: Grid): string {
  if (differing > 0) return `${differing} ${differing === 1 ? "differs" : "differ"} from the evaluator.`;
  return unpredicted === 0 ? "Kernels and evaluator agree." : `What the evaluator says of ${unpredicted} is not known.`;
}

export interface DeniedTarget {
  readonly destination: string;
  readonly protocol: string;
  readonly port: number | undefined;
  readonly sources: readonly string[];
  /** Why, in the evaluator's words without the verdict. */
  readonly why: string;
}

/** Denied pairs by what they cannot reach and why; what most cannot reach first. */
export function deniedTargets({ probes }: Matrix): readonly DeniedTarget[] {
  const found = new Map<string, DeniedTarget & { readonly sources: string[] }>();
  for (const probe of probes) {
    if ((probe.measured ?? probe.predicted) !== "Deny") continue;
    const why = whyOf(probe.decidedBy ?? "");
    const key = `${targetKey(probe)} ${why}`;
    const { destination, protocol, port } = probe;
    const target = found.get(key) ?? { destination, protocol, port, sources: [], why };
    target.sources.push(probe.source);
    found.set(key, target);
  }
  return [...found.values()].sort(
    (a, b) => b.sources.length - a.sources.length || a.destination.localeCompare(b.destination),
  );
}

/** "Deny: policies of tier app apply and none of their rules matched" is the end of that tier. */
function whyOf(text: string): string {
  return text
    .replace(/^Deny: /, "")
    .replace(/^policies of tier (\S+) apply and none of their rules matched$/, "end of tier $1");
}

/** What the lab measured with what the evaluator says, as the server joined them. */
export function matrixOf({ probes }: Pick<JudgedProbesView, "probes">): Matrix {
  return {
    probes: probes.map(({ predicted, allowed, text, by = [], port, ...probe }) => ({
      ...probe,
      port,
      predicted: predicted === undefined ? undefined : predicted === "allow" ? "Allow" : "Deny",
      measured: allowed ? "Allow" : "Deny",
      decidedBy: text,
      by,
    })),
  };
}
