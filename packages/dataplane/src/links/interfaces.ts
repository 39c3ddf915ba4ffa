import { Claims } from "./claims.ts";
import type { Link, Rtnetlink } from "@percale/kernel";

/** Links of the namespace as they are now, kept from notifications; whole again after a loss. */
export class InterfaceTable {
  readonly #rtnetlink: Rtnetlink;
  readonly #byIndex = new Map<number, Link>();
  readonly #indexesByName = new Map<string, readonly number[]>();
  readonly claims = new Claims();

  constructor(rtnetlink: Rtnetlink) {
    this.#rtnetlink = rtnetlink;
  }

  /** undefined also while two indexes carry the name for a moment. */
  get(name: string): Link | undefined {
    const [index, ...others] = this.#indexesByName.get(name) ?? [];
    return index === undefined || others.length > 0 ? undefined : this.#byIndex.get(index);
  }

  /** The link of the endpoint that names its interface so: the one of that name, else one that lost it. */
  linkOf(interfaceName: string): Link | undefined {
    const links = this.claims.links.byInterface.get(interfaceName) ?? [];
    const named = this.get(interfaceName);
    return named !== undefined && links.includes(named.index) ? named : this.#byIndex.get(links[0] ?? -1);
  }

  /** What a link's endpoint calls it, else its own name. */
  nameOf(index: number): string | undefined {
    return this.claims.ownerOf(index) ?? this.#byIndex.get(index)?.name;
  }

  /** Workloads' links that are called otherwise than their endpoint says, or have none and go by another name. */
  get renamed(): readonly { readonly link: Link; readonly owner: string | undefined }[] {
    return Array.from(this.claims.links.workloads).flatMap((index) => {
      const [link, owner] = [this.#byIndex.get(index), this.claims.ownerOf(index)];
      return link === undefined || link.name === owner ? [] : [{ link, owner }];
    });
  }

  /** Names whose link came, went or changed in a way that matters. */
  async rescan(): Promise<Set<string>> {
    const links = await this.#rtnetlink.links();
    const touched = new Set<string>();
    const seen = new Set(links.map((link) => link.index));
    for (const link of links) this.put(link, touched);
    for (const [index, link] of this.#byIndex) if (!seen.has(index)) this.remove(link, touched);
    return touched;
  }

  /** Adds to `touched` the names that it touches: a rename is one gone and one come. */
  put(link: Link, touched = new Set<string>()): Set<string> {
    const old = this.#byIndex.get(link.index);
    this.#byIndex.set(link.index, link);
    if (old?.name !== link.name) {
      if (old !== undefined) this.#unname(old);
      this.#indexesByName.set(link.name, [...(this.#indexesByName.get(link.name) ?? []), link.index]);
    }
    this.claims.hear(link);
    if (old !== undefined && old.name !== link.name) touched.add(old.name);
    if (old !== undefined && old.name === link.name && old.running === link.running && old.up === link.up)
      return touched;
    touched.add(link.name);
    return touched.add(this.nameOf(link.index)!);
  }

  remove(link: Link, touched = new Set<string>()): Set<string> {
    touched.add(this.nameOf(link.index) ?? link.name);
    const known = this.#byIndex.get(link.index);
    if (known !== undefined) this.#unname(known);
    this.#byIndex.delete(link.index);
    this.claims.forget(link.index);
    return touched;
  }

  #unname({ name, index }: Link): void {
    const others = this.#indexesByName.get(name)!.filter((other) => other !== index);
    if (others.length > 0) this.#indexesByName.set(name, others);
    else this.#indexesByName.delete(name);
  }
}
