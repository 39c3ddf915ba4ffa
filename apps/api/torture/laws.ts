/** What has to hold of all that clients saw. Each returns sentences about what does not. */
import { isDeepStrictEqual } from "node:util";
import { linearize } from "./linearizable.ts";
import type { Operation } from "./register.ts";
import { eventsBetween, stateAt } from "./truth.ts";
import type { Fact, Seen, Selection, WatchEvent } from "./truth.ts";

/** One stretch of a watch: from a revision, over lost connections and other servers, to where it was given up. */
export interface Watched {
  readonly watcher: string;
  readonly selection: Selection;
  readonly since: number;
  readonly events: readonly WatchEvent[];
}

/** A list that a server said is of this revision. */
export interface Listed {
  readonly how: string;
  readonly selection: Selection;
  readonly revision: number;
  readonly objects: ReadonlyMap<string, Seen>;
}

/** The log knows each acknowledged write as it was acknowledged. */
export function writesAreKept(
  facts: readonly Fact[],
  operations: ReadonlyMap<string, readonly Operation[]>,
): readonly string[] {
  const faults: string[] = [];
  const byRevision = new Map(facts.map((fact) => [fact.revision, fact]));
  for (const [name, history] of operations)
    for (const { asked, told } of history) {
      if (told.outcome !== "written" || !("value" in asked)) continue;
      const fact = byRevision.get(told.version);
      if (fact?.name !== name || fact.value !== asked.value)
        faults.push(
          `${name}: the acknowledged write of ${asked.value} at ${told.version} is ${describe(fact)} in the log`,
        );
    }
  return faults;
}

/** Each object by itself behaves as if there were one copy of it, and one client at a time. */
export function objectsAreLinear(operations: ReadonlyMap<string, readonly Operation[]>): readonly string[] {
  return [...operations].flatMap(([name, history]) => {
    const verdict = linearize(history);
    if (verdict.isLinearizable) return [];
    const stuck = verdict.stuck.map((one) => JSON.stringify(one)).join("\n    ");
    return [
      `${name}: no order explains more than ${verdict.explained} of ${history.length} operations; then\n    ${stuck}`,
    ];
  });
}

/** Two writes of one change set are both there, one after the other, or neither. */
export function setsAreWhole(facts: readonly Fact[], pairs: ReadonlySet<string>): readonly string[] {
  const faults: string[] = [];
  for (const value of pairs) {
    const found = facts.filter((fact) => fact.value === value && fact.type !== "DELETED");
    if (found.length === 0) continue;
    const [first, second] = found;
    if (found.length !== 2 || second!.revision !== first!.revision + 1 || first!.setEnd !== second!.setEnd)
      faults.push(`the change set of ${value} is in the log as ${found.map(describe).join(" and ")}`);
  }
  return faults;
}

/** In order, once each, complete; and a bookmark is true: nothing up to it comes later. */
export function watchesAreTrue(facts: readonly Fact[], watched: readonly Watched[]): readonly string[] {
  return watched.flatMap(({ watcher, selection, since, events }) => {
    let last = since;
    for (const { type, revision, name } of events) {
      if (revision < last || (revision === last && type !== "BOOKMARK"))
        return [`${watcher}: ${type} ${name} at ${revision} came after it had been told of ${last}`];
      last = revision;
    }
    const expected = eventsBetween(facts, { since, until: last, selection });
    const seen = events.filter(({ type }) => type !== "BOOKMARK");
    const at = expected.findIndex((event, i) => !isDeepStrictEqual(event, seen[i]));
    if (at < 0 && seen.length === expected.length) return [];
    const where = at < 0 ? expected.length : at;
    return [
      `${watcher} (from ${since}, ${selection ?? "all"}): event ${where} is ${JSON.stringify(seen[where])}, not ${JSON.stringify(expected[where])}`,
    ];
  });
}

/** A list at a revision is what the log says up to there. */
export function listsAreTrue(facts: readonly Fact[], lists: readonly Listed[]): readonly string[] {
  return lists.flatMap(({ how, selection, revision, objects }) => {
    const expected = stateAt(facts, revision, selection);
    for (const name of new Set([...expected.keys(), ...objects.keys()]))
      if (!isDeepStrictEqual(expected.get(name), objects.get(name)))
        return [
          `${how} at ${revision} (${selection ?? "all"}): ${name} is ${JSON.stringify(objects.get(name))}, not ${JSON.stringify(expected.get(name))}`,
        ];
    return [];
  });
}

/** The log says which of the writes that nobody answered happened; only of deletions it can't. */
export function settle(
  operations: readonly Operation[],
  revisionOf: ReadonlyMap<string, number>,
): readonly Operation[] {
  return operations.flatMap((one): readonly Operation[] => {
    const { asked, told } = one;
    if (told.outcome !== "maybe" || asked.verb === "delete") return [one];
    const version = "value" in asked ? revisionOf.get(asked.value) : undefined;
    return version === undefined ? [] : [{ ...one, told: { outcome: "written", version } }];
  });
}

function describe(fact: Fact | undefined): string {
  return fact === undefined ? "nothing" : `${fact.type} ${fact.name} ${fact.value} at ${fact.revision}`;
}
