import { inTurns } from "@percale/daemon";
import { encodeObject } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { Step } from "./steps.ts";
import type { View } from "./view.ts";

/** A step as a view shows it. */
export interface Round {
  readonly toRev: number;
  /** For everybody. */
  readonly shared: Changes;
  /** For one node alone, to be read before what everybody gets. */
  readonly byNode: ReadonlyMap<string, Changes>;
}

export interface Changes {
  /** JSON of the objects. */
  readonly puts: readonly string[];
  readonly deletes: readonly ObjectRef[];
}

/** Right for whoever holds any state between the step's two ends: what was something else at any time in between is told. */
export async function roundOf({ toRev, changes }: Step, view: View): Promise<Round> {
  const shared = noChanges();
  const byNode = new Map<string, ReturnType<typeof noChanges>>();
  const of = (node: string): ReturnType<typeof noChanges> => {
    const own = byNode.get(node) ?? noChanges();
    byNode.set(node, own);
    return own;
  };
  await inTurns(changes, ({ ref, states }) => {
    const kind = view.kind(ref.kind);
    if (kind === undefined) return;
    const texts = states.map((state) => state && kind.shared(state));
    const text = texts.at(-1);
    const isSame = texts.every((one) => one === text);
    if (!isSame && text !== undefined) shared.puts.push(text);
    if (!isSame && text === undefined) shared.deletes.push(ref);

    const object = states.at(-1);
    const node = object && kind.nodeOf(object);
    if (object !== undefined && node !== undefined) of(node).puts.push(encodeObject(object));
    for (const former of new Set(states.map((state) => state && kind.nodeOf(state)))) {
      if (former === undefined || former === node) continue;
      // No longer its own: it holds what the others hold.
      if (text !== undefined) of(former).puts.push(text);
      else of(former).deletes.push(ref);
    }
  });
  return { toRev, shared, byNode };
}

export function isNothing({ puts, deletes }: Changes): boolean {
  return puts.length + deletes.length === 0;
}

function noChanges(): { puts: string[]; deletes: ObjectRef[] } {
  return { puts: [], deletes: [] };
}
