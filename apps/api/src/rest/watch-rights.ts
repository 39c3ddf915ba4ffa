import { authorize } from "../auth/authorize.ts";
import { whileRightsLast } from "../auth/while-rights-last.ts";
import type { ObjectRequest } from "./request.ts";
import { refOfRoute } from "./route.ts";
import type { ObjectRoute } from "./route.ts";
import { parseSelection } from "./selectors.ts";
import type { Filter } from "./selectors.ts";
import { tierScope, tiersIn } from "./tier-scope.ts";

/** What a watch may show, and for how long. */
export type WatchRights = Pick<ObjectRequest, "scope" | "ended">;

type Asked = Pick<ObjectRequest, "identity" | "route" | "query" | "store" | "ended">;

/** Authorises a watch, of open tiers alone, and serves it until the credential ends or roles make it another. Throws 401, 403. */
export async function serveRightfully(call: Asked, serve: (rights: WatchRights) => Promise<void>): Promise<void> {
  const { identity, route, query, store } = call;
  const name = pinnedName(route, query);
  const open = async (): Promise<Filter | undefined> => {
    const ref = refOfRoute(route);
    authorize(identity, "watch", name === undefined ? ref : { ...ref, name });
    return tierScope(call, "watch", name);
  };
  const scope = await open();
  // Of the tiers that there are now, those that it shows and those that it should: one may have come while it was open.
  const look = async (): Promise<string> => {
    const now = await open();
    return (await tiersIn(scope, store)) === (await tiersIn(now, store)) ? "as it was opened" : "other";
  };
  const { ended, release } = whileRightsLast(identity, look);
  const either = AbortSignal.any([ended, ...(call.ended === undefined ? [] : [call.ended])]);
  await serve({ scope, ended: either }).finally(release);
}

/** The one name that the selector of a list or watch leaves: whoever may read that one alone may ask so. */
export function pinnedName({ name, definition }: ObjectRoute, query: URLSearchParams): string | undefined {
  return name === undefined && query.has("fieldSelector") ? parseSelection(definition, query).name : undefined;
}
