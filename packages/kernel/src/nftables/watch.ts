import { isKernelError } from "../addon.ts";
import { attributes, text } from "../netlink/reader.ts";
import { NETLINK_NETFILTER, NetlinkSocket } from "../netlink/socket.ts";
import { familyCode, MSG } from "./batch.ts";

const NFNLGRP_NFTABLES = 7;
/** A table of our name in any other is somebody else's. */
const FAMILIES: ReadonlySet<number> = new Set([familyCode(4), familyCode(6)]);

/** A change of the watched table by another process, or `lost`: the kernel dropped notifications. */
export type NftEvent = { readonly t: "foreign"; readonly process: string } | { readonly t: "lost" };

/**
 * Tells of changes to a table that did not come from the socket `ownPort`. The kernel writes a notification per object for
 * whoever listens, our own batches included: `pause` around a large one spares that, at the price of missing others' changes
 * meanwhile; the generation number shows whether there were any.
 */
export class NftWatch {
  readonly #socket: NetlinkSocket;
  readonly #options: WatchOptions;
  #paused = false;
  #touched = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#socket = new NetlinkSocket({
      protocol: NETLINK_NETFILTER,
      netns: options.netns,
      receiveBytes: 4 * 1024 * 1024,
    });
    this.#socket.join(NFNLGRP_NFTABLES);
    this.#socket.onReadable(() => this.#read());
  }

  /** Whether the table was, or may have been, changed by others since the last call; reads what waits first. */
  take(): boolean {
    this.#read();
    const touched = this.#touched;
    this.#touched = false;
    return touched;
  }

  pause(): void {
    if (!this.#paused) this.#socket.leave(NFNLGRP_NFTABLES);
    this.#paused = true;
  }

  resume(): void {
    if (this.#paused) this.#socket.join(NFNLGRP_NFTABLES);
    this.#paused = false;
  }

  close(): void {
    this.#socket.close();
  }

  #read(): void {
    const { table, ownPort, onEvent } = this.#options;
    let touched = false;
    let by = "";
    try {
      for (const { type, port, buffer, start, end } of this.#socket.pending("watch nftables")) {
        if (port === ownPort) continue;
        const a = attributes(buffer, start + 4, end);
        const name = a.get(type === MSG.newGen ? 3 : 1);
        if (name === undefined) continue;
        if (type === MSG.newGen) by = text(buffer, name);
        else if (FAMILIES.has(buffer[start]!) && text(buffer, name) === table) touched = true;
      }
    } catch (error) {
      if (!isKernelError(error, "ENOBUFS")) throw error;
      this.#touched = true;
      onEvent({ t: "lost" });
    }
    if (!touched) return;
    this.#touched = true;
    onEvent({ t: "foreign", process: by });
  }
}

interface WatchOptions {
  readonly table: string;
  readonly netns?: string | undefined;
  readonly ownPort: number;
  readonly onEvent: (event: NftEvent) => void;
}
