import { refOf, sortKey } from "@percale/resources";
import type { KubeObject, Lookup, ObjectRef } from "@percale/resources";
import { LayeredMap } from "./layered-map.ts";
import type { MapEdit } from "./layered-map.ts";

/** An object as it is now, or the name of one that is gone. */
export type ObjectChange = KubeObject | ObjectRef;

/** What a change is about, and the object if it is there. */
export function readChange(change: ObjectChange): { readonly ref: ObjectRef; readonly object: KubeObject | undefined } {
  return "metadata" in change ? { ref: refOf(change), object: change } : { ref: change, object: undefined };
}

/** Objects of one state, in the order of Kubernetes' lists. Never changes. */
export class ObjectVersions implements Lookup {
  readonly #byKind: ReadonlyMap<string, LayeredMap<string, KubeObject>>;
  readonly #sorted = new Map<string, readonly KubeObject[]>();

  constructor(byKind: ReadonlyMap<string, LayeredMap<string, KubeObject>> = new Map()) {
    this.#byKind = byKind;
  }

  get({ kind, namespace, name }: ObjectRef): KubeObject | undefined {
    return this.#byKind.get(kind)?.get(sortKey(namespace, name));
  }

  /** Sorts at first use. */
  list(kind: string, namespace?: string): readonly KubeObject[] {
    let all = this.#sorted.get(kind);
    if (all === undefined) {
      const entries = [...(this.#byKind.get(kind)?.entries() ?? [])];
      all = entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
      this.#sorted.set(kind, all);
    }
    return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
  }

  /** In no order. */
  values(kind: string): Iterable<KubeObject> {
    return this.#byKind.get(kind)?.values() ?? [];
  }

  /** Nothing of the kind came, went or changed on the way from the one to the other. */
  hasSame(kind: string, as: ObjectVersions): boolean {
    return this.#byKind.get(kind) === as.#byKind.get(kind);
  }

  count(kind: string): number {
    return this.#byKind.get(kind)?.size ?? 0;
  }

  with(changes: Iterable<ObjectChange>): ObjectVersions {
    const edits = new Map<string, MapEdit<string, KubeObject>>();
    for (const change of changes) {
      const { ref, object } = readChange(change);
      const edit = edits.get(ref.kind) ?? (this.#byKind.get(ref.kind) ?? new LayeredMap<string, KubeObject>()).edit();
      edits.set(ref.kind, edit);
      edit.set(sortKey(ref.namespace, ref.name), object);
    }
    const edited = Array.from(edits, ([kind, edit]) => [kind, edit.done()] as const);
    return new ObjectVersions(new Map([...this.#byKind, ...edited]));
  }
}
