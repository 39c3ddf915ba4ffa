import { afterUpdate, applied, ownerOfAll, settled } from "../managers.ts";
import type { FieldConflict, Managers } from "../managers.ts";
import { WIDGET } from "./widget.ts";
import type { Widget, Write } from "./widget.ts";

/** One widget as a server would hold it: the least around the arithmetic that makes it one. */
export interface State {
  readonly object: object;
  readonly managers: Managers;
}

export const NONE: State = { object: { apiVersion: "example.org/v1", kind: "Widget" }, managers: new Map() };

export type Outcome = { readonly state: State } | { readonly conflicts: readonly FieldConflict[] };

/** Managers of the two operations are two, even with one name. */
export function managerOf({ operation, manager }: Pick<Write, "operation" | "manager">): string {
  return `${operation} ${manager}`;
}

export function after(state: State, write: Write): Outcome {
  const manager = managerOf(write);
  const isNew = !("metadata" in state.object);
  const live = { ...state, type: WIDGET };
  if (write.operation === "Update") {
    const object = stored(write.object, isNew ? {} : { uid: "u" });
    const isTracked = isNew || state.managers.size > 0;
    return { state: { object: stored(object, { uid: "u" }), managers: isTracked ? afterUpdate(live, object, manager) : state.managers } };
  }
  if (!isNew && state.managers.size === 0) {
    const before = ownerOfAll(state.object, WIDGET);
    if (before.size > 0) return after({ ...state, managers: new Map([["Update before-first-apply", before]]) }, write);
  }
  const result = applied(live, write.object, manager);
  const { conflicts, managers } = settled(live, result, { manager });
  if (conflicts.length > 0 && !write.force) return { conflicts };
  return { state: { object: stored(result.object as Widget, { uid: "u" }), managers } };
}

function stored(object: Widget, server: object): Widget {
  return { ...object, metadata: { ...object.metadata, ...server } };
}

/** Every write after the other; what is refused changes nothing. */
export function afterAll(writes: readonly Write[]): State {
  return writes.reduce((state, write) => {
    const outcome = after(state, write);
    return "state" in outcome ? outcome.state : state;
  }, NONE);
}
