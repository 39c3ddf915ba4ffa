import type { Link } from "@percale/kernel";
import { formatName, ownersByInterface } from "@percale/policy";
import type { ActiveEndpoint, NodeState } from "@percale/policy";
import { condition } from "@percale/protocol";
import type { RaisedCondition } from "@percale/protocol";
import type { EndpointState } from "./face.ts";

/** The last pass failed. */
export function findFailure(detail: string | undefined): readonly RaisedCondition[] {
  return detail === undefined ? [] : [condition.DataplaneRefused({ detail })];
}

/** An endpoint that wants traffic and has none: what to do about it. */
export function findDown(
  endpoints: Iterable<ActiveEndpoint>,
  states: ReadonlyMap<string, EndpointState>,
): readonly RaisedCondition[] {
  return Array.from(endpoints).flatMap(({ key, ref, match, active }): RaisedCondition[] => {
    const state = states.get(key);
    if (!active || state === undefined || state.state === "up") return [];
    const facts = { endpoint: formatName(ref), interfaceName: match.name, detail: state.detail ?? state.state, ref };
    return [condition.WorkloadDown(facts)];
  });
}

/** A workload's interface under another name: policy follows it, people should know. */
export function findRenamed(
  renamed: readonly { readonly link: Link; readonly owner: string | undefined }[],
  state: NodeState,
): readonly RaisedCondition[] {
  if (renamed.length === 0) return [];
  const owners = ownersByInterface(state);
  return renamed.flatMap(({ link: { index, name }, owner }): RaisedCondition[] => {
    const endpoint = owner === undefined ? undefined : owners.get(owner);
    if (owner === undefined || endpoint === undefined) {
      const detail = `No endpoint of this node has ${name} (index ${index}).`;
      return [condition.InterfaceClosed({ interfaceName: name, detail })];
    }
    const { ref } = endpoint;
    const detail = `${owner} (index ${index}) is called ${name} now.`;
    const facts = { endpoint: formatName(ref), interfaceName: name, owner, detail, ref };
    return [condition.InterfaceRenamed(facts)];
  });
}
