import type { Link } from "@percale/kernel";
import { formatName, ownersByInterface } from "@percale/policy";
import type { ActiveEndpoint, NodeState } from "@percale/policy";
import { condition } from "@percale/protocol";
import type { Condition, RaisedCondition } from "@percale/protocol";
import type { EndpointState } from "./face.ts";

/** A condition before anybody knows how long it has been so; `subject` tells those of one code apart. */
export type Finding = RaisedCondition & { readonly subject: string };

/** Dates findings: each is as old as the unbroken run of calls that had it. */
export class Since {
  readonly #now: () => number;
  #seen = new Map<string, string>();

  constructor(now: () => number) {
    this.#now = now;
  }

  date(findings: readonly Finding[]): Condition[] {
    const now = new Date(this.#now()).toISOString();
    const seen = new Map(findings.map(({ code, subject }) => [`${code} ${subject}`, now]));
    for (const key of seen.keys()) seen.set(key, this.#seen.get(key) ?? now);
    this.#seen = seen;
    return findings.map(({ subject, ...finding }) => ({ ...finding, since: seen.get(`${finding.code} ${subject}`)! }));
  }
}

/** The last pass failed. */
export function findFailure(detail: string | undefined): readonly Finding[] {
  return detail === undefined ? [] : [{ ...condition.DataplaneRefused({ detail }), subject: "" }];
}

/** An endpoint that wants traffic and has none: what to do about it. */
export function findDown(
  endpoints: Iterable<ActiveEndpoint>,
  states: ReadonlyMap<string, EndpointState>,
): readonly Finding[] {
  return Array.from(endpoints).flatMap(({ key, ref, match, active }): Finding[] => {
    const state = states.get(key);
    if (!active || state === undefined || state.state === "up") return [];
    const facts = { endpoint: formatName(ref), interfaceName: match.name, detail: state.detail ?? state.state, ref };
    return [{ ...condition.WorkloadDown(facts), subject: key }];
  });
}

/** A workload's interface under another name: policy follows it, people should know. */
export function findRenamed(
  renamed: readonly { readonly link: Link; readonly owner: string | undefined }[],
  state: NodeState,
): readonly Finding[] {
  if (renamed.length === 0) return [];
  const owners = ownersByInterface(state);
  return renamed.flatMap(({ link: { index, name }, owner }): Finding[] => {
    const endpoint = owner === undefined ? undefined : owners.get(owner);
    const subject = `${index} ${name}`;
    if (owner === undefined || endpoint === undefined) {
      const detail = `No endpoint of this node has ${name} (index ${index}).`;
      return [{ ...condition.InterfaceClosed({ interfaceName: name, detail }), subject }];
    }
    const { ref } = endpoint;
    const detail = `${owner} (index ${index}) is called ${name} now.`;
    const facts = { endpoint: formatName(ref), interfaceName: name, owner, detail, ref };
    return [{ ...condition.InterfaceRenamed(facts), subject }];
  });
}
