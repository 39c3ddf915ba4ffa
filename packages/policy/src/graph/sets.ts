import { LabelIndex } from "@percale/selector";
import type { KubeObject } from "@percale/resources";
import { contribution, memberOf } from "../select/member.ts";
import type { Member } from "../select/member.ts";
import { sliceContribution, sliceOf } from "../select/slice.ts";
import type { ServiceSlice } from "../select/slice.ts";
import type { SetDefinition } from "../compile/rule.ts";
import type { NodeUpdate, SetId, SetKind, SetMember } from "../model.ts";
import { OwnedMembers } from "./owned.ts";
import { ServiceIndex } from "./service-index.ts";

interface AddressSet {
  readonly definition: SetDefinition;
  /** Rules that name it. */
  users: number;
  readonly members: OwnedMembers;
  /** Undefined until the set is sent; then what was there before a change, per touched member. */
  before: Map<SetMember, boolean> | undefined;
  isSent: boolean;
}

/** Address sets that some active rule names, with their members out of the whole cluster. */
export class AddressSets {
  readonly #sets = new Map<SetId, AddressSet>();
  readonly #members = new Map<string, Member>();
  readonly #slices = new Map<string, ServiceSlice>();
  readonly #services = new ServiceIndex();
  readonly #dirty = new Set<SetId>();
  readonly #index = new LabelIndex({
    started: (setId, memberId) => this.#add(setId, this.#members.get(memberId)!),
    stopped: (setId, memberId) => this.#remove(setId, this.#members.get(memberId)!),
  });

  get isEmpty(): boolean {
    const held = this.#sets.size + this.#members.size + this.#slices.size;
    return held === 0 && this.#index.isEmpty && this.#services.isEmpty;
  }

  use(definition: SetDefinition): void {
    const known = this.#sets.get(definition.id);
    if (known !== undefined) {
      known.users++;
      return;
    }
    this.#sets.set(definition.id, {
      definition,
      users: 1,
      members: new OwnedMembers(),
      before: undefined,
      isSent: false,
    });
    this.#dirty.add(definition.id);
    switch (definition.kind) {
      case "net":
      case "port":
        this.#index.putSelector(definition.id, definition.selector);
        return;
      case "service":
        for (const slice of this.#services.putSet(definition.id, definition.service))
          this.#addSlice(definition.id, this.#slices.get(slice)!);
    }
  }

  release(id: SetId): void {
    const set = this.#sets.get(id);
    if (set === undefined) return;
    set.users--;
    if (set.users === 0) this.#dirty.add(id);
  }

  /** Services that active rules name, by set. */
  *services(): Generator<string> {
    for (const { definition } of this.#sets.values()) yield* servicesOf(definition);
  }

  /** Throws InvalidObject. */
  putMember(id: string, object: KubeObject): void {
    const member = memberOf(object);
    const old = this.#members.get(id);
    // Sets that match before and after get the new addresses first, so that an address that stays is never gone.
    if (old !== undefined && !sameAddresses(old, member))
      for (const setId of this.#index.selectorsOf(id)) {
        this.#add(setId, member);
        this.#remove(setId, old);
      }
    this.#members.set(id, member);
    this.#index.putItem(id, member.labels, member.parents);
  }

  removeMember(id: string): void {
    this.#index.removeItem(id);
    this.#members.delete(id);
  }

  /** Throws InvalidObject. */
  putSlice(id: string, object: KubeObject): void {
    const slice = sliceOf(object);
    const old = this.#slices.get(id);
    const before = [...this.#services.setsOf(id)];
    this.#slices.set(id, slice);
    this.#services.putSlice(id, slice.service);
    // New addresses first, so that one that stays is never gone.
    for (const setId of this.#services.setsOf(id)) this.#addSlice(setId, slice);
    for (const setId of before) this.#removeSlice(setId, old!);
  }

  removeSlice(id: string): void {
    const slice = this.#slices.get(id);
    if (slice === undefined) return;
    for (const setId of this.#services.setsOf(id)) this.#removeSlice(setId, slice);
    this.#services.removeSlice(id);
    this.#slices.delete(id);
  }

  putProfile(name: string, labels: Readonly<Record<string, string>>): void {
    this.#index.putParent(name, labels);
  }

  removeProfile(name: string): void {
    this.#index.removeParent(name);
  }

  /** Net changes since the last flush, step by step: what to tell first (sets, deltas), and what last (removals). */
  *flush(): Generator<undefined, { readonly first: readonly NodeUpdate[]; readonly last: readonly NodeUpdate[] }> {
    const sets: NodeUpdate[] = [];
    const deltas: NodeUpdate[] = [];
    const last: NodeUpdate[] = [];
    for (const id of this.#dirty) {
      const set = this.#sets.get(id)!;
      if (set.users === 0) {
        this.#index.removeSelector(id);
        this.#services.removeSet(id);
        this.#sets.delete(id);
        if (set.isSent) last.push({ t: "setRemoved", id });
      } else if (!set.isSent) {
        set.isSent = true;
        sets.push({ t: "set", id, kind: kindOf(set.definition), members: set.members.list() });
      } else {
        const delta = deltaOf(id, set);
        if (delta !== undefined) deltas.push(delta);
      }
      set.before = undefined;
      yield;
    }
    this.#dirty.clear();
    return { first: [...sets, ...deltas], last };
  }

  #add(setId: SetId, member: Member): void {
    const set = this.#sets.get(setId)!;
    this.#addEntries(setId, set, contribution(member, set.definition));
  }

  #remove(setId: SetId, member: Member): void {
    const set = this.#sets.get(setId)!;
    this.#removeEntries(setId, set, contribution(member, set.definition));
  }

  #addSlice(setId: SetId, slice: ServiceSlice): void {
    const set = this.#sets.get(setId)!;
    this.#addEntries(setId, set, sliceEntries(slice, set.definition));
  }

  #removeSlice(setId: SetId, slice: ServiceSlice): void {
    const set = this.#sets.get(setId)!;
    this.#removeEntries(setId, set, sliceEntries(slice, set.definition));
  }

  #addEntries(setId: SetId, set: AddressSet, entries: readonly SetMember[]): void {
    set.members.add(entries, (entry) => this.#touch(setId, set, entry, false));
  }

  #removeEntries(setId: SetId, set: AddressSet, entries: readonly SetMember[]): void {
    set.members.remove(entries, (entry) => this.#touch(setId, set, entry, true));
  }

  #touch(setId: SetId, set: AddressSet, entry: SetMember, wasThere: boolean): void {
    if (!set.isSent) return; // sent whole, and dirty already
    this.#dirty.add(setId);
    set.before ??= new Map();
    if (!set.before.has(entry)) set.before.set(entry, wasThere);
  }
}

function kindOf(definition: SetDefinition): SetKind {
  switch (definition.kind) {
    case "net":
    case "port":
      return definition.kind;
    case "service":
      return definition.withPorts ? "port" : "net";
  }
}

function sliceEntries(slice: ServiceSlice, definition: SetDefinition): readonly SetMember[] {
  return definition.kind === "service" ? sliceContribution(slice, definition) : []; // it is in sets of services only
}

function servicesOf(definition: SetDefinition): readonly string[] {
  switch (definition.kind) {
    case "service":
      return [definition.service];
    case "net":
    case "port":
      return [];
  }
}

function deltaOf(id: SetId, { before, members }: AddressSet): NodeUpdate | undefined {
  const added: SetMember[] = [];
  const removed: SetMember[] = [];
  const now = members.lookup();
  for (const [entry, wasThere] of before ?? []) {
    const isThere = now.has(entry);
    if (isThere !== wasThere) (isThere ? added : removed).push(entry);
  }
  return added.length + removed.length === 0 ? undefined : { t: "setDelta", id, added, removed };
}

function sameAddresses(a: Member, b: Member): boolean {
  return (
    a.nets.length === b.nets.length &&
    a.nets.every((net, i) => net === b.nets[i]) &&
    a.ports.length === b.ports.length &&
    a.ports.every(({ name, protocol, port }, i) => {
      const other = b.ports[i]!;
      return name === other.name && protocol === other.protocol && port === other.port;
    })
  );
}
