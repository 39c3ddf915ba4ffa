import { silentLogger } from "@percale/daemon";
import { SyncServer } from "../server.ts";
import type { SyncServerOptions } from "../server.ts";
import type { SyncSource } from "../source.ts";

/** A server that lets everybody in and keeps no status. */
export function syncServerOf(source: SyncSource, more: Partial<SyncServerOptions> = {}): SyncServer {
  return new SyncServer({
    source,
    putStatus: async () => undefined,
    snapshotGate: { enter: () => true, leave: () => undefined },
    log: silentLogger,
    build: "0",
    server: "test",
    onSend: () => undefined,
    ...more,
  });
}
