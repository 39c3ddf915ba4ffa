import { setForm, TABLE_FLAG } from "@percale/kernel";
import type { Family, ListedChain, ListedElement, ListedRule, Nftables } from "@percale/kernel";
import {
  endpointChain,
  FROM_MAP,
  HOSTS,
  interfaceOf,
  isCalled,
  NAMED_PORTS,
  NETS,
  PORTS,
  setsOf,
  TO_MAP,
  WORKLOADS,
} from "./layout.ts";
import type { PlannedChain } from "./plan.ts";

/** One of our tables as the kernel has it. */
export interface ActualTable {
  /** undefined: there is none. */
  readonly flags: number | undefined;
  readonly chains: ReadonlyMap<string, ListedChain>;
  readonly rules: ReadonlyMap<string, readonly Pick<ListedRule, "handle" | "identity">[]>;
  /** Sets and maps by name, as `setForm` tells them; without those that rules made for themselves. */
  readonly sets: ReadonlyMap<string, string>;
  readonly members: ReadonlyMap<string, readonly ListedElement[]>;
  readonly links: ActualDispatch;
}

/** Dispatch as the kernel has it. */
export interface ActualDispatch {
  /** Links that both maps send to the two chains of one interface name. */
  readonly dispatch: ReadonlyMap<number, string>;
  readonly workloads: ReadonlySet<number>;
  /** Entries that are none of the above. */
  readonly broken: readonly { readonly set: string; readonly element: ListedElement }[];
}

export const NO_TABLE: ActualTable = {
  flags: undefined,
  chains: new Map(),
  rules: new Map(),
  sets: new Map(),
  members: new Map(),
  links: { dispatch: new Map(), workloads: new Set(), broken: [] },
};

const MEMBER_SETS = [HOSTS, NETS, NAMED_PORTS, PORTS];

/** Step by step. */
export function* readTable(nft: Nftables, family: Family): Generator<undefined, ActualTable> {
  const table = nft.table(family);
  if (table === undefined) return NO_TABLE;
  const rules = new Map<string, Pick<ListedRule, "handle" | "identity">[]>();
  for (const { chain, handle, identity } of yield* nft.ruleSteps(family)) {
    const list = rules.get(chain);
    if (list === undefined) rules.set(chain, [{ handle, identity }]);
    else list.push({ handle, identity });
  }
  const chains = new Map(nft.chains(family).map((chain) => [chain.name, chain]));
  yield;
  // The kernel lists chains of all tables in one run, so that others' comings and goings may hide one of ours: its rules do not.
  for (const name of rules.keys()) if (!chains.has(name)) chains.set(name, { family, name, comment: "", extra: "" });
  const members = new Map<string, readonly ListedElement[]>();
  for (const set of MEMBER_SETS) members.set(set, yield* nft.elementSteps(family, set));
  return {
    flags: table.flags,
    chains,
    rules,
    sets: new Map(nft.sets(family).flatMap(({ name, isAnonymous, form }) => (isAnonymous ? [] : [[name, form]]))),
    members,
    links: readDispatch(nft, family),
  };
}

export function readDispatch(nft: Nftables, family: Family): ActualDispatch {
  const [from, to] = [nft.elements(family, FROM_MAP), nft.elements(family, TO_MAP)];
  const toByKey = new Map(to.map((element) => [element.key, element]));
  const dispatch = new Map<number, string>();
  const sound = new Set<ListedElement>();
  for (const element of from) {
    const name = interfaceOf(element.verdict.replace(/^goto /, ""));
    const other = toByKey.get(element.key);
    if (name === undefined || other === undefined) continue;
    if (!isGoto(element, endpointChain(name, "egress")) || !isGoto(other, endpointChain(name, "ingress"))) continue;
    dispatch.set(numberOf(element.key), name);
    sound.add(element).add(other);
  }
  const known = nft.elements(family, WORKLOADS);
  const broken = [
    ...from.map((element) => ({ set: FROM_MAP, element })),
    ...to.map((element) => ({ set: TO_MAP, element })),
    ...known.map((element) => ({ set: WORKLOADS, element })),
  ].filter(({ set, element }) => (set === WORKLOADS ? element.extra !== "" : !sound.has(element)));
  const workloads = new Set(known.filter(({ extra }) => extra === "").map(({ key }) => numberOf(key)));
  return { dispatch, workloads, broken };
}

/** Nothing is in it but base chains and empty sets, as after failing closed: no packet goes by what is added. */
export function isBare({ flags, chains, sets, members, links }: ActualTable, family: Family): boolean {
  if (flags === undefined || (flags & TABLE_FLAG.dormant) !== 0) return false;
  if (links.dispatch.size + links.broken.length > 0 || setsOf(family).some(({ name }) => !sets.has(name))) return false;
  const isEmpty = [...members.values()].every((list) => list.length === 0);
  return isEmpty && [...chains.values()].every(({ name, base }) => base !== undefined && !isCalled(name));
}

/** What cannot be mended in place: the table must be made anew. In words; undefined for none. */
export function misshapen(
  { flags, chains, sets }: ActualTable,
  options: { readonly family: Family; readonly flags: number; readonly base: readonly PlannedChain[] },
): string | undefined {
  if (flags === undefined) return undefined;
  const lasting = ~(TABLE_FLAG.dormant | TABLE_FLAG.owner);
  if ((flags & lasting) !== (options.flags & lasting)) return `table flags ${flags}`;
  for (const set of setsOf(options.family)) {
    const form = sets.get(set.name);
    if (form !== undefined && form !== setForm(set)) return `set ${set.name} of another form`;
  }
  for (const { name, hook } of options.base) {
    const chain = chains.get(name);
    if (chain === undefined) continue;
    const { base, extra } = chain;
    if (base?.hook !== hook?.hook || base?.type !== hook?.type || base?.priority !== hook?.priority || extra !== "")
      return `chain ${name} called by another hook`;
  }
  return undefined;
}

function isGoto({ verdict, extra }: ListedElement, chain: string): boolean {
  return verdict === `goto ${chain}` && extra === "";
}

/** A link's index out of its key. */
function numberOf(key: string): number {
  return key.length < 4 ? 0 : Buffer.from(key, "latin1").readUInt32LE();
}
