import { workloadEndpointName } from "@percale/resources";
import { CniCode } from "@percale/protocol";
import { CniError } from "./errors.ts";
import type { CniRequest } from "./request.ts";

/** The interface that bears upstream's names; further ones of a container have names of their own. */
const FIRST_INTERFACE = "eth0";
const ALTERNATIVES = 3;
const MAX_ALIAS_ID = 200;

/** What an attachment is called in the store and on the node. */
export interface EndpointIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly orchestrator: "k8s" | "cni";
  /** Names for the interface on the node, the wanted one first: the first that nobody else has is taken. */
  readonly interfaceNames: readonly string[];
  readonly handle: string;
}

export function identify(request: CniRequest, node: string, sha1Hex: (text: string) => string): EndpointIdentity {
  const { pod, containerID, ifName, network } = request;
  const orchestrator = pod === undefined ? "cni" : "k8s";
  const name = workloadEndpointName({ node, orchestrator, endpoint: ifName, containerID, pod: pod?.name });
  if (!("name" in name))
    throw new CniError(CniCode.environment, `no endpoint can be named so: ${name.part} ${name.fault}`);
  const namespace = pod?.namespace ?? "default";
  const hashed = (text: string): string => `cali${sha1Hex(text).slice(0, 11)}`;
  const workload = pod === undefined ? containerID : `${pod.namespace}.${pod.name}`;
  const upstream = pod === undefined ? `cali${containerID.slice(0, 11)}` : hashed(workload);
  const isFirst = ifName === FIRST_INTERFACE;
  return {
    namespace,
    name: name.name,
    orchestrator,
    interfaceNames: [
      // Upstream's rule, so that either plugin finds the other's interfaces.
      isFirst ? upstream : hashed(`${workload}:${ifName}`),
      ...Array.from({ length: ALTERNATIVES }, (_, n) => hashed(`${namespace}/${name.name}:${n}`)),
    ],
    // Upstream's `<network>.<container>` where it can be taken apart again; neither of the two has a ~.
    handle: isFirst && !containerID.includes(".") ? `${network}.${containerID}` : `${network}~${containerID}~${ifName}`,
  };
}

/**
 * Alias of both ends of a pair that we made: whose it is. The native client computes it too, and an alias holds 255 bytes.
 * It outlives renames, lost files and dead agents; no link without it is ever deleted.
 */
export function linkMark({ containerID, ifName }: Pick<CniRequest, "containerID" | "ifName">): string {
  const isShort = containerID.length <= MAX_ALIAS_ID;
  return `percale ${isShort ? containerID : `${containerID.slice(0, 180)}~${fnv1a(containerID)}`} ${ifName}`;
}

/** 64 bits as hexadecimal text. */
function fnv1a(text: string): string {
  let hash = 0xcbf2_9ce4_8422_2325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100_0000_01b3n);
  return hash.toString(16).padStart(16, "0");
}
