import {
  API_VERSION,
  profileOfNamespace,
  profileOfNetwork,
  profileOfServiceAccount,
  WorkloadEndpoint,
} from "@percale/resources";
import type { KubeObject, Profile } from "@percale/resources";
import type { EndpointIdentity } from "./identity.ts";
import type { CniRequest } from "./request.ts";

/** The WorkloadEndpoint of an attachment: a new one, or the pod's old one with this container in it. */
export function endpointOf(options: {
  readonly request: CniRequest;
  readonly identity: EndpointIdentity;
  readonly node: string;
  readonly hostInterface: string;
  readonly addresses: readonly string[];
  readonly mac: string;
  readonly old?: WorkloadEndpoint | undefined;
}): WorkloadEndpoint {
  const { request, identity, node, hostInterface, addresses, mac, old } = options;
  const { labels, ports, serviceAccount } = request.config.args.percale;
  return {
    apiVersion: API_VERSION,
    kind: WorkloadEndpoint.kind,
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
      interfaceName: hostInterface,
      mac,
      ...(ports.length > 0 && { ports }),
    },
  };
}

/** A pod has its namespace's (and service account's) profile, anything else its network's. */
export function profileNames(request: CniRequest, identity: EndpointIdentity): string[] {
  return profilesOf(request, identity).map(({ metadata }) => metadata.name);
}

/** Profiles that an endpoint refers to and nobody made: what upstream's plugin (a network) or Kubernetes (a namespace) would give it. */
export function missingProfiles(
  request: CniRequest,
  identity: EndpointIdentity,
  has: (name: string) => boolean,
): KubeObject<Profile["spec"]>[] {
  return profilesOf(request, identity).filter(({ metadata }) => !has(metadata.name));
}

function profilesOf(request: CniRequest, { orchestrator, namespace }: EndpointIdentity): KubeObject<Profile["spec"]>[] {
  if (orchestrator === "cni") return [profileOfNetwork(request.network)];
  const account = request.config.args.percale.serviceAccount;
  return [
    profileOfNamespace(namespace),
    ...(account === undefined ? [] : [profileOfServiceAccount(namespace, account)]),
  ];
}
