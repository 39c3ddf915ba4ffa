import { peerSelectors } from "@percale/policy";
import type { Evaluator } from "@percale/policy";
import { formatRef, kindsWhere, refOf, WorkloadEndpoint } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { matches, parseSelector, SelectorError } from "@percale/selector";
import type { SelectorView } from "../trpc/views.ts";
import { keyOf } from "./pairs.ts";
import type { Questions } from "./questions.ts";

const SET_KINDS = kindsWhere(({ traits }) => traits.member === "set");

/** Whom a selector matches, or where its fault is. */
export function select(
  { objects, selection }: Evaluator,
  { selector, namespaceSelector, scope }: Questions["select"],
): SelectorView {
  for (const [field, text] of [
    ["selector", selector],
    ["namespaceSelector", namespaceSelector ?? ""],
  ] as const) {
    const fault = faultOf(text);
    if (fault !== undefined) return { ok: false, field, message: fault.message, offset: fault.offset };
  }
  const side = { selector, ...(namespaceSelector !== undefined && { namespaceSelector }) };
  const { positive } = peerSelectors(side, scope?.namespace);
  const isSelected = (object: KubeObject): boolean => {
    const found = selection.selectable(formatRef(refOf(object)));
    return found !== undefined && (positive === undefined || matches(positive, found.labels));
  };
  const selected = (kind: string): KubeObject[] => [...objects.list(kind)].filter(isSelected);
  const endpoints = selected(WorkloadEndpoint.kind).map(keyOf);
  const sets = SET_KINDS.flatMap(selected).map((object) => formatRef(refOf(object)));
  return { ok: true, count: endpoints.length, endpoints, sets };
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
