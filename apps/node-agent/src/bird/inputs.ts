import { createHash } from "node:crypto";
import type {
  AffinityObject,
  BgpConfigurationObject,
  BgpInputs,
  BgpPeerObject,
  NodeObject,
  PoolObject,
} from "@percale/bgp";
import { BGPConfiguration, BGPPeer, BlockAffinity, IPPool, kindsReadBy, Node } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { StreamStep } from "../part.ts";

/** Kinds that this node's BIRD configuration is made of. */
const KINDS: ReadonlySet<string> = new Set(kindsReadBy("bird"));

/** True if the configuration may be another one after this step. */
export function touchesBgp(step: StreamStep): boolean {
  if (step.t === "loading") return false;
  return step.complete || [...step.puts, ...step.deletes].some(({ kind }) => KINDS.has(kind));
}

export function bgpInputs(node: string, objects: Iterable<KubeObject>): BgpInputs {
  const byKind = Map.groupBy(objects, ({ kind }) => kind);
  const of = <T>(kind: string): T[] => (byKind.get(kind) ?? []) as T[]; // the schema of that kind holds for all of them
  return {
    node,
    nodes: of<NodeObject>(Node.kind),
    pools: of<PoolObject>(IPPool.kind),
    affinities: of<AffinityObject>(BlockAffinity.kind),
    configurations: of<BgpConfigurationObject>(BGPConfiguration.kind),
    peers: of<BgpPeerObject>(BGPPeer.kind),
    sha256: (text) => createHash("sha256").update(text).digest(),
  };
}
