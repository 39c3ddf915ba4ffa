import { DEFAULT_TIER, NetworkPolicy } from "@percale/resources/catalog";
import { stringify } from "yaml";
import { directionsOf, orderOf, type PolicyObject, tierOf } from "./spec.ts";

/** One end of a question or of a drafted rule. */
export interface DraftEnd {
  readonly namespace: string;
  /** Short name for the policy's own name: `frontend`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** A source that is no endpoint of ours. */
  readonly nets?: { readonly nets: readonly string[] } | { readonly notNets: readonly string[] };
}

export interface DraftRequest {
  readonly action: "Allow" | "Deny";
  readonly source: DraftEnd;
  readonly destination: DraftEnd;
  /** As in YAML: `TCP`; absent means any. */
  readonly protocol?: string | undefined;
  readonly port?: number | undefined;
  /** Policies of tier `default` that select the destination, in any order. */
  readonly applying: readonly PolicyObject[];
  /** Names of policies that exist in its namespace, to pick a free one. */
  readonly taken: ReadonlySet<string>;
}

/**
 * The smallest policy that makes source → destination allowed or denied at the destination and changes nothing else. It goes
 * before every policy that selects the destination. Where no other policy of the tier governs ingress there, the end of tier
 * would now deny the rest, so a last rule passes it on as before.
 */
export function draftPolicy(request: DraftRequest): string {
  const { action, source, destination, protocol, port } = request;
  const others = request.applying.filter(
    (policy) => tierOf(policy) === DEFAULT_TIER && directionsOf(policy.spec).ingress,
  );
  const sameNamespace = source.namespace === destination.namespace;
  const rule = {
    action,
    ...(protocol === undefined ? {} : { protocol: protocol.toUpperCase() }),
    source:
      source.nets === undefined
        ? {
            selector: labelTerm(source.labels),
            ...(sameNamespace ? {} : { namespaceSelector: `projectcalico.org/name == '${source.namespace}'` }),
          }
        : source.nets,
    ...(port === undefined ? {} : { destination: { ports: [port] } }),
  };
  return stringify(
    {
      apiVersion: NetworkPolicy.apiVersion,
      kind: NetworkPolicy.kind,
      metadata: { name: freeName(request), namespace: destination.namespace },
      spec: {
        tier: DEFAULT_TIER,
        order: orderBefore(others),
        selector: labelTerm(destination.labels),
        types: ["Ingress"],
        ingress: others.length === 0 ? [rule, { action: "Pass" }] : [rule],
      },
    },
    { lineWidth: 0, indentSeq: false },
  );
}

/** Labels that name a workload, the most telling first. */
const TELLING = ["app", "app.kubernetes.io/name", "k8s-app", "component", "role", "name"];

/** `app == 'frontend'`; `all()` where an endpoint has no label at all. */
export function labelTerm(labels: Readonly<Record<string, string>>): string {
  const keys = Object.keys(labels).filter((key) => !key.startsWith("projectcalico.org/"));
  const key = TELLING.find((name) => keys.includes(name)) ?? keys.toSorted()[0];
  return key === undefined ? "all()" : `${key} == '${labels[key]}'`;
}

function orderBefore(policies: readonly PolicyObject[]): number {
  const first = Math.min(...policies.map((policy) => orderOf(policy) ?? Infinity));
  if (first === Infinity) return 100;
  return first > 10 ? Math.floor(first / 2) : first - 10;
}

/** What it is called, if nothing else is. */
export function draftName({
  action,
  source,
  destination,
}: Pick<DraftRequest, "action" | "source" | "destination">): string {
  return `${action.toLowerCase()}-${source.name}-to-${destination.name}`;
}

function freeName({ taken, ...request }: DraftRequest): string {
  const base = draftName(request);
  for (let suffix = 1; ; suffix += 1) {
    const name = suffix === 1 ? base : `${base}-${suffix}`;
    if (!taken.has(name)) return name;
  }
}
