import { createEvaluator, NOTHING_COVERED } from "@percale/policy";
import type { Coverage, Evaluator, ObjectChange, ObjectVersions, Shadows } from "@percale/policy";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { Orders } from "../lists/orders.ts";

/** An object as JSON, or the name of one that is gone. */
export type Change = string | ObjectRef;

/** A part of what changed; the last one says which revision all of them together lead to. */
export interface Feed {
  readonly changes: readonly Change[];
  /** What was known before does not count any more. */
  readonly isAnew?: boolean;
  readonly revision?: number;
}

/** Follows the store by what it is fed. What it shows is of whole change sets only, and stays as it is while the world moves on. */
export class World {
  /** As it was, or is being, counted last: of the newest state or of one that it came from. */
  coverage: Promise<Coverage> = Promise.resolve(NOTHING_COVERED);
  /** As they were, or are being, found last, and of what. */
  shadows: { readonly of: ObjectVersions; readonly found: Promise<Shadows> } | undefined;
  /** In which lists were told last. */
  orders = new Orders();
  #coming: ObjectChange[] = [];
  #isAnew = false;
  #revision = 0;
  #evaluator = createEvaluator([]);

  get revision(): number {
    return this.#revision;
  }

  /** Of the newest state. */
  get evaluator(): Evaluator {
    return this.#evaluator;
  }

  take({ changes, isAnew = false, revision }: Feed): void {
    if (isAnew) {
      this.#coming = [];
      this.#isAnew = true;
    }
    this.#coming.push(...objectChanges(changes));
    if (revision !== undefined) this.#moveTo(revision);
  }

  #moveTo(revision: number): void {
    if (this.#isAnew) {
      // Lets go of the old before the new is made.
      this.#evaluator = createEvaluator([]);
      this.coverage = Promise.resolve(NOTHING_COVERED);
      this.shadows = undefined;
      this.orders = new Orders();
    }
    this.#evaluator = this.#evaluator.with(this.#coming);
    this.#coming = [];
    this.#isAnew = false;
    this.#revision = revision;
  }
}

export function objectChanges(changes: readonly Change[]): ObjectChange[] {
  return changes.map((change) => (typeof change === "string" ? parseObject(change) : change));
}

function parseObject(text: string): KubeObject {
  return JSON.parse(text) as KubeObject; // written by our own main thread
}
