/** What can be a member of address sets: endpoints and network sets, with the labels that selectors see. */
import {
  HostEndpoint,
  kindsWhere,
  NAMESPACE_LABEL,
  ORCHESTRATOR_LABEL,
  protocolNumber,
  SERVICE_ACCOUNT_LABEL,
  WorkloadEndpoint,
} from "@percale/resources";
import type { KubeObject, NetworkSet, StatedSpecOf } from "@percale/resources";
import type { LabelRecord } from "@percale/selector";
import type { SetDefinition } from "../compile/rule.ts";
import { canonicalNets } from "../compile/nets.ts";

export interface NamedPort {
  readonly name: string;
  readonly protocol: number;
  readonly port: number;
}

export interface Member {
  readonly labels: LabelRecord;
  readonly parents: readonly string[];
  /** Canonical, each once. */
  readonly nets: readonly string[];
  readonly ports: readonly NamedPort[];
}

export type WorkloadEndpointSpec = StatedSpecOf<typeof WorkloadEndpoint>;

const NO_PORTS: readonly NamedPort[] = [];
const NO_PARENTS: readonly string[] = [];

const MEMBER_KINDS: ReadonlySet<string> = new Set(kindsWhere(({ traits }) => traits.member));

export function isMemberKind(kind: string): boolean {
  return MEMBER_KINDS.has(kind);
}

/** Throws InvalidObject. */
export function memberOf(object: KubeObject): Member {
  if (object.kind === WorkloadEndpoint.kind) return endpointMember(object);
  return object.kind === HostEndpoint.kind ? hostMember(object) : networkSetMember(object);
}

/** Its addresses are those that it is expected to have: none is learned. */
function hostMember({ metadata: { labels = {} }, spec: raw }: KubeObject): Member {
  const spec = raw as StatedSpecOf<typeof HostEndpoint>;
  const nets = canonicalNets(spec.expectedIPs);
  return { labels, parents: spec.profiles ?? NO_PARENTS, nets, ports: namedPorts(spec.ports) };
}

function networkSetMember({ metadata: { labels = {}, namespace }, spec }: KubeObject): Member {
  const nets = canonicalNets((spec as StatedSpecOf<typeof NetworkSet>).nets);
  if (namespace === undefined) return { labels, parents: NO_PARENTS, nets, ports: NO_PORTS };
  return { labels: { ...labels, [NAMESPACE_LABEL]: namespace }, parents: [`kns.${namespace}`], nets, ports: NO_PORTS };
}

function endpointMember({ metadata, spec: raw }: KubeObject): Member {
  const spec = raw as WorkloadEndpointSpec;
  const account = spec.serviceAccountName ?? "";
  // A workload must not fake what it would inherit.
  const own = Object.entries(metadata.labels ?? {}).filter(
    ([key]) => !key.startsWith("pcns.") && !key.startsWith("pcsa.") && key !== SERVICE_ACCOUNT_LABEL,
  );
  return {
    labels: {
      ...Object.fromEntries(own),
      [NAMESPACE_LABEL]: metadata.namespace ?? "",
      [ORCHESTRATOR_LABEL]: spec.orchestrator ?? metadata.labels?.[ORCHESTRATOR_LABEL] ?? "k8s",
      ...(account !== "" && { [SERVICE_ACCOUNT_LABEL]: account }),
    },
    parents: spec.profiles ?? NO_PARENTS,
    nets: canonicalNets(spec.ipNetworks),
    ports: namedPorts(spec.ports),
  };
}

function namedPorts(
  ports: readonly {
    readonly name?: string | undefined;
    readonly protocol: string | number;
    readonly port: number;
  }[] = [],
): readonly NamedPort[] {
  return ports.flatMap(({ name, protocol, port }) => {
    const number = protocolNumber(protocol);
    return name === undefined || name === "" || number === undefined ? [] : [{ name, protocol: number, port }];
  });
}

/** What the member adds to a set whose selector matches it, each entry once. */
export function contribution(member: Member, definition: SetDefinition): readonly string[] {
  switch (definition.kind) {
    case "net":
      return member.nets;
    case "service":
      return []; // endpoint slices are what fills these
    case "port": {
      const fitting = member.ports.filter(
        ({ name, protocol }) =>
          name === definition.portName && (definition.protocol === undefined || protocol === definition.protocol),
      );
      if (fitting.length === 0) return [];
      const ports = new Set(fitting.map(({ protocol, port }) => `${protocol},${port}`));
      return member.nets.flatMap((net) => Array.from(ports, (port) => `${net},${port}`));
    }
  }
}
