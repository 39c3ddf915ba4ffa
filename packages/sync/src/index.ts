/**
 * The server's side of the sync stream (`packages/protocol/src/messages.ts`), over any source of objects. `needs.ts` says who gets what.
 * Of an object that only the past knows nothing is kept: what was sent is worked out from what it was.
 *
 *     const snapshotGate = { enter: () => true, leave: () => undefined };
 *     const own = { build: VERSION, server: "api-1", log: silentLogger, putStatus: async () => undefined, onSend: () => undefined };
 *     const server = new SyncServer({ source: new MemorySource(), snapshotGate, ...own });
 *     const socket = new MemorySocket();
 *     server.serve({ socket, refusalOf: () => undefined });
 *     socket.readyState === socket.OPEN; // → true
 */
export { MAX_MESSAGE_BYTES, textOfFrame } from "./frames.ts";
export { SyncServer } from "./server.ts";
export type { SourceBookmark, SourceEvent, SyncSource } from "./source.ts";
export type { SyncStream } from "./stream.ts";
export type { Reach } from "./view.ts";
