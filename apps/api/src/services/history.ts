import { badRequest, encodeObject, formatRef, isLongerThan, kindsReadBy, objectAfter } from "@percale/resources";
import type { Activity, Datastore } from "@percale/store";
import { listFilter, textFilter } from "../lists/window.ts";
import type { EffectStep } from "../policy/effects.ts";
import type { Judge } from "../policy/judge.ts";
import type { Change } from "../policy/world.ts";
import type { ChangeSetEffect, ChangeSetView } from "../trpc/views.ts";
import { changeSetAt, changeSets } from "./change-log.ts";
import { seen, sightOf } from "./seen.ts";
import type { Services } from "./services.ts";

/** Entries that a set is told with; the rest is a number. */
const ENTRIES = 20;
/** Changes that one page looks through: of a filter that finds little it holds less than was asked for. */
const LOOK_THROUGH = 5_000;
/** Sets, and objects of them, on the way back to the oldest that is asked about; an effect beyond is not told. */
const MAX_STEPS = 500;
const MAX_OBJECTS = 2_000;
/** Changes of any kind on that way. */
const LOOK_BACK = 20_000;
const KEPT = 2_000;
/** Of a set that is told whole: as many as are written in one turn. */
const SET_CHARACTERS = 4 * 1024 * 1024;

const EVALUATED: ReadonlySet<string> = new Set(kindsReadBy("evaluator"));

interface Sources {
  readonly store: Datastore;
  readonly judge: Judge;
  readonly lab: Pick<Services["lab"], "matrix">;
}

type HistoryServices = Pick<Services["changes"], "sets" | "set" | "effects">;

export function historyServices({ store, judge, lab }: Sources): HistoryServices {
  /** A set never changes, nor what it did. */
  const known = new Map<string, ChangeSetEffect>();
  return {
    sets: async ({ limit, before, q, author, kind, system }, identity) => {
      const sees = sightOf(identity);
      const [isAuthor, isKind, hasText] = [listFilter(author), listFilter(kind), textFilter(q)];
      const sets: ChangeSetView[] = [];
      let looked = 0;
      for await (const whole of changeSets(store, { before, changes: 2 * limit })) {
        const set = seen(whole, sees);
        const { author: by } = whole[0]!; // sets are never empty
        const isShown = set.length > 0 && (system || !by.startsWith("system:node:")) && isAuthor(by);
        if (isShown && set.some(({ ref }) => isKind(ref.kind)) && hasText(searchedOf(set))) sets.push(viewOf(set));
        looked += whole.length;
        if (sets.length < limit && looked < LOOK_THROUGH) continue;
        const next = whole.at(-1)!.revision;
        return { sets, ...(next > ((await store.oldest()) ?? next) && { next }) };
      }
      return { sets };
    },
    set: async (revision, identity) => {
      const set = seen(await changeSetAt(store, revision), sightOf(identity));
      if (isLongerThan(set, SET_CHARACTERS))
        throw badRequest(`what its ${set.length} changes wrote is longer than an answer may be`);
      return set;
    },
    effects: async (revisions) => {
      const report = await lab.matrix();
      const nameOf = (revision: number): string => `${revision} ${report.probes.length}`; // with more pairs it is another answer
      const missing = new Set(revisions.filter((revision) => !known.has(nameOf(revision))));
      if (missing.size > 0) {
        const steps = await stepsTo(store, missing);
        const { effects } = await judge.ask("effects", () => ({ lab: report, steps }));
        for (const effect of effects) known.set(nameOf(effect.revision), effect);
      }
      const told = revisions.flatMap((revision) => known.get(nameOf(revision)) ?? []);
      for (const name of known.keys()) {
        if (known.size <= KEPT) break;
        known.delete(name);
      }
      return told;
    },
  };
}

function viewOf(newestFirst: readonly Activity[]): ChangeSetView {
  const { setEnd, at, author, reason, requestId } = newestFirst[0]!; // sets are never empty
  const entries = newestFirst.toReversed().slice(0, ENTRIES);
  return {
    revision: setEnd,
    at,
    author,
    reason,
    requestId,
    entries: entries.map(({ revision, op, ref }) => ({ revision, op, ref })),
    objects: newestFirst.length,
  };
}

function searchedOf(set: readonly Activity[]): string {
  const { author, reason, requestId } = set[0]!;
  const names = set.map(({ ref: { kind, namespace = "", name } }) => `${kind} ${namespace}/${name}`);
  return `${author} ${reason} ${requestId} ${names.join(" ")}`.toLowerCase();
}

/** From the newest set back to the oldest of these. */
async function stepsTo(store: Datastore, asked: ReadonlySet<number>): Promise<readonly EffectStep[]> {
  const steps: EffectStep[] = [];
  const last = Math.min(...asked);
  let objects = 0;
  let looked = 0;
  for await (const set of changeSets(store, { changes: 2 * asked.size })) {
    const { setEnd: revision } = set[0]!;
    looked += set.length;
    if (revision < last || looked > LOOK_BACK) break;
    const judged = [
      ...Map.groupBy(
        set.filter(({ ref }) => EVALUATED.has(ref.kind)),
        ({ ref }) => formatRef(ref),
      ).values(),
    ];
    objects += judged.length;
    if (steps.length === MAX_STEPS || objects > MAX_OBJECTS) break;
    const isAsked = asked.has(revision);
    if (judged.length > 0 || isAsked)
      steps.push({ revision, isAsked, before: judged.map(beforeOf), after: judged.map(afterOf) });
  }
  return steps;
}

/** Of what happened to one object in a set, the newest first: there is something. */
function beforeOf(changes: readonly Activity[]): Change {
  const { ref, previous } = changes.at(-1)!;
  return previous === undefined ? ref : encodeObject(previous);
}

function afterOf(changes: readonly Activity[]): Change {
  const activity = changes[0]!;
  const left = objectAfter({ type: activity.op, object: activity.object });
  return left === undefined ? activity.ref : encodeObject(left);
}
