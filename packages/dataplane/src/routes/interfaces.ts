import type { Link, Rtnetlink, RtnetlinkEvent } from "@percale/kernel";

/** Links of the namespace as they are now, kept from notifications; whole again after a loss. */
export class InterfaceTable {
  readonly #rtnetlink: Rtnetlink;
  readonly #byIndex = new Map<number, Link>();

  constructor(rtnetlink: Rtnetlink) {
    this.#rtnetlink = rtnetlink;
  }

  /** undefined also while two indexes carry the name for a moment. */
  get(name: string): Link | undefined {
    let found: Link | undefined;
    for (const link of this.#byIndex.values()) {
      if (link.name !== name) continue;
      if (found !== undefined) return undefined;
      found = link;
    }
    return found;
  }

  nameOf(index: number): string | undefined {
    return this.#byIndex.get(index)?.name;
  }

  /** Names whose link came, went or changed in a way that matters. */
  async rescan(): Promise<Set<string>> {
    const links = await this.#rtnetlink.links();
    const touched = new Set<string>();
    const seen = new Set(links.map((link) => link.index));
    for (const link of links) this.#put(link, touched);
    for (const [index, link] of this.#byIndex) if (!seen.has(index)) this.#delete(link, touched);
    return touched;
  }

  /** A rename is one name gone and one come. */
  note(event: RtnetlinkEvent): Set<string> {
    const touched = new Set<string>();
    if (event.t === "link") this.#put(event.link, touched);
    if (event.t === "linkRemoved") this.#delete(event.link, touched);
    return touched;
  }

  #put(link: Link, touched: Set<string>): void {
    const old = this.#byIndex.get(link.index);
    this.#byIndex.set(link.index, link);
    if (old !== undefined && old.name !== link.name) touched.add(old.name);
    if (old === undefined || old.name !== link.name || old.running !== link.running || old.up !== link.up)
      touched.add(link.name);
  }

  #delete(link: Link, touched: Set<string>): void {
    const old = this.#byIndex.get(link.index);
    this.#byIndex.delete(link.index);
    touched.add(old?.name ?? link.name);
  }
}
