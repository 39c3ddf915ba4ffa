/** What the log of the database says happened: read behind the servers' backs. */
export interface Fact {
  readonly revision: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly name: string;
  /** After it; of a deletion the last one. */
  readonly value: string;
  readonly colour: string;
  /** Of the change set: what was all or nothing. */
  readonly setEnd: number;
}

/** What a list or a watch shows of an object. */
export interface Seen {
  readonly value: string;
  readonly colour: string;
  readonly version: number;
}

/** Which objects it is about: one colour, or all. */
export type Selection = string | undefined;

const isSelected = ({ colour }: { readonly colour: string }, selection: Selection): boolean =>
  selection === undefined || selection === colour;

/** The objects by name as they were at a revision. */
export function stateAt(facts: readonly Fact[], revision: number, selection?: Selection): ReadonlyMap<string, Seen> {
  const state = new Map<string, Seen>();
  for (const fact of facts) {
    if (fact.revision > revision) break;
    if (fact.type === "DELETED" || !isSelected(fact, selection)) state.delete(fact.name);
    else state.set(fact.name, { value: fact.value, colour: fact.colour, version: fact.revision });
  }
  return state;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly revision: number;
  readonly name: string;
  readonly value: string;
}

/** What a watch of the selection has to say of the facts after `since` up to `until`: what stops matching is deleted with its previous content. */
export function eventsBetween(
  facts: readonly Fact[],
  { since, until, selection }: { since: number; until: number; selection: Selection },
): readonly WatchEvent[] {
  const events: WatchEvent[] = [];
  const before = new Map<string, Fact>();
  for (const fact of facts) {
    const { revision, name, type } = fact;
    if (revision > until) break;
    const former = before.get(name);
    if (type === "DELETED") before.delete(name);
    else before.set(name, fact);
    if (revision <= since) continue;
    const did = former !== undefined && isSelected(former, selection);
    const does = type !== "DELETED" && isSelected(fact, selection);
    if (does) events.push({ type: did ? "MODIFIED" : "ADDED", revision, name, value: fact.value });
    else if (did) events.push({ type: "DELETED", revision, name, value: former.value });
  }
  return events;
}
