import { peerSelectors, subjectSelector } from "@percale/policy";
import type { Evaluator, Selectable } from "@percale/policy";
import { formatRef, kindsWhere, refOf, WorkloadEndpoint } from "@percale/resources";
import { parseSelector, SelectorError } from "@percale/selector";
import type { Selector } from "@percale/selector";
import { entryOf } from "../lists/endpoint-entry.ts";
import type { SelectorView } from "../trpc/views.ts";
import type { Questions } from "./questions.ts";

const SET_KINDS = kindsWhere(({ traits }) => traits.member === "set");

/** Whom a selector matches where it stands, be it stored or being typed, or where its fault is. */
export function select({ selection }: Evaluator, question: Questions["select"]): SelectorView {
  for (const field of ["selector", "namespaceSelector", "serviceAccountSelector"] as const) {
    const fault = faultOf(question[field] ?? "");
    if (fault !== undefined) return { ok: false, field, message: fault.message, offset: fault.offset };
  }
  const byKind = Map.groupBy(selection.matching(wanted(question)), ({ object }) => object.kind);
  const endpoints = (byKind.get(WorkloadEndpoint.kind) ?? []).map(({ object }) => entryOf(object));
  const named = firstBy(endpoints, ({ row }) => row.key, question.first);
  return {
    ok: true,
    count: endpoints.length,
    namespaces: new Set(endpoints.map(({ row }) => row.namespace)).size,
    endpoints: named.map(({ row }) => row.key),
    called: named.map(({ text }) => text),
    sets: SET_KINDS.flatMap((kind) => firstBy((byKind.get(kind) ?? []).map(nameOf), (name) => name, question.first)),
  };
}

function wanted({ scope, ...side }: Questions["select"]): Selector {
  if (scope?.of === "policy") return subjectSelector(side, scope.namespace);
  const { selector, namespaceSelector } = side;
  const { positive } = peerSelectors(
    { selector, ...(namespaceSelector !== undefined && { namespaceSelector }) },
    scope?.namespace,
  );
  return positive ?? { op: "all" };
}

function nameOf({ object }: Selectable): string {
  return formatRef(refOf(object));
}

/** The first of them in order, at the cost of one look at each; all if it is not said how many. */
function firstBy<T>(all: readonly T[], keyOf: (one: T) => string, count = Infinity): readonly T[] {
  const compare = (a: T, b: T): number => (keyOf(a) < keyOf(b) ? -1 : 1);
  if (all.length <= count) return all.toSorted(compare);
  const first = all.slice(0, count).sort(compare);
  for (const one of all.slice(count)) {
    if (count === 0 || compare(one, first[count - 1]!) > 0) continue;
    first.splice(count - 1, 1, one);
    first.sort(compare);
  }
  return first;
}

function faultOf(text: string): SelectorError | undefined {
  try {
    parseSelector(text);
    return undefined;
  } catch (error) {
    if (error instanceof SelectorError) return error;
    throw error;
  }
}
