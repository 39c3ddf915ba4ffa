import type { Link } from "@percale/kernel";
import { formatName, ownersByInterface } from "@percale/policy";
import type { ActiveEndpoint, NodeState } from "@percale/policy";
import type { Condition } from "@percale/protocol";
import type { EndpointState } from "./face.ts";

/** A condition before anybody knows how long it has been so; `subject` tells those of one code apart. */
export type Finding = Omit<Condition, "since"> & { readonly subject: string };

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
  if (detail === undefined) return [];
  return [
    {
      code: "DataplaneRefused",
      subject: "",
      severity: "error",
      title: "The kernel refused a batch",
      detail,
      advice: "What was in force stays in force; the agent tries again every second.",
    },
  ];
}

/** An endpoint that wants traffic and has none: what to do about it. */
export function findDown(
  endpoints: Iterable<ActiveEndpoint>,
  states: ReadonlyMap<string, EndpointState>,
): readonly Finding[] {
  return Array.from(endpoints).flatMap(({ key, ref, match, active }): Finding[] => {
    const state = states.get(key);
    if (!active || state === undefined || state.state === "up") return [];
    return [
      {
        code: "WorkloadDown",
        subject: key,
        severity: "warning",
        title: `${formatName(ref)} has no network on this node`,
        detail: state.detail ?? state.state,
        advice: `Look for ${match.name} (ip link): set down, undo that; gone, start the workload again. Its policy is kept.`,
        ref,
      },
    ];
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
    const common = { subject: `${index} ${name}`, severity: "warning" } as const;
    if (owner === undefined || endpoint === undefined)
      return [
        {
          ...common,
          code: "InterfaceClosed",
          title: `${name} was a workload's interface and passes nothing`,
          detail: `No endpoint of this node has ${name} (index ${index}).`,
          advice: `Delete it (ip link delete ${name}), or give it back the name that its endpoint says.`,
        },
      ];
    return [
      {
        ...common,
        code: "InterfaceRenamed",
        title: `The interface of ${formatName(endpoint.ref)} was renamed`,
        detail: `${owner} (index ${index}) is called ${name} now.`,
        advice: `Its policy and routes follow it. Rename it back: ip link set ${name} name ${owner}`,
        ref: endpoint.ref,
      },
    ];
  });
}
