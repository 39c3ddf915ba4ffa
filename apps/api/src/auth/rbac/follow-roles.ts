import { untilDone } from "@percale/daemon";
import type { Logger, Progress } from "@percale/daemon";
import { objectAfter, refOf } from "@percale/resources";
import type { Datastore } from "@percale/store";
import type { RbacAuthorizer } from "./rbac-authorizer.ts";
import { RBAC_KINDS } from "./role-book.ts";

interface Options {
  readonly store: Datastore;
  readonly authorizer: RbacAuthorizer;
  readonly log: Logger;
}

/** Tells the authorizer of every role and binding until `signal` aborts. While the store is away it goes by what it knew. */
export async function followRoles({ store, authorizer, log }: Options, signal: AbortSignal): Promise<void> {
  const follow = async (stop: AbortSignal, progress: Progress): Promise<void> => {
    const { objects, revision } = await store.snapshot(RBAC_KINDS);
    authorizer.reset(objects);
    progress();
    for await (const event of store.watch({ kinds: RBAC_KINDS, since: revision, signal: stop })) {
      const object = objectAfter(event);
      if (object === undefined) authorizer.remove(refOf(event.object));
      else authorizer.put(object);
    }
  };
  await untilDone({ attempt: follow, onError: (error) => log.warn("roles not followed", { error }), signal });
}
