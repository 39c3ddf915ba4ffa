/** Who owns an address: endpoints by their own, network sets by prefix. */
import { bitsOf, parseCidr } from "@percale/net";
import type { Address, Cidr } from "@percale/net";
import { matches } from "@percale/selector";
import type { Labels, Selector } from "@percale/selector";
import type { Member } from "../select/member.ts";
import type { ServiceSlice } from "../select/slice.ts";
import { LayeredMap } from "../versions/layered-map.ts";
import { ListsEdit } from "../versions/lists-edit.ts";

export interface Owner {
  readonly member: Member;
  readonly labels: Labels;
}

/** A selector with a number, so that what it says about an address is remembered in an array. */
export interface NumberedSelector {
  readonly number: number;
  readonly selector: Selector;
}

/** An address with its owners; answers are kept, the cluster being fixed. */
export class KnownAddress {
  readonly address: Address;
  readonly owners: readonly Owner[];
  /** Slices that list it. */
  readonly #slices: readonly ServiceSlice[];
  readonly #answers: (boolean | undefined)[] = [];

  constructor(address: Address, owners: readonly Owner[], slices: readonly ServiceSlice[]) {
    this.address = address;
    this.owners = owners;
    this.#slices = slices;
  }

  /** Is it behind the service (`namespace/name`), and with this port if one is asked about? */
  isBehind(service: string, port?: { readonly protocol: number; readonly port: number }): boolean {
    return this.#slices.some(
      (slice) =>
        slice.service === service &&
        (port === undefined || slice.ports.some((one) => one.protocol === port.protocol && one.port === port.port)),
    );
  }

  isSelectedBy({ number, selector }: NumberedSelector): boolean {
    return (this.#answers[number] ??= this.owners.some(({ labels }) => matches(selector, labels)));
  }

  /** Does a selected owner declare the port under this name? */
  hasPort(port: {
    readonly selector: NumberedSelector | undefined;
    readonly name: string;
    readonly protocol: number;
    readonly port: number;
  }): boolean {
    return this.owners.some(
      ({ member, labels }) =>
        member.ports.some((p) => p.name === port.name && p.protocol === port.protocol && p.port === port.port) &&
        (port.selector === undefined || matches(port.selector.selector, labels)),
    );
  }
}

/** The nets of one owner, canonical, before and after a change. */
export interface Move {
  readonly owner: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Owners, by key, of nets: a level for each family and prefix length. Never changes. */
export class AddressBook {
  readonly #levels: ReadonlyMap<string, Level>;

  constructor(levels: ReadonlyMap<string, Level> = new Map()) {
    this.#levels = levels;
  }

  /** Costs what differs. */
  with(moves: Iterable<Move>): AddressBook {
    const edits = new Map<string, Omit<Level, "owners"> & { readonly owners: ListsEdit<bigint, string> }>();
    const at = ({ family, prefixLen }: Cidr): ListsEdit<bigint, string> => {
      const key = `${family}/${prefixLen}`;
      let edit = edits.get(key);
      if (edit === undefined) {
        const owners = new ListsEdit(this.#levels.get(key)?.owners ?? new LayeredMap<bigint, readonly string[]>());
        edits.set(key, (edit = { family, prefixLen, owners }));
      }
      return edit.owners;
    };
    for (const { owner, from, to } of moves) {
      for (const cidr of without(from, to)) at(cidr).remove(networkOf(cidr, cidr.prefixLen), owner);
      for (const cidr of without(to, from)) at(cidr).add(networkOf(cidr, cidr.prefixLen), owner);
    }
    const levels = new Map(this.#levels);
    for (const [key, { owners, ...level }] of edits) {
      const done = owners.done();
      if (done.size === 0) levels.delete(key);
      else levels.set(key, { ...level, owners: done });
    }
    return new AddressBook(levels);
  }

  ownersOf(address: Address): readonly string[] {
    return [...this.#levels.values()].flatMap(({ family, prefixLen, owners }) =>
      family === address.family ? (owners.get(networkOf(address, prefixLen)) ?? []) : [],
    );
  }
}

interface Level {
  readonly family: 4 | 6;
  readonly prefixLen: number;
  /** By the bits of the network. */
  readonly owners: LayeredMap<bigint, readonly string[]>;
}

function without(nets: readonly string[], others: readonly string[]): readonly Cidr[] {
  const known = new Set(others);
  return nets.filter((net) => !known.has(net)).map(parseCidr);
}

function networkOf({ family, value }: Address, prefixLen: number): bigint {
  return value >> BigInt(bitsOf(family) - prefixLen);
}
