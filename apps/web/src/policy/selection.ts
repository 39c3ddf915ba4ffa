import { peerSelectors, type Selection, subjectSelector } from "@percale/policy/select";
import { WorkloadEndpoint } from "@percale/resources/catalog";
import { type Endpoint, type EndpointObject, endpointOf } from "./endpoint.ts";

/** Where a selector stands: what a policy applies to, or the other side of a rule. */
export interface Scope {
  readonly of: "policy" | "peer";
  /** The policy's own; absent for a global one. */
  readonly namespace?: string | undefined;
  readonly namespaceSelector?: string | undefined;
  readonly serviceAccountSelector?: string | undefined;
}

/** Endpoints that a selector selects where it stands. Throws SelectorError for a text that is none. */
export function endpointsBy(selection: Selection, selector: string, scope: Scope): readonly Endpoint[] {
  const { of, namespace, ...rest } = scope;
  const side = { selector, namespaceSelector: rest.namespaceSelector ?? "" };
  const matching =
    of === "policy"
      ? subjectSelector({ ...rest, selector }, namespace)
      : (peerSelectors(side, namespace).positive ?? { op: "all" as const });
  return selection
    .matching(matching)
    .flatMap(({ object }) => (object.kind === WorkloadEndpoint.kind ? [endpointOf(object as EndpointObject)] : []));
}
