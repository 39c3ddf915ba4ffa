import type { Lookup } from "./define.ts";
import type { KubeObject, ObjectRef } from "./object.ts";

/** Objects by kind, namespace and name, with lists in Kubernetes' order. One parsed copy of each. */
export class ObjectTable implements Lookup {
  readonly #byKind = new Map<string, KindTable>();

  get({ kind, namespace, name }: ObjectRef): KubeObject | undefined {
    return this.#byKind.get(kind)?.objects.get(sortKey(namespace, name));
  }

  put(object: KubeObject): void {
    const { namespace, name } = object.metadata;
    let table = this.#byKind.get(object.kind);
    if (table === undefined) this.#byKind.set(object.kind, (table = { objects: new Map(), sorted: undefined }));
    const key = sortKey(namespace, name);
    if (!table.objects.has(key)) table.sorted = undefined;
    table.objects.set(key, object);
  }

  delete({ kind, namespace, name }: ObjectRef): void {
    const table = this.#byKind.get(kind);
    if (table?.objects.delete(sortKey(namespace, name)) === true) table.sorted = undefined;
  }

  /** By namespace, then name. Sorts once after objects came or went, not after updates. */
  list(kind: string, namespace?: string): KubeObject[] {
    const table = this.#byKind.get(kind);
    if (table === undefined) return [];
    table.sorted ??= [...table.objects.keys()].sort();
    const keys = namespace === undefined ? table.sorted : within(table.sorted, namespace);
    return keys.map((key) => table.objects.get(key)!);
  }

  kinds(): string[] {
    return [...this.#byKind.keys()];
  }

  clear(): void {
    this.#byKind.clear();
  }
}

interface KindTable {
  readonly objects: Map<string, KubeObject>;
  sorted: string[] | undefined;
}

/** The keys of one namespace, found by halving: a cluster has many. */
function within(sorted: readonly string[], namespace: string): readonly string[] {
  const firstFrom = (key: string): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return sorted.slice(firstFrom(`${namespace}\0`), firstFrom(`${namespace}\x01`));
}

/** NUL sorts before everything a name may hold, so `a/x` comes before `a-b/x`. */
export function sortKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ""}\0${name}`;
}
