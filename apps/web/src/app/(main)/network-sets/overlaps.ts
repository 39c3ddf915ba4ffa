import { bitsOf, type Cidr, containsCidr, maskCidr, tryParseAddress, tryParseCidr } from "@percale/net";

/** Somebody who has nets: a set by its key, a pool or a node by its name. */
export interface NetOwner {
  readonly is: "set" | "pool" | "node";
  readonly name: string;
  readonly nets: readonly string[];
}

/** Nets of a set that somebody else has, too, or the set itself a second time. */
export interface Overlap {
  readonly set: string;
  readonly how: "holds pool" | "holds node" | "in pool" | "holds set" | "twice";
  /** The pool, the node, the other set; the larger net. */
  readonly other: string;
  /** The first of the nets that are held, or that hold a pool or node. */
  readonly net: string;
  readonly count: number;
}

interface Entry {
  readonly owner: NetOwner;
  readonly text: string;
  readonly net: Cidr;
}

/** An address that lies in more nets than this is not compared with the outermost of them: a bound, where every set holds everything. */
const MAX_DEPTH = 64;

/**
 * What is in two places, each pair of places once. Prefixes either nest or are apart, so in address order, larger ones first, those that
 * hold a net are on a stack.
 */
export function overlapsOf(owners: readonly NetOwner[]): readonly Overlap[] {
  const entries = owners.flatMap((owner) => owner.nets.flatMap((text) => entryOf(owner, text))).sort(inOrder);
  const found = new Map<string, Overlap>();
  let holders: Entry[] = [];
  for (const entry of entries) {
    holders = holders.filter(({ net }) => net.family === entry.net.family && containsCidr(net, entry.net));
    for (const holder of holders.slice(-MAX_DEPTH)) {
      const overlap = between(holder, entry);
      if (overlap === undefined) continue;
      const key = `${overlap.set} ${overlap.how} ${overlap.how === "twice" ? "" : overlap.other}`;
      const known = found.get(key);
      found.set(key, known === undefined ? overlap : { ...known, count: known.count + 1 });
    }
    holders.push(entry);
  }
  return [...found.values()];
}

function between(holder: Entry, held: Entry): Overlap | undefined {
  const [outer, inner] = [holder.owner, held.owner];
  if (outer.is === "set") {
    const set = outer.name;
    if (inner.is === "pool") return { set, how: "holds pool", other: inner.name, net: holder.text, count: 1 };
    if (inner.is === "node") return { set, how: "holds node", other: inner.name, net: holder.text, count: 1 };
    if (inner.name === set) return { set, how: "twice", other: holder.text, net: held.text, count: 1 };
    return { set, how: "holds set", other: inner.name, net: held.text, count: 1 };
  }
  if (outer.is === "pool" && inner.is === "set")
    return { set: inner.name, how: "in pool", other: outer.name, net: held.text, count: 1 };
  return undefined;
}

/** A net of its own text; a broken one holds nothing. */
export function netOf(text: string): Cidr | undefined {
  const address = tryParseAddress(text);
  if (address !== undefined) return { ...address, prefixLen: bitsOf(address.family) };
  const cidr = tryParseCidr(text);
  return cidr && maskCidr(cidr);
}

function entryOf(owner: NetOwner, text: string): readonly Entry[] {
  const net = netOf(text);
  return net === undefined ? [] : [{ owner, text, net }];
}

/** Of equal nets a set's comes first, so that it holds the pool and not the pool it. */
function inOrder(a: Entry, b: Entry): number {
  const rank = ({ owner: { is } }: Entry): number => ["set", "pool", "node"].indexOf(is);
  return (
    a.net.family - b.net.family ||
    (a.net.value < b.net.value ? -1 : Number(a.net.value > b.net.value)) ||
    a.net.prefixLen - b.net.prefixLen ||
    rank(a) - rank(b) ||
    (a.owner.name < b.owner.name ? -1 : Number(a.owner.name > b.owner.name))
  );
}
