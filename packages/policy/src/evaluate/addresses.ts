/** Who owns an address: endpoints by their own, network sets by prefix. */
import { bitsOf, parseCidr } from "@percale/net";
import type { Address } from "@percale/net";
import { matches } from "@percale/selector";
import type { Labels, Selector } from "@percale/selector";
import type { Member } from "../select/member.ts";

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
  readonly #answers: (boolean | undefined)[] = [];

  constructor(address: Address, owners: readonly Owner[]) {
    this.address = address;
    this.owners = owners;
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

export class AddressBook {
  /** Per family and prefix length, owners by masked value. */
  readonly #byLength = new Map<string, Map<bigint, Owner[]>>();
  readonly #lengths: Readonly<Record<4 | 6, Set<number>>> = { 4: new Set(), 6: new Set() };
  readonly #known = new Map<string, KnownAddress>();

  add(owner: Owner): void {
    for (const text of owner.member.nets) {
      const { family, value, prefixLen } = parseCidr(text);
      const key = `${family}/${prefixLen}`;
      this.#lengths[family].add(prefixLen);
      const byValue = this.#byLength.get(key) ?? new Map<bigint, Owner[]>();
      this.#byLength.set(key, byValue);
      const network = value >> BigInt(bitsOf(family) - prefixLen);
      const owners = byValue.get(network);
      if (owners === undefined) byValue.set(network, [owner]);
      else owners.push(owner);
    }
  }

  look(address: Address): KnownAddress {
    const key = `${address.family} ${address.value}`;
    let known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, (known = new KnownAddress(address, this.#ownersOf(address))));
    return known;
  }

  #ownersOf({ family, value }: Address): readonly Owner[] {
    const bits = bitsOf(family);
    return [...this.#lengths[family]].flatMap(
      (length) => this.#byLength.get(`${family}/${length}`)!.get(value >> BigInt(bits - length)) ?? [],
    );
  }
}
