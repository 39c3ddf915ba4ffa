/**
 * Kubernetes' policies as policies of the engine: pure, from one object to one object. A rule that cannot be said there never lets more
 * through than it asks for: what allows is dropped, what denies or passes denies everything; each is told.
 * Source: projectcalico/calico `libcalico-go/lib/backend/k8s/conversion/conversion.go`.
 */
import { formatCidr, maskCidr, tryParseCidr } from "@percale/net";
import type { KubeObject } from "../../object.ts";
import { API_VERSION } from "../../object.ts";
import { formatPort } from "../../scalars/port.ts";
import type { Port } from "../../scalars/port.ts";
import type { EntityRule, PolicyRule } from "../policy-rule.ts";
import { kubernetesPlace } from "../tiered.ts";
import type { ClusterPolicySpec } from "./cluster-network-policy.ts";
import { derivedUid } from "./derived-uid.ts";
import type { LabelSelector } from "./label-selector.ts";
import type { AnyKubernetesPolicySpec, KubernetesPolicySpec } from "./network-policy.ts";

const PODS = "projectcalico.org/orchestrator == 'k8s'";

export interface ConvertedSpec {
  readonly tier: string;
  readonly order: number;
  readonly selector: string;
  readonly namespaceSelector?: string;
  readonly types: readonly ("Ingress" | "Egress")[];
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
}

export interface Converted {
  readonly spec: ConvertedSpec;
  /** What could not be said, each with its field. */
  readonly faults: readonly string[];
}

/** A namespaced one's spec; the staged kind's is the same. */
export function convertNetworkPolicy(policy: AnyKubernetesPolicySpec): Converted {
  const faults: string[] = [];
  const ingress = (policy.ingress ?? []).flatMap(({ from, ports }, i) =>
    allowed(`spec.ingress[${i}]`, faults, () =>
      rulesOf({ action: "Allow", side: "source", peers: (from ?? []).map(peerOf), ports: (ports ?? []).map(portOf) }),
    ),
  );
  const egress = (policy.egress ?? []).flatMap(({ to, ports }, i) =>
    allowed(`spec.egress[${i}]`, faults, () =>
      rulesOf({
        action: "Allow",
        side: "destination",
        peers: (to ?? []).map(peerOf),
        ports: (ports ?? []).map(portOf),
      }),
    ),
  );
  const types = policy.policyTypes ?? [];
  return {
    spec: {
      ...kubernetesPlace({}),
      selector: podSelectorText(policy.podSelector),
      types: types.length === 0 ? ["Ingress"] : types,
      ingress,
      egress,
    },
    faults,
  };
}

const ACTIONS = { Accept: "Allow", Deny: "Deny", Pass: "Pass" } as const;

export function convertClusterNetworkPolicy(policy: ClusterPolicySpec): Converted {
  const faults: string[] = [];
  const ingress = (policy.ingress ?? []).flatMap(({ name, action, from, protocols }, i) =>
    decided(ACTIONS[action], `spec.ingress[${i}]`, faults, () =>
      rulesOf({
        action: ACTIONS[action],
        name,
        side: "source",
        peers: from.map(clusterPeerOf),
        ports: (protocols ?? []).flatMap(protocolPorts),
      }),
    ),
  );
  const egress = (policy.egress ?? []).flatMap(({ name, action, to, protocols }, i) =>
    decided(ACTIONS[action], `spec.egress[${i}]`, faults, () =>
      rulesOf({
        action: ACTIONS[action],
        name,
        side: "destination",
        peers: to.map(clusterPeerOf),
        ports: (protocols ?? []).flatMap(protocolPorts),
      }),
    ),
  );
  const { namespaces, pods } = policy.subject;
  return {
    spec: {
      ...kubernetesPlace(policy),
      selector: pods === undefined ? PODS : podSelectorText(pods.podSelector),
      namespaceSelector: namespaceSelectorText(pods === undefined ? (namespaces ?? {}) : pods.namespaceSelector),
      types: [
        ...(ingress.length > 0 ? (["Ingress"] as const) : []),
        ...(egress.length > 0 ? (["Egress"] as const) : []),
      ],
      ingress,
      egress,
    },
    faults,
  };
}

/** The object around a converted spec: the source's name and age, a UID of its own. */
export function convertedObject({ kind, metadata }: KubeObject, spec: ConvertedSpec): KubeObject<ConvertedSpec> {
  const { name, namespace, creationTimestamp, resourceVersion, uid } = metadata;
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(uid !== undefined && { uid: derivedUid(uid) }),
    },
    spec,
  };
}

class ConversionError extends Error {
  override readonly name = "ConversionError";
}

/** What an allowing rule becomes; nothing where it cannot be said. */
function allowed(field: string, faults: string[], make: () => PolicyRule[]): PolicyRule[] {
  return decided("Allow", field, faults, make);
}

function decided(
  action: PolicyRule["action"],
  field: string,
  faults: string[],
  make: () => PolicyRule[],
): PolicyRule[] {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    const instead = action === "Allow" ? "the rule allows nothing" : "the rule denies everything instead";
    faults.push(`${field}: ${error.message}; ${instead}`);
    return action === "Allow" ? [] : [{ action: "Deny", source: {}, destination: {} }];
  }
}

/** Whose address a rule asks about; undefined: anybody's. */
type Peer = EntityRule | undefined;

interface WantedPort {
  /** Absent: any. */
  readonly protocol?: string;
  /** Absent: all of the protocol. */
  readonly port?: string | { readonly min: number; readonly max: number };
}

/** One rule for each protocol and peer. */
function rulesOf(rule: {
  readonly action: PolicyRule["action"];
  readonly name?: string | undefined;
  readonly side: "source" | "destination";
  readonly peers: readonly Peer[];
  readonly ports: readonly WantedPort[];
}): PolicyRule[] {
  const { action, name, side } = rule;
  const peers: readonly Peer[] = rule.peers.length === 0 ? [undefined] : rule.peers;
  const notes = name === undefined ? {} : { metadata: { annotations: { name } } };
  return portGroups(rule.ports).flatMap(({ protocol, ports }) =>
    peers.map((peer): PolicyRule => {
      const on = ports.length === 0 ? {} : { ports };
      return {
        action,
        ...(protocol !== undefined && { protocol }),
        source: side === "source" ? { ...peer } : {},
        destination: side === "destination" ? { ...peer, ...on } : on,
        ...notes,
      };
    }),
  );
}

interface PortGroup {
  readonly protocol?: string;
  readonly ports: readonly Port[];
}

/** By protocol, in their order; one that is wanted without a port is wanted whole. */
function portGroups(wanted: readonly WantedPort[]): readonly PortGroup[] {
  if (wanted.length === 0 || wanted.some(({ protocol, port }) => protocol === undefined && port === undefined))
    return [{ ports: [] }];
  const groups = [...Map.groupBy(wanted, ({ protocol = "" }) => protocol)].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.map(([protocol, entries]) => ({
    ...(protocol !== "" && { protocol }),
    ports: entries.some(({ port }) => port === undefined) ? [] : merged(entries.map(({ port }) => port!)),
  }));
}

/** Names first, as they were given; numbers in order, neighbours as ranges. */
function merged(ports: readonly NonNullable<WantedPort["port"]>[]): readonly Port[] {
  const names = [...new Set(ports.filter((port) => typeof port === "string"))];
  const ranges = ports.filter((port) => typeof port !== "string").sort((a, b) => a.min - b.min);
  const joined: { min: number; max: number }[] = [];
  for (const { min, max } of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && min <= last.max + 1) last.max = Math.max(last.max, max);
    else joined.push({ min, max });
  }
  return [...names, ...joined.map((range) => formatPort({ kind: "range", ...range }))];
}

function portOf({
  protocol,
  port,
  endPort,
}: {
  readonly protocol?: string | undefined;
  readonly port?: number | string | undefined;
  readonly endPort?: number | undefined;
}): WantedPort {
  const of = { protocol: protocol ?? "TCP" };
  if (port === undefined) return of;
  if (typeof port === "string") {
    if (endPort !== undefined) throw new ConversionError("endPort needs a number as port");
    return { ...of, port };
  }
  return { ...of, port: { min: port, max: endPort ?? port } };
}

type Protocols = NonNullable<NonNullable<ClusterPolicySpec["ingress"]>[number]["protocols"]>;

function protocolPorts(entry: Protocols[number]): readonly WantedPort[] {
  const { destinationNamedPort: named } = entry;
  const wanted = (["tcp", "udp", "sctp"] as const).flatMap((key): WantedPort[] => {
    if (entry[key] === undefined) return [];
    const { number, range } = entry[key].destinationPort ?? {};
    const protocol = key.toUpperCase();
    if (number !== undefined) return [{ protocol, port: { min: number, max: number } }];
    return [range === undefined ? { protocol } : { protocol, port: { min: range.start, max: range.end } }];
  });
  if (named !== undefined) return [...wanted, { port: named }];
  if (wanted.length === 0) throw new ConversionError("a protocol that is none cannot be matched");
  return wanted;
}

type NamespacedPeer = NonNullable<NonNullable<KubernetesPolicySpec["ingress"]>[number]["from"]>[number];

function peerOf({ podSelector, namespaceSelector, ipBlock }: NamespacedPeer): EntityRule {
  if (ipBlock !== undefined) {
    const notNets = (ipBlock.except ?? []).map(netOf);
    return { nets: [netOf(ipBlock.cidr)], ...(notNets.length > 0 && { notNets }) };
  }
  const text = namespaceSelectorText(namespaceSelector);
  return { selector: podSelectorText(podSelector), ...(text !== "" && { namespaceSelector: text }) };
}

type ClusterPeer = NonNullable<ClusterPolicySpec["egress"]>[number]["to"][number];

function clusterPeerOf({ namespaces, pods, networks, nodes, domainNames }: ClusterPeer): EntityRule {
  // An empty list of nets would match everything.
  if (networks !== undefined && networks.length > 0) return { nets: networks.map(netOf) };
  // Pods of theirs: a namespace without a label is no network set without one.
  if (namespaces !== undefined) return { selector: PODS, namespaceSelector: namespaceSelectorText(namespaces) };
  if (pods !== undefined)
    return {
      selector: podSelectorText(pods.podSelector),
      namespaceSelector: namespaceSelectorText(pods.namespaceSelector),
    };
  const what = nodes !== undefined ? "nodes" : domainNames !== undefined ? "domainNames" : "an empty peer";
  throw new ConversionError(`${what} cannot be matched here`);
}

function netOf(text: string): string {
  const cidr = tryParseCidr(text);
  if (cidr === undefined) throw new ConversionError(`${JSON.stringify(text)} is no CIDR`);
  return formatCidr(maskCidr(cidr));
}

/** Pods only, whatever else has such labels. */
function podSelectorText(selector: LabelSelector | undefined): string {
  return [PODS, ...terms(selector)].join(" && ");
}

/** Empty where none is given: of the policy's own namespace. */
function namespaceSelectorText(selector: LabelSelector | undefined): string {
  if (selector === undefined) return "";
  const all = terms(selector);
  return all.length === 0 ? "all()" : all.join(" && ");
}

function terms(selector: LabelSelector | undefined): string[] {
  const labels = Object.entries(selector?.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...labels.map(([key, value]) => `${key} == '${value}'`),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
      const set = `{ ${values.map((value) => `'${value}'`).join(", ")} }`;
      switch (operator) {
        case "In":
          return `${key} in ${set}`;
        case "NotIn":
          return `${key} not in ${set}`;
        case "Exists":
          return `has(${key})`;
        case "DoesNotExist":
          return `! has(${key})`;
      }
    }),
  ];
}
