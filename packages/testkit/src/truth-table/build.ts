import type { KubeObject, ObjectRef } from "@percale/resources";
import type { Family, Place, Probe, Proto, Scenario, Step, Verdict } from "./scenario.ts";
import { NAMESPACE, object } from "./topology.ts";
import type { Workload } from "./topology.ts";

/** Rules as in a manifest; the table's readers check them against the schema. */
export type RuleInput = Readonly<Record<string, unknown>>;

export const allow: RuleInput = { action: "Allow" };
export const deny: RuleInput = { action: "Deny" };
export const pass: RuleInput = { action: "Pass" };
export const log: RuleInput = { action: "Log" };

/** A policy's spec as in a manifest. */
export interface PolicySpecInput {
  readonly tier: string;
  readonly [field: string]: unknown;
}

export interface PolicyOptions {
  readonly name?: string;
  readonly tier?: string;
  readonly order?: number;
}

/** A GlobalNetworkPolicy on one workload with ingress rules. */
export function ingress(target: Workload, rules: readonly RuleInput[], options: PolicyOptions = {}): KubeObject {
  return globalPolicy(options.name ?? `in-${target}`, {
    ...place(options),
    selector: `app == '${target}'`,
    types: ["Ingress"],
    ingress: rules,
  });
}

/** A GlobalNetworkPolicy on one workload with egress rules. */
export function egress(source: Workload, rules: readonly RuleInput[], options: PolicyOptions = {}): KubeObject {
  return globalPolicy(options.name ?? `out-${source}`, {
    ...place(options),
    selector: `app == '${source}'`,
    types: ["Egress"],
    egress: rules,
  });
}

/** A NetworkPolicy of namespace `red` on one workload with ingress rules. */
export function namespacedIngress(
  target: Workload,
  rules: readonly RuleInput[],
  options: PolicyOptions = {},
): KubeObject {
  const name = options.name ?? `in-${target}`;
  const spec = { ...place(options), selector: `app == '${target}'`, types: ["Ingress"], ingress: rules };
  return object("NetworkPolicy", name, spec, {
    namespace: NAMESPACE,
    labels: { "projectcalico.org/tier": options.tier ?? "default" },
  });
}

export function globalPolicy(name: string, spec: PolicySpecInput): KubeObject {
  return object("GlobalNetworkPolicy", name, spec, { labels: { "projectcalico.org/tier": spec.tier } });
}

export function tier(name: string, order: number, defaultAction: "Deny" | "Pass" = "Deny"): KubeObject {
  return object("Tier", name, { order, defaultAction });
}

export function felix(spec: object): KubeObject {
  return object("FelixConfiguration", "default", spec);
}

export function ref(kind: string, name: string, namespace?: string): ObjectRef {
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}

/** `flow("a1", "b1", "A", "tcp", 80)` */
export function flow(from: Place, to: Place, expect: Verdict, proto: Proto = "tcp", port?: number): Probe {
  const isPorted = proto === "tcp" || proto === "udp" || proto === "sctp";
  return { from, to, proto, expect, ...(isPorted && { port: port ?? 80 }) };
}

export function ping(from: Place, to: Place, expect: Verdict): Probe {
  return { from, to, proto: "icmp", expect };
}

interface Row {
  readonly id: string;
  readonly title: string;
  readonly families?: readonly Family[];
  readonly objects?: readonly KubeObject[] | ((family: Family) => readonly KubeObject[]);
  readonly probes: readonly Probe[] | ((family: Family) => readonly Probe[]);
  readonly steps?: readonly Step[];
}

/** Fills in what a row leaves out. */
export function scenario({ id, title, families, objects = [], probes, steps }: Row): Scenario {
  return {
    id,
    title,
    ...(families !== undefined && { families }),
    objects: (family) => (typeof objects === "function" ? objects(family) : objects),
    probes: (family) => (typeof probes === "function" ? probes(family) : probes),
    ...(steps !== undefined && { steps: () => steps }),
  };
}

function place({ tier = "default", order }: PolicyOptions): { readonly tier: string; readonly order?: number } {
  return order === undefined ? { tier } : { tier, order };
}
