import fc from "fast-check";
import { expect, test } from "vitest";
import { formatRef, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { SourceEvent } from "./source.ts";
import { stepsOf } from "./steps.ts";

interface Change {
  readonly name: string;
  readonly isDelete: boolean;
  readonly last: boolean;
}

const history = fc
  .array(fc.record({ name: fc.constantFrom("a", "b", "c"), isDelete: fc.boolean(), last: fc.boolean() }), {
    minLength: 1,
  })
  .map((changes) => changes.map((change, index) => ({ ...change, last: change.last || index === changes.length - 1 })));

test("steps are contiguous, end where change sets end, and add up to the same state", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (changes) => {
      const events = changes.map(eventOf);
      const ends = new Set(events.filter(({ last }) => last).map(({ revision }) => revision));
      const state = new Map<string, string>();
      let at = 0;
      for await (const step of stepsOf(feed(events), 0)) {
        expect(step.fromRev).toBe(at);
        expect(ends).toContain(step.toRev);
        at = step.toRev;
        for (const { ref, states } of step.changes) {
          const object = states.at(-1);
          if (object === undefined) state.delete(formatRef(ref));
          else state.set(formatRef(ref), object.metadata.resourceVersion!);
        }
      }
      expect(at).toBe(changes.length);
      expect(state).toEqual(replay(events));
    }),
  );
});

test("what is large makes more steps, and a change set is never taken apart for it", async () => {
  const spec = { noise: "x".repeat(300_000) };
  const events = Array.from({ length: 12 }, (_, index) => {
    const event = eventOf({ name: `s${index}`, isDelete: false, last: index < 6 || index === 11 }, index);
    return { ...event, object: { ...event.object, spec } };
  });
  const steps: number[] = [];
  for await (const { toRev } of stepsOf(feed(events), 0)) steps.push(toRev);
  expect(steps).toEqual([4, 12]); // a megabyte is full at the fourth; the change set from the seventh on is one
});

function eventOf({ name, isDelete, last }: Change, index: number): SourceEvent {
  const metadata = { name, resourceVersion: String(index + 1) };
  const object: KubeObject = { apiVersion: "projectcalico.org/v3", kind: "Tier", metadata, spec: {} };
  return { revision: index + 1, type: isDelete ? "DELETED" : "MODIFIED", object, last };
}

async function* feed(events: readonly SourceEvent[]): AsyncGenerator<SourceEvent> {
  yield* events;
}

function replay(events: readonly SourceEvent[]): Map<string, string> {
  const state = new Map<string, string>();
  for (const { type, object } of events) {
    if (type === "DELETED") state.delete(formatRef(refOf(object)));
    else state.set(formatRef(refOf(object)), object.metadata.resourceVersion!);
  }
  return state;
}
