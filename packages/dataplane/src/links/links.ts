import type { Link, Rtnetlink, RtnetlinkEvent } from "@percale/kernel";
import type { NodeState } from "@percale/policy";
import type { DataplaneLog } from "../face.ts";
import { InterfaceTable } from "./interfaces.ts";
import type { DispatchedLinks, WorkloadLinks } from "./known.ts";

const RESCAN_MS = 90_000;

export interface LinksOptions {
  readonly rtnetlink: Rtnetlink;
  readonly log: DataplaneLog;
  /** Something of these interfaces changed. */
  readonly onTouched: (interfaceNames: ReadonlySet<string>) => void;
  /** A sysctl of the node changed. */
  readonly onNodeSettings: () => void;
}

/** What the kernel tells of interfaces, for all parts: which there are, whose they are, that somebody changed one. Close it. */
export class Links {
  readonly #options: LinksOptions;
  readonly #table: InterfaceTable;
  #stopMonitor: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LinksOptions) {
    this.#options = options;
    this.#table = new InterfaceTable(options.rtnetlink);
  }

  async start(): Promise<void> {
    this.#stopMonitor = this.#options.rtnetlink.monitor((event) => this.#hear(event));
    await this.#table.rescan();
    this.#timer = setInterval(() => void this.#rescan(), RESCAN_MS).unref();
  }

  /** Takes over what an earlier run left in the kernel. */
  adopt(dispatched: DispatchedLinks): void {
    this.#table.claims.adopt(dispatched);
  }

  /** Which links are whose now, with the endpoints that there are. */
  settle({ endpoints, config }: NodeState): WorkloadLinks {
    const wanted = new Set(Array.from(endpoints.values(), ({ match }) => match.name));
    return this.#table.claims.settle(wanted, config.interfacePrefixes);
  }

  /** The link of the endpoint that names its interface so. */
  of(interfaceName: string): Link | undefined {
    return this.#table.linkOf(interfaceName);
  }

  /** Workloads' links that are called otherwise than their endpoint says, or have none and go by another name. */
  get renamed(): readonly { readonly link: Link; readonly owner: string | undefined }[] {
    return this.#table.renamed;
  }

  close(): void {
    this.#stopMonitor?.();
    clearInterval(this.#timer);
  }

  #hear(event: RtnetlinkEvent): void {
    switch (event.t) {
      case "link":
        return this.#touch(this.#table.put(event.link));
      case "linkRemoved":
        return this.#touch(this.#table.remove(event.link));
      case "routeRemoved":
        return this.#touchIndex(event.route.ifIndex);
      case "neighbourRemoved":
        return this.#touchIndex(event.neighbour.ifIndex);
      case "settings":
        return event.ifIndex === undefined ? this.#options.onNodeSettings() : this.#touchIndex(event.ifIndex);
      case "lost":
        return void this.#rescan();
      case "address":
      case "addressRemoved":
      case "route":
      case "neighbour":
        return; // nothing that a part keeps was taken away
    }
  }

  async #rescan(): Promise<void> {
    try {
      this.#touch(await this.#table.rescan());
    } catch (error) {
      this.#options.log.error("interface rescan failed", { error: String(error) });
    }
  }

  #touchIndex(index: number | undefined): void {
    const name = index === undefined ? undefined : this.#table.nameOf(index);
    if (name !== undefined) this.#touch(new Set([name]));
  }

  #touch(names: ReadonlySet<string>): void {
    if (names.size > 0) this.#options.onTouched(names);
  }
}
