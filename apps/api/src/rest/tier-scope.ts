import { Tier } from "@percale/resources";
import type { Datastore } from "@percale/store";
import type { Verb } from "../auth/authorize.ts";
import { tierFilter, tiersNamed } from "../auth/tier-rights.ts";
import { isTiered } from "../auth/tiers.ts";
import type { ObjectRequest } from "./request.ts";
import type { Filter, Selection } from "./selectors.ts";

/** Which of many policies a request may be about: those in tiers open to who asks. Undefined: all, and objects that stand in no tier. Throws 403. */
export async function tierScope(
  {
    identity,
    route: { definition, namespace },
    query,
    store,
  }: Pick<ObjectRequest, "identity" | "route" | "query" | "store">,
  verb: Verb,
  name?: string,
): Promise<Filter | undefined> {
  if (!isTiered(definition) || (verb !== "list" && verb !== "watch" && verb !== "deletecollection")) return undefined;
  return tierFilter(identity, {
    verb,
    definition,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    named: tiersNamed(query),
    tiers: () => tiersOf(store),
  });
}

/** The tiers that there are of a scope, in a text. */
export async function tiersIn(scope: Filter | undefined, store: Datastore): Promise<string> {
  if (scope === undefined) return "all";
  const tiers = await tiersOf(store);
  return tiers.filter((tier) => scope({ apiVersion: "", kind: "", metadata: { name: "" }, spec: { tier } })).join();
}

/** As far as they are at hand: one that was made just now has no policies. */
async function tiersOf(store: Datastore): Promise<string[]> {
  return (await store.list({ kind: Tier.kind, revision: 0 })).items.map(({ metadata }) => metadata.name);
}

/** The selection, of what is in scope alone: it filters, so that no number tells what it leaves out. */
export function within(selection: Selection, scope: Filter | undefined): Selection {
  if (scope === undefined) return selection;
  const { matches } = selection;
  return { ...selection, filters: true, matches: (object) => scope(object) && matches(object) };
}
