import { identitiesOf, setForm } from "@percale/kernel";
import type { Family, ListedChain, ListedElement, NftBatch, Nftables, NftChain, NftSet, PackedRules, Verdict } from "@percale/kernel";

interface ListedRule {
  readonly family: Family;
  readonly chain: string;
  readonly handle: bigint;
  readonly identity: string;
}

export interface MemoryTable {
  flags: number;
  readonly chains: Map<string, ListedChain>;
  rules: ListedRule[];
  readonly sets: Map<string, string>;
  /** By set, then by key. */
  readonly elements: Map<string, Map<string, ListedElement>>;
}

/**
 * Two tables as the kernel keeps them, behind the part of `Nftables` that is read and the part of `NftBatch` that is written: what the
 * driver makes of tables that it finds is tested on it. It refuses what the kernel refuses: to delete what is not there, or is in use.
 */
export class MemoryTables {
  readonly tables = new Map<Family, MemoryTable>();
  #family: Family = 4;
  #handles = 0n;
  #bytes: number[] = [];
  #element: { operation: "add" | "delete"; set: string; key: string } | undefined;

  /** For `compareTables`. */
  get reader(): Nftables {
    return this as unknown as Nftables;
  }

  get batch(): NftBatch {
    return this as unknown as NftBatch;
  }

  table(family: Family): MemoryTable | undefined {
    return this.tables.get(family);
  }

  chains(family: Family): ListedChain[] {
    return [...this.tables.get(family)!.chains.values()];
  }

  *ruleSteps(family: Family): Generator<undefined, ListedRule[]> {
    yield;
    return this.tables.get(family)!.rules;
  }

  sets(family: Family) {
    return Array.from(this.tables.get(family)!.sets, ([name, form]) => ({ name, form, isAnonymous: name.startsWith("__set") }));
  }

  elements(family: Family, set: string): ListedElement[] {
    return [...(this.tables.get(family)!.elements.get(set)?.values() ?? [])];
  }

  *elementSteps(family: Family, set: string): Generator<undefined, ListedElement[]> {
    yield;
    return this.elements(family, set);
  }

  family(family: Family): void {
    this.#family = family;
  }

  own(): void {}

  addTable(flags: number): void {
    const old = this.tables.get(this.#family);
    if (old !== undefined) old.flags = flags;
    else this.tables.set(this.#family, { flags, chains: new Map(), rules: [], sets: new Map(), elements: new Map() });
  }

  deleteTable(): void {
    if (!this.tables.delete(this.#family)) throw new Error("ENOENT: table");
  }

  addSet(set: NftSet): void {
    if (this.#table.sets.has(set.name)) return;
    this.#table.sets.set(set.name, setForm(set));
    this.#table.elements.set(set.name, new Map());
  }

  deleteSet(name: string): void {
    if (!this.#table.sets.delete(name)) throw new Error(`ENOENT: set ${name}`);
    this.#table.elements.delete(name);
  }

  addChain({ name, hook, comment = "" }: Omit<NftChain, "rules">): void {
    const base = hook === undefined ? {} : { base: { ...hook, policy: "accept" as const } };
    const extra = this.#table.chains.get(name)?.extra ?? "";
    this.#table.chains.set(name, { family: this.#family, name, ...base, comment, extra });
  }

  flushChain(name: string): void {
    this.#table.rules = this.#table.rules.filter(({ chain }) => chain !== name);
  }

  deleteChain(name: string): void {
    if (this.#table.rules.some(({ chain }) => chain === name)) throw new Error(`EBUSY: chain ${name} has rules`);
    if (!this.#table.chains.delete(name)) throw new Error(`ENOENT: chain ${name}`);
  }

  addRule(chain: string, packed: PackedRules, index: number, at?: { readonly before: bigint }): void {
    if (!this.#table.chains.has(chain)) throw new Error(`ENOENT: chain ${chain}`);
    const { rules } = this.#table;
    const place = at === undefined ? rules.length : rules.findIndex(({ handle }) => handle === at.before);
    rules.splice(place, 0, { family: this.#family, chain, handle: ++this.#handles, identity: identitiesOf(packed)[index]! });
  }

  deleteRule(chain: string, handle: bigint): void {
    const place = this.#table.rules.findIndex((rule) => rule.chain === chain && rule.handle === handle);
    if (place === -1) throw new Error(`ENOENT: rule ${handle} of ${chain}`);
    this.#table.rules.splice(place, 1);
  }

  readonly writer = {
    word: (value: number) => void this.#bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24),
    wordBe: (value: number) => void this.#bytes.push(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255),
    copy: (of: Uint8Array) => void this.#bytes.push(...of),
  };

  element(operation: "add" | "delete", set: string): void {
    this.#element = { operation, set, key: "" };
  }

  elementKeyEnd(): void {
    this.#element!.key = this.#written();
  }

  elementEnd(): void {
    const { operation, set, key } = this.#element!;
    const last = this.#written();
    this.#put(operation, set, key === "" ? { key: last, keyEnd: "" } : { key, keyEnd: last });
  }

  numberedAddress(operation: "add" | "delete", set: string, number: number, address: number): void {
    this.writer.word(number);
    this.writer.wordBe(address);
    this.#put(operation, set, { key: this.#written(), keyEnd: "" });
  }

  verdictElement(operation: "add" | "delete", set: string, key: Uint8Array, verdict: Verdict): void {
    const text = "chain" in verdict ? `${verdict.v} ${verdict.chain}` : verdict.v;
    this.#put(operation, set, { key: Buffer.from(key).toString("latin1"), keyEnd: "" }, text);
  }

  get #table(): MemoryTable {
    const table = this.tables.get(this.#family);
    if (table === undefined) throw new Error("ENOENT: table");
    return table;
  }

  #written(): string {
    const text = Buffer.from(this.#bytes).toString("latin1");
    this.#bytes = [];
    return text;
  }

  #put(operation: "add" | "delete", set: string, keys: Pick<ListedElement, "key" | "keyEnd">, verdict = ""): void {
    const elements = this.#table.elements.get(set);
    if (elements === undefined) throw new Error(`ENOENT: set ${set}`);
    const key = keys.key + keys.keyEnd;
    if (operation === "add") elements.set(key, { ...keys, verdict, extra: "" });
    else if (!elements.delete(key)) throw new Error(`ENOENT: element of ${set}`);
  }
}
