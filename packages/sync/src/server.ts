import type { Logger } from "@percale/daemon";
import type { AgentStatus, Hello, RejectCode } from "@percale/protocol";
import type { WebSocket } from "ws";
import { Broadcast } from "./broadcast.ts";
import { Snapshots } from "./snapshots.ts";
import type { SyncSource } from "./source.ts";
import { SyncStream } from "./stream.ts";
import type { Reach } from "./view.ts";

export interface SyncServerOptions {
  readonly source: SyncSource;
  readonly putStatus: (status: AgentStatus) => Promise<void>;
  /** Places for snapshots on their way to nodes: `leave` follows on an `enter` that was granted. */
  readonly snapshotGate: { enter(node: string): boolean; leave(node: string): void };
  readonly log: Logger;
  readonly build: string;
  /** Its name, for clients' logs. */
  readonly server: string;
  /** Of each message, its kind. */
  readonly onSend: (kind: string) => void;
  /** Each time that a node says anything. */
  readonly onHeard?: (node: string) => void;
}

export interface SyncClientOptions {
  readonly socket: WebSocket;
  /** Why this client may not be what it says it is. */
  readonly refusalOf: (hello: Hello) => { readonly code: RejectCode; readonly text: string } | undefined;
  /** Absent: its node's view, whatever it asks for. */
  readonly reach?: Reach;
}

/** Serves sync streams from one source: snapshots are made, and changes are followed, once for all of them. */
export class SyncServer {
  readonly #options: SyncServerOptions;
  readonly #snapshots: Snapshots;
  readonly #broadcast: Broadcast;

  constructor(options: SyncServerOptions) {
    this.#options = options;
    this.#snapshots = new Snapshots(options.source);
    this.#broadcast = new Broadcast(options.source);
  }

  /** The stream lives as long as its socket. */
  serve(client: SyncClientOptions): SyncStream {
    const stream = new SyncStream({
      ...this.#options,
      ...client,
      snapshots: this.#snapshots,
      broadcast: this.#broadcast,
    });
    stream.run();
    return stream;
  }
}
