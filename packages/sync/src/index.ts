/**
 * The server's side of the sync stream (`packages/protocol/src/messages.ts`), over any source of objects:
 *
 *     const server = new SyncServer({ source, putStatus, snapshotGate, log, build, server: "api-1", onSend });
 *     server.serve({ socket, refusalOf: () => undefined });
 *
 * `needs.ts` says who gets what. Of an object that only the past knows nothing is kept: what was sent is worked out from what it was.
 */
export { MAX_MESSAGE_BYTES, textOfFrame } from "./frames.ts";
export { SyncServer } from "./server.ts";
export type { SourceBookmark, SourceEvent, SyncSource } from "./source.ts";
export type { SyncStream } from "./stream.ts";
