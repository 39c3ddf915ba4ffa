import { closeSync, openSync } from "node:fs";
import { isKernelError, KernelError } from "../addon.ts";
import {
  NETLINK_ROUTE,
  NetlinkSocket,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  NLM_F_REQUEST,
} from "../netlink/socket.ts";
import type { Message } from "../netlink/reader.ts";
import { MessageWriter } from "../netlink/writer.ts";
import { netnsPath } from "../netns.ts";
import {
  IFF_UP,
  macBytes,
  parseInterfaceAddress,
  parseLink,
  parseNeighbour,
  parseRoute,
  parseSourceRule,
  RTM,
  writeAddress,
  writeLinkHeader,
  writeNeighbour,
  writeRoute,
  writeSourceRule,
} from "./codec.ts";
import type {
  InterfaceAddress,
  Link,
  LinkChange,
  LinkRef,
  Neighbour,
  Route,
  RouteSpec,
  RtnetlinkEvent,
  SourceRule,
  VethSpec,
} from "./model.ts";
import { watchRtnetlink } from "./watch.ts";

const CREATE = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
const REPLACE = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
const CHANGE = NLM_F_REQUEST | NLM_F_ACK;
const VETH_INFO_PEER = 1;
/** As selectors of what to delete, both mean any. */
const RTPROT_UNSPEC = 0;
const RT_SCOPE_NOWHERE = 255;

/** Links, addresses, routes and neighbours of one network namespace. Every refusal is a KernelError. Close it. */
export class Rtnetlink {
  readonly netns: string | undefined;
  readonly #socket: NetlinkSocket;
  readonly #writer = new MessageWriter(4096);

  constructor(options: { readonly netns?: string | undefined } = {}) {
    this.netns = options.netns;
    this.#socket = new NetlinkSocket({ protocol: NETLINK_ROUTE, netns: options.netns });
  }

  async links(): Promise<Link[]> {
    return this.#dump(RTM.GETLINK, "list links", (w) => writeLinkHeader(w, 0), parseLink);
  }

  /** undefined if there is none of that name or index. */
  async link(ref: LinkRef): Promise<Link | undefined> {
    const seq = this.#begin(RTM.GETLINK, NLM_F_REQUEST);
    writeLinkHeader(this.#writer, typeof ref === "number" ? ref : 0);
    if (typeof ref === "string") this.#writer.string(3, ref);
    this.#writer.end();
    try {
      // Not a dump, but its end looks alike: one message, then the acknowledgement.
      return this.#readOne(seq, `get link ${ref}`);
    } catch (error) {
      if (isKernelError(error, "ENODEV")) return undefined;
      throw error;
    }
  }

  /** Both ends at once; EEXIST if one of the names is taken. */
  async addVeth(spec: VethSpec): Promise<void> {
    this.#withNetns(spec.peerNetns, (peerFd) => {
      const w = this.#writer;
      const flags = spec.up === true ? IFF_UP : 0;
      const seq = this.#begin(RTM.NEWLINK, CREATE);
      writeLinkHeader(w, 0, flags, flags);
      writeLinkAttributes(w, { name: spec.name, mac: spec.mac, mtu: spec.mtu, group: spec.group });
      const info = w.open(18);
      w.string(1, "veth");
      const data = w.open(2);
      const peer = w.open(VETH_INFO_PEER);
      writeLinkHeader(w, 0); // set up below: the kernel cannot while its other end does not exist
      writeLinkAttributes(w, { name: spec.peerName, mac: spec.peerMac, mtu: spec.mtu });
      if (peerFd !== undefined) w.u32(28, peerFd);
      w.close(peer);
      w.close(data);
      w.close(info);
      this.#commit(seq, `add veth ${spec.name}`);
    });
    if (spec.up !== true) return;
    const peerSide = spec.peerNetns === undefined ? this : new Rtnetlink({ netns: spec.peerNetns });
    try {
      await peerSide.setLink(spec.peerName, { up: true });
    } finally {
      if (peerSide !== this) peerSide.close();
    }
  }

  /** A link of a kind that needs no settings: `bridge`, `dummy`, `ifb`. */
  async addLink(spec: {
    readonly name: string;
    readonly kind: string;
    readonly mtu?: number;
    readonly mac?: string;
    readonly group?: number;
    readonly up?: boolean;
  }): Promise<void> {
    const seq = this.#begin(RTM.NEWLINK, CREATE);
    const flags = spec.up === true ? IFF_UP : 0;
    writeLinkHeader(this.#writer, 0, flags, flags);
    writeLinkAttributes(this.#writer, spec);
    const info = this.#writer.open(18);
    this.#writer.string(1, spec.kind);
    this.#writer.close(info);
    this.#commit(seq, `add ${spec.kind} ${spec.name}`);
  }

  async setLink(ref: LinkRef, change: LinkChange): Promise<void> {
    const index = await this.#index(ref);
    const master = typeof change.master === "string" ? await this.#index(change.master) : (change.master ?? 0);
    this.#withNetns(change.netns, (netnsFd) => {
      const seq = this.#begin(RTM.NEWLINK, CHANGE);
      writeLinkHeader(this.#writer, index, change.up === true ? IFF_UP : 0, change.up === undefined ? 0 : IFF_UP);
      writeLinkAttributes(this.#writer, change);
      if (change.master !== undefined) this.#writer.u32(10, master);
      if (netnsFd !== undefined) this.#writer.u32(28, netnsFd);
      this.#commit(seq, `change link ${ref}`);
    });
  }

  /** ENODEV if there is none. */
  async deleteLink(ref: LinkRef): Promise<void> {
    const seq = this.#begin(RTM.DELLINK, CHANGE);
    writeLinkHeader(this.#writer, typeof ref === "number" ? ref : 0);
    if (typeof ref === "string") this.#writer.string(3, ref);
    this.#commit(seq, `delete link ${ref}`);
  }

  /** All links of a group (not 0, the default one) in one go: far cheaper than one by one. */
  async deleteLinks(group: number): Promise<void> {
    const seq = this.#begin(RTM.DELLINK, CHANGE);
    writeLinkHeader(this.#writer, 0);
    this.#writer.u32(27, group);
    this.#commit(seq, `delete links of group ${group}`);
  }

  async addresses(): Promise<InterfaceAddress[]> {
    return this.#dump(RTM.GETADDR, "list addresses", (w) => (w.word(0), w.word(0)), parseInterfaceAddress);
  }

  /** Present already is fine. */
  async addAddress(ref: LinkRef, cidr: string, options: { readonly scope?: number } = {}): Promise<void> {
    const index = await this.#index(ref);
    const seq = this.#begin(RTM.NEWADDR, REPLACE);
    writeAddress(this.#writer, index, cidr, options.scope);
    this.#commit(seq, `add address ${cidr} to ${ref}`);
  }

  /** EADDRNOTAVAIL if it is not there. */
  async deleteAddress(ref: LinkRef, cidr: string): Promise<void> {
    const index = await this.#index(ref);
    const seq = this.#begin(RTM.DELADDR, CHANGE);
    writeAddress(this.#writer, index, cidr);
    this.#commit(seq, `delete address ${cidr} from ${ref}`);
  }

  /** Of every table and both families unless narrowed. */
  async routes(options: { readonly table?: number; readonly family?: 4 | 6 } = {}): Promise<Route[]> {
    const families = options.family === undefined ? [2, 10] : [options.family === 4 ? 2 : 10];
    const lists = families.map((family) =>
      this.#dump(RTM.GETROUTE, "list routes", (w) => (w.word(family), w.word(0), w.word(0)), parseRoute),
    );
    const all = lists.flat();
    return options.table === undefined ? all : all.filter((route) => route.table === options.table);
  }

  /** EEXIST if there is one with the same destination, table and metric. */
  async addRoute(route: RouteSpec): Promise<void> {
    const seq = this.#begin(RTM.NEWROUTE, CREATE);
    writeRoute(this.#writer, route);
    this.#commit(seq, `add route ${route.dst}`);
  }

  /** Adds, or takes the place of the route with the same destination, table and metric. */
  async replaceRoute(route: RouteSpec): Promise<void> {
    const seq = this.#begin(RTM.NEWROUTE, REPLACE);
    writeRoute(this.#writer, route);
    this.#commit(seq, `replace route ${route.dst}`);
  }

  /** Protocol and scope narrow the choice only if given. ESRCH if there is none. */
  async deleteRoute(route: RouteSpec): Promise<void> {
    const seq = this.#begin(RTM.DELROUTE, CHANGE);
    writeRoute(this.#writer, { protocol: RTPROT_UNSPEC, scope: RT_SCOPE_NOWHERE, ...route });
    this.#commit(seq, `delete route ${route.dst}`);
  }

  async neighbours(): Promise<Neighbour[]> {
    return this.#dump(RTM.GETNEIGH, "list neighbours", (w) => (w.word(0), w.word(0), w.word(0)), parseNeighbour);
  }

  async replaceNeighbour(neighbour: Neighbour): Promise<void> {
    const seq = this.#begin(RTM.NEWNEIGH, REPLACE);
    writeNeighbour(this.#writer, neighbour);
    this.#commit(seq, `replace neighbour ${neighbour.address}`);
  }

  /** ENOENT if there is none. */
  async deleteNeighbour(neighbour: Neighbour): Promise<void> {
    const seq = this.#begin(RTM.DELNEIGH, CHANGE);
    writeNeighbour(this.#writer, neighbour);
    this.#commit(seq, `delete neighbour ${neighbour.address}`);
  }

  /** Of both families; other forms of rules are left out. */
  async sourceRules(): Promise<SourceRule[]> {
    return [2, 10].flatMap((family) =>
      this.#dump(RTM.GETRULE, "list rules", (w) => (w.word(family), w.word(0), w.word(0)), parseSourceRule),
    );
  }

  /** EEXIST if it is there already. */
  async addSourceRule(rule: SourceRule): Promise<void> {
    const seq = this.#begin(RTM.NEWRULE, CREATE);
    writeSourceRule(this.#writer, rule);
    this.#commit(seq, `add rule from ${rule.source}`);
  }

  /** ENOENT if there is none. */
  async deleteSourceRule(rule: SourceRule): Promise<void> {
    const seq = this.#begin(RTM.DELRULE, CHANGE);
    writeSourceRule(this.#writer, rule);
    this.#commit(seq, `delete rule from ${rule.source}`);
  }

  /** Links, addresses and routes as they change, until the returned function is called. List once after starting it. */
  monitor(onEvent: (event: RtnetlinkEvent) => void): () => void {
    return watchRtnetlink({ netns: this.netns, onEvent });
  }

  close(): void {
    this.#socket.close();
  }

  async #index(ref: LinkRef): Promise<number> {
    if (typeof ref === "number") return ref;
    const link = await this.link(ref);
    if (link === undefined) throw new KernelError(`find link ${ref}`, 19);
    return link.index;
  }

  #begin(type: number, flags: number): number {
    const seq = this.#socket.nextSeq();
    this.#writer.clear();
    this.#writer.begin(type, flags, seq);
    return seq;
  }

  #commit(seq: number, call: string): void {
    this.#writer.end();
    this.#socket.request(this.#writer, seq, call);
  }

  #dump<T>(
    type: number,
    call: string,
    header: (w: MessageWriter) => unknown,
    parse: (m: Message) => T | undefined,
  ): T[] {
    return this.#socket.dump(
      (seq) => {
        this.#writer.clear();
        this.#writer.begin(type, NLM_F_REQUEST | NLM_F_DUMP, seq);
        header(this.#writer);
        this.#writer.end();
        return this.#writer;
      },
      call,
      parse,
    );
  }

  #readOne(seq: number, call: string): Link | undefined {
    let link: Link | undefined;
    this.#socket.send(this.#writer, call);
    for (const message of this.#socket.pending(call)) {
      if (message.seq !== seq) continue;
      if (message.type === 2) throw new KernelError(call, -message.buffer.readInt32LE(message.start));
      link = parseLink(message);
    }
    return link;
  }

  #withNetns(nameOrPath: string | undefined, run: (fd: number | undefined) => void): void {
    if (nameOrPath === undefined) return run(undefined);
    const fd = openSync(netnsPath(nameOrPath), "r");
    try {
      run(fd);
    } finally {
      closeSync(fd);
    }
  }
}

export function openRtnetlink(options: { readonly netns?: string } = {}): Rtnetlink {
  return new Rtnetlink(options);
}

function writeLinkAttributes(
  w: MessageWriter,
  values: {
    readonly name?: string | undefined;
    readonly mac?: string | undefined;
    readonly mtu?: number | undefined;
    readonly group?: number | undefined;
    readonly alias?: string | undefined;
  },
): void {
  if (values.name !== undefined) w.string(3, values.name);
  if (values.mac !== undefined) w.raw(1, macBytes(values.mac));
  if (values.mtu !== undefined) w.u32(4, values.mtu);
  if (values.group !== undefined) w.u32(27, values.group);
  if (values.alias !== undefined) w.string(20, values.alias);
}
