import { ipamHashes } from "@percale/daemon";
import { isHeldBy, nodeWriteFault } from "@percale/ipam";
import {
  BlockAffinity,
  IPAMBlock,
  IPAMConfiguration,
  IPAMHandle,
  IPPool,
  isNetworkProfile,
  isSameJson,
  Namespace,
  NAMESPACE_LABEL,
  Node,
  ORCHESTRATOR_LABEL,
  prepareObject,
  Profile,
  profileOfNamespace,
  profileOfServiceAccount,
  SERVICE_ACCOUNT_LABEL,
  WorkloadEndpoint,
} from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { CheckContext } from "@percale/store";
import type { Verb } from "./authorize.ts";

/**
 * What an agent may do: it keeps its own Node, attaches workloads to its own node and takes addresses for them. Whatever else it
 * needs to know reaches it on the stream.
 */
export const VERBS_BY_KIND: ReadonlyMap<string, readonly Verb[]> = new Map<string, readonly Verb[]>([
  [Node.kind, ["get", "create", "update", "patch", "delete"]],
  [WorkloadEndpoint.kind, ["get", "create", "update", "patch", "delete"]],
  [Profile.kind, ["get", "create"]],
  [IPAMBlock.kind, ["get", "list", "create", "update", "patch", "delete"]],
  [BlockAffinity.kind, ["get", "list", "create", "update", "patch", "delete"]],
  [IPAMHandle.kind, ["get", "create", "update", "patch", "delete"]],
  [IPPool.kind, ["get", "list"]],
  [Namespace.kind, ["get", "list"]],
  [IPAMConfiguration.kind, ["get", "list"]],
]);

/** What a question about all verbs means. */
const EVERYTHING: readonly string[] = ["get", "create", "update", "delete"] satisfies Verb[];

/** May a node do this to objects of the kind at all? What it writes is judged again with the object. */
export function nodeMay(verb: string, kind: string | undefined): boolean {
  const verbs: readonly string[] = (kind === undefined ? undefined : VERBS_BY_KIND.get(kind)) ?? [];
  return (verb === "*" ? EVERYTHING : [verb]).every((one) => verbs.includes(one));
}

/** Why a node may not read it: of nodes and workloads it needs its own. Blocks are shared, and what is in pools and profiles is no secret. */
export function nodeReadFault(node: string, { kind, metadata, spec }: KubeObject): string | undefined {
  switch (kind) {
    case Node.kind:
      return metadata.name === node ? undefined : "it is another node's";
    case WorkloadEndpoint.kind:
      return (spec as WorkloadEndpoint["spec"]).node === node ? undefined : "it belongs to another node";
    default:
      return undefined;
  }
}

/** Why a node may not make this change; undefined if it may. Asked inside the commit, of the object as it will be stored. */
export function nodeFault(node: string, context: CheckContext): string | undefined {
  const { operation, object, old, lookup } = context;
  // What holds an object holds its namespace too.
  const isHeldAnew = !isSameJson(object.metadata.finalizers ?? [], old?.metadata.finalizers ?? []);
  if (operation !== "delete" && isHeldAnew) return "metadata.finalizers: a node may not change them";
  switch (object.kind) {
    case Node.kind:
      return object.metadata.name === node ? undefined : "it is another node's";
    case Profile.kind:
      return profileFault(object as Profile);
    case WorkloadEndpoint.kind:
      return endpointFault(node, context);
    default:
      return nodeWriteFault({
        node,
        object: operation === "delete" ? undefined : object,
        old,
        lookup,
        nowMs: Date.now(),
        hashes: ipamHashes,
      });
  }
}

/** The profiles of namespaces, service accounts and networks, which an attachment brings along, as they always are. */
function profileFault(profile: Profile): string | undefined {
  const { metadata, spec } = profile;
  const [prefix, namespace = "", ...account] = metadata.name.split(".");
  const usual =
    prefix === "kns" && account.length === 0
      ? profileOfNamespace(namespace)
      : prefix === "ksa" && account.length > 0
        ? profileOfServiceAccount(namespace, account.join("."))
        : undefined;
  if (usual === undefined)
    return isNetworkProfile(profile)
      ? undefined
      : "a node makes only profiles of namespaces, service accounts and networks";
  const prepared = prepareObject(Profile, usual, { operation: "create" });
  const isUsual = "object" in prepared && isSameJson(spec, prepared.object.spec);
  return isUsual ? undefined : "a node makes profiles as they come with a namespace or service account";
}

/** What an attachment says of a workload; anything else is for people and controllers. */
const ATTACHMENT_FIELDS: ReadonlySet<string> = new Set([
  "orchestrator",
  "node",
  "containerID",
  "pod",
  "serviceAccountName",
  "endpoint",
  "ipNetworks",
  "profiles",
  "interfaceName",
  "mac",
  "ports",
]);
const ORCHESTRATORS: ReadonlySet<string> = new Set(["k8s", "cni"]);
/** Completed from the spec, whatever a client says. */
const SYSTEM_LABELS: ReadonlySet<string> = new Set([NAMESPACE_LABEL, ORCHESTRATOR_LABEL, SERVICE_ACCOUNT_LABEL]);
/** Inherited from namespaces, service accounts and Calico: of its own an endpoint would forge them. */
const INHERITED_LABEL = /^(pcns\.|pcsa\.|projectcalico\.org\/)/;

function endpointFault(node: string, { operation, object, old, lookup }: CheckContext): string | undefined {
  const [next, before] = [object as WorkloadEndpoint, old as WorkloadEndpoint | undefined]; // of that kind, and stored or about to be
  const { spec, metadata } = next;
  if (spec.node !== node || (before !== undefined && before.spec.node !== node)) return "it belongs to another node";
  if (operation === "delete") return undefined;
  if (!ORCHESTRATORS.has(spec.orchestrator)) return `spec.orchestrator: a node attaches for k8s and cni`;
  const kept: Readonly<Record<string, unknown>> = before?.spec ?? {};
  for (const [field, value] of Object.entries(spec))
    if (!ATTACHMENT_FIELDS.has(field) && !isSameJson(value, kept[field])) return `spec.${field}: a node may not set it`;
  for (const [key, value] of Object.entries(metadata.labels ?? {}))
    if (INHERITED_LABEL.test(key) && !SYSTEM_LABELS.has(key) && before?.metadata.labels?.[key] !== value)
      return `metadata.labels: ${key} comes from a namespace, a service account or the system`;
  for (const network of spec.ipNetworks ?? [])
    if (before?.spec.ipNetworks?.includes(network) !== true && !isHeldBy(lookup, node, network.split("/")[0]!))
      return `spec.ipNetworks: ${network} is not given out to ${node}`;
  return profilesFault(next);
}

/** A profile's labels count as the endpoint's: it takes on those of its own namespace and account, or its network's. */
function profilesFault({ metadata: { namespace = "" }, spec }: WorkloadEndpoint): string | undefined {
  const usual = [profileOfNamespace(namespace), profileOfServiceAccount(namespace, spec.serviceAccountName ?? "")];
  const own = new Set(usual.map(({ metadata }) => metadata.name));
  const isOwn = (name: string): boolean => (spec.orchestrator === "k8s" ? own.has(name) : !/^k(ns|sa)\./.test(name));
  const wrong = (spec.profiles ?? []).find((name) => !isOwn(name));
  return wrong === undefined ? undefined : `spec.profiles: ${wrong} is none of this workload's`;
}
