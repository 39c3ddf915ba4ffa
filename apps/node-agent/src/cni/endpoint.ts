import { API_VERSION } from "@percale/resources";
import type { KubeObject, Profile, WorkloadEndpoint } from "@percale/resources";
import type { CniRequest, EndpointIdentity } from "./request.ts";

/** The WorkloadEndpoint of an attachment: a new one, or the pod's old one with this container in it. */
export function endpointOf(options: {
  readonly request: CniRequest;
  readonly identity: EndpointIdentity;
  readonly node: string;
  readonly addresses: readonly string[];
  readonly mac: string;
  readonly old?: WorkloadEndpoint | undefined;
}): WorkloadEndpoint {
  const { request, identity, node, addresses, mac, old } = options;
  const { labels, ports, serviceAccount } = request.config.args.percale;
  return {
    apiVersion: API_VERSION,
    kind: "WorkloadEndpoint",
    metadata: {
      ...old?.metadata,
      name: identity.name,
      namespace: identity.namespace,
      labels: { ...labels },
    },
    spec: {
      orchestrator: identity.orchestrator,
      node,
      containerID: request.containerID,
      ...(request.pod !== undefined && { pod: request.pod.name }),
      ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
      endpoint: request.ifName,
      ipNetworks: addresses.map((address) => `${address}/${address.includes(":") ? 128 : 32}`),
      profiles: profileNames(request, identity),
      interfaceName: identity.interfaceName,
      mac,
      ...(ports.length > 0 && { ports }),
    },
  };
}

/** A pod has its namespace's (and service account's) profile, anything else its network's. */
export function profileNames(request: CniRequest, { orchestrator, namespace }: EndpointIdentity): string[] {
  if (orchestrator === "cni") return [request.network];
  const account = request.config.args.percale.serviceAccount;
  return [`kns.${namespace}`, ...(account === undefined ? [] : [`ksa.${namespace}.${account}`])];
}

/** Profiles that an endpoint refers to and nobody made: what upstream's plugin (a network) or Kubernetes (a namespace) would give it. */
export function missingProfiles(
  request: CniRequest,
  identity: EndpointIdentity,
  has: (name: string) => boolean,
): KubeObject<Profile["spec"]>[] {
  return profileNames(request, identity)
    .filter((name) => !has(name))
    .map((name) => ({
      apiVersion: API_VERSION,
      kind: "Profile",
      metadata: { name },
      spec: profileSpec(name, identity),
    }));
}

function profileSpec(name: string, { orchestrator, namespace }: EndpointIdentity): Profile["spec"] {
  const allow = { action: "Allow" as const, source: {}, destination: {} };
  if (orchestrator === "cni")
    return {
      ingress: [{ ...allow, source: { selector: `has(${name})` } }],
      egress: [allow],
      labelsToApply: { [name]: "" },
    };
  if (name.startsWith("ksa."))
    return { labelsToApply: { "pcsa.projectcalico.org/name": name.slice(`ksa.${namespace}.`.length) } };
  return {
    ingress: [allow],
    egress: [allow],
    labelsToApply: { "pcns.projectcalico.org/name": namespace, "pcns.kubernetes.io/metadata.name": namespace },
  };
}
