/**
 * Namespaces, generators and fakes for tests.
 *
 *     atMost("list of 10,000", 24, "ms", 250).ok; // → true
 */
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
export { seeded } from "./seeded.ts";
export * from "./truth-table/index.ts";
export { wrongShapesOf } from "./wrong-shapes.ts";
