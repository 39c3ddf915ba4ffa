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
    const touched = this.#table.note(event);
    const index = indexOf(event);
    const name = index === undefined ? undefined : this.#table.nameOf(index);
    if (name !== undefined) touched.add(name);
    if (event.t === "settings" && event.ifIndex === undefined) this.#options.onNodeSettings();
    if (event.t === "lost") void this.#rescan();
    if (touched.size > 0) this.#options.onTouched(touched);
  }

  async #rescan(): Promise<void> {
    const { log, onTouched } = this.#options;
    try {
      const touched = await this.#table.rescan();
      if (touched.size > 0) onTouched(touched);
    } catch (error) {
      log.error("interface rescan failed", { error: String(error) });
    }
  }
}

/** The interface that an event is about, where it is about something on an interface that a part keeps. */
function indexOf(event: RtnetlinkEvent): number | undefined {
  if (event.t === "routeRemoved") return event.route.ifIndex;
  if (event.t === "neighbourRemoved") return event.neighbour.ifIndex;
  return event.t === "settings" ? event.ifIndex : undefined;
}
