import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatPath } from "./step.ts";
import { after, NONE } from "./testdata/cluster-of-one.ts";
import type { Write } from "./testdata/widget.ts";
import { formatFieldsV1, parseFieldsV1 } from "./v1.ts";

/** What Kubernetes' field management made of each write of a sequence (`bench/record-kubernetes.ts`). */
interface Recorded {
  readonly writes: readonly Write[];
  readonly outcomes: readonly {
    readonly object?: { readonly metadata: { readonly managedFields?: readonly Entry[] } };
    readonly causes?: readonly { readonly field: string }[];
  }[];
}
interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1: unknown;
}
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, "testdata/kubernetes.json"), "utf8")) as Recorded[];

test("every sequence of writes leaves what it leaves in Kubernetes: object, owners and conflicts", () => {
  for (const { writes, outcomes } of recorded) {
    let state = NONE;
    const ours = writes.map((write) => {
      const outcome = after(state, write);
      if ("conflicts" in outcome)
        return { conflicts: outcome.conflicts.map(({ path }) => formatPath(path)).toSorted() };
      state = outcome.state;
      const owners = [...state.managers].map(([manager, set]) => `${manager} ${formatFieldsV1(set)}`).toSorted();
      return { object: state.object, owners };
    });
    const theirs = outcomes.map(({ object, causes }) => {
      if (object === undefined) return { conflicts: (causes ?? []).map(({ field }) => field).toSorted() };
      const { managedFields = [], ...metadata } = object.metadata;
      const owners = managedFields.map(
        ({ operation, manager, fieldsV1 }) => `${operation} ${manager} ${formatFieldsV1(parseFieldsV1(fieldsV1)!)}`,
      );
      return { object: { ...object, metadata }, owners: owners.toSorted() };
    });
    expect(ours).toEqual(theirs);
  }
});
