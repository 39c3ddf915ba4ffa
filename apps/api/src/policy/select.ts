import { peerSelectors } from "@percale/policy";
import { formatRef, refOf } from "@percale/resources";
import { parseSelector, SelectorError } from "@percale/selector";
import type { SelectorView } from "../trpc/views.ts";
import { keyOf } from "./pairs.ts";
import type { Questions } from "./questions.ts";
import type { Scene } from "./world.ts";

/** Whom a selector matches, or where its fault is. */
export function select(scene: Scene, { selector, namespaceSelector, scope }: Questions["select"]): SelectorView {
  for (const [field, text] of [
    ["selector", selector],
    ["namespaceSelector", namespaceSelector ?? ""],
  ] as const) {
    const fault = faultOf(text);
    if (fault !== undefined) return { ok: false, field, message: fault.message, offset: fault.offset };
  }
  const side = { selector, ...(namespaceSelector !== undefined && { namespaceSelector }) };
  const { positive } = peerSelectors(side, scope?.namespace);
  const { selection } = scene;
  const matching = positive === undefined ? selection.selectables : selection.matching(positive);
  const selected = matching.map(({ object }) => object);
  const endpoints = selected.filter(({ kind }) => kind === "WorkloadEndpoint").map(keyOf);
  const sets = selected.filter(({ kind }) => kind !== "WorkloadEndpoint").map((object) => formatRef(refOf(object)));
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
