import type { Datastore } from "@percale/store";
import type { SyncSource } from "@percale/sync";

/** The store as what streams are made of. */
export function storeSource(store: Datastore): SyncSource {
  return {
    epoch: store.epoch,
    isConnected: () => store.isConnected(),
    head: () => store.head(),
    snapshot: () => store.snapshot(),
    follow: (options) => store.watch({ ...options, bookmarks: true }),
  };
}
