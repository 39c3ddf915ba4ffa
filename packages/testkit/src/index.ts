/** Namespaces, generators and fakes for tests. */
export * from "./figure.ts";
export { Fabric } from "./fabric.ts";
export type { FabricNode, FabricWorkload } from "./fabric.ts";
export { MemorySocket } from "./memory-socket.ts";
export { MemorySource } from "./memory-source.ts";
export type { MemoryEvent, MemoryState } from "./memory-source.ts";
export { busyNeighbour } from "./neighbour.ts";
export type { Neighbour } from "./neighbour.ts";
export { probeSync, stream } from "./probe.ts";
export { listRuleset, nft, readRuleset } from "./ruleset.ts";
export type { Ruleset } from "./ruleset.ts";
export type { ProbeOptions, ProbeResult } from "./probe.ts";
export * from "./truth-table/index.ts";
export { wrongShapesOf } from "./wrong-shapes.ts";
