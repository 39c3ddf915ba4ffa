import type { Lookup, ResourceDefinition } from "./define.ts";
import type { KubeObject, ObjectRef } from "./object.ts";

export type EventType = "ADDED" | "MODIFIED" | "DELETED";

/** What happened to one object; `lookup` shows the state after it. */
export interface ObjectEvent<S = unknown, T = unknown> {
  readonly type: EventType;
  /** For DELETED the last state. */
  readonly object: KubeObject<S, T>;
  /** Absent for ADDED. */
  readonly old?: KubeObject<S, T>;
}

/** The object as an event left it; undefined: gone. */
export function objectAfter<T>({ type, object }: { readonly type: EventType; readonly object: T }): T | undefined {
  switch (type) {
    case "ADDED":
    case "MODIFIED":
      return object;
    case "DELETED":
      return undefined;
  }
}

/**
 * What must become true in the same transaction: a write to another object, or a second look at the part of it that the server
 * owns. One that has nothing to do any more (the object is gone, is there, is as it should be) does nothing.
 */
export type Consequence =
  | { readonly op: "create"; readonly object: KubeObject }
  | { readonly op: "update"; readonly object: KubeObject }
  | { readonly op: "delete"; readonly ref: ObjectRef }
  | { readonly op: "settle"; readonly ref: ObjectRef };

export interface SettleContext {
  readonly lookup: Lookup;
  readonly now: Date;
  /** Every kind there is, which a kind's own file can't name. */
  readonly kinds: readonly ResourceDefinition[];
}

/** True from the moment of a deletion that a finalizer holds up. */
export function isTerminating({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** The moment at which the deletion began to be held up. */
export function beganTerminating({ object, old }: ObjectEvent): boolean {
  return isTerminating(object) && old !== undefined && !isTerminating(old);
}

/** The object with this finalizer, or without it. */
export function withFinalizer<T extends KubeObject>(object: T, finalizer: string, isHeld: boolean): T {
  const { finalizers = [], ...metadata } = object.metadata;
  const others = finalizers.filter((one) => one !== finalizer);
  const next = isHeld ? [...others, finalizer] : others;
  return { ...object, metadata: { ...metadata, ...(next.length > 0 && { finalizers: next }) } };
}
