import { createEvaluator, EVALUATED_KINDS, Selection } from "@percale/policy";
import type { Evaluator } from "@percale/policy";
import { formatRef, ObjectTable, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";

/** An object as JSON, or the name of one that is gone. */
export type Change = string | ObjectRef;

/** A part of what changed; the last one says which revision all of them together lead to. */
export interface Feed {
  readonly changes: readonly Change[];
  /** What was known before does not count any more. */
  readonly isAnew?: boolean;
  readonly revision?: number;
}

/** One state of the cluster. What is made of the objects is made when first asked for, which takes a second for a million nets. */
export class Scene {
  readonly objects: readonly KubeObject[];
  #selection: Selection | undefined;
  #evaluator: Evaluator | undefined;

  constructor(objects: readonly KubeObject[]) {
    this.objects = objects;
  }

  get selection(): Selection {
    return (this.#selection ??= new Selection(this.objects));
  }

  get evaluator(): Evaluator {
    return (this.#evaluator ??= createEvaluator(this.objects, this.selection));
  }

  /** As it would be after these changes; new objects come last. */
  after(changes: readonly Change[]): Scene {
    const objects = new Map(this.objects.map((object) => [formatRef(refOf(object)), object]));
    for (const change of changes)
      if (typeof change !== "string") objects.delete(formatRef(change));
      else {
        const object = parseObject(change);
        objects.set(formatRef(refOf(object)), object);
      }
    return new Scene([...objects.values()]);
  }
}

/** Follows the store by what it is fed. A scene is of whole change sets only, and stays as it is while the world moves on. */
export class World {
  #table = new ObjectTable();
  #coming: (KubeObject | ObjectRef)[] = [];
  #isAnew = false;
  #revision = 0;
  #scene: Scene | undefined;

  get revision(): number {
    return this.#revision;
  }

  get scene(): Scene {
    return (this.#scene ??= new Scene(EVALUATED_KINDS.flatMap((kind) => this.#table.list(kind))));
  }

  take({ changes, isAnew = false, revision }: Feed): void {
    if (isAnew) {
      this.#coming = [];
      this.#isAnew = true;
    }
    for (const change of changes) this.#coming.push(typeof change === "string" ? parseObject(change) : change);
    if (revision !== undefined) this.#moveTo(revision);
  }

  #moveTo(revision: number): void {
    if (this.#isAnew) this.#table.clear();
    for (const change of this.#coming)
      if ("metadata" in change) this.#table.put(change);
      else this.#table.delete(change);
    if (this.#isAnew || this.#coming.length > 0) this.#scene = undefined;
    this.#coming = [];
    this.#isAnew = false;
    this.#revision = revision;
  }
}

function parseObject(text: string): KubeObject {
  return JSON.parse(text) as KubeObject; // written by our own main thread
}
