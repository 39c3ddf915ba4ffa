/** What happened, as somebody sees it who may not see everything: as if what he does not see were not there. */
import { objectAfter } from "@percale/resources";
import type { Activity, StoreEvent } from "@percale/store";
import { narrowed, seesBy } from "../auth/sight.ts";
import type { Sees } from "../auth/sight.ts";
import type { Identity } from "../auth/identity.ts";

/** Undefined: everything. */
export function sightOf(identity: Identity): Sees | undefined {
  const rights = narrowed(identity);
  return rights === undefined ? undefined : seesBy(rights);
}

/** What is seen of events or of the log. */
export function seen<T extends StoreEvent | Activity>(all: readonly T[], sees: Sees | undefined): readonly T[] {
  return sees === undefined ? all : all.flatMap((one) => seenOf(one, sees) ?? []);
}

/** An object that comes into sight is made then, one that goes out of it is deleted with what it was. */
function seenOf<T extends StoreEvent | Activity>(one: T, sees: Sees): T | undefined {
  const isActivity = "op" in one;
  const type = isActivity ? one.op : one.type;
  const { object, previous } = one;
  const now = objectAfter({ type, object });
  const sawBefore = previous !== undefined && sees(previous);
  const shows = (what: typeof type, shown: typeof object, before: typeof previous): T => {
    const { previous: _, ...rest } = one;
    return { ...rest, [isActivity ? "op" : "type"]: what, object: shown, ...(before && { previous: before }) } as T; // the same with less
  };
  if (now === undefined) return (previous === undefined ? sees(object) : sawBefore) ? one : undefined;
  if (sees(now)) return sawBefore || previous === undefined ? one : shows("ADDED", object, undefined);
  return sawBefore ? shows("DELETED", previous, previous) : undefined;
}
