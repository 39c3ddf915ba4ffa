import type { ResourceDefinition } from "./define.ts";
import { IPPool } from "./kinds/ip-pool.ts";
import { GlobalNetworkPolicy, NetworkPolicy } from "./kinds/network-policy.ts";
import { GlobalNetworkSet, NetworkSet } from "./kinds/network-set.ts";
import { Tier } from "./kinds/tier.ts";

/** Every kind there is, public ones first. */
export const resourceDefinitions: readonly ResourceDefinition[] = [
  Tier,
  NetworkPolicy,
  GlobalNetworkPolicy,
  NetworkSet,
  GlobalNetworkSet,
  IPPool,
];

const byKind = new Map(resourceDefinitions.map((definition) => [definition.kind, definition]));
const byPlural = new Map(resourceDefinitions.map((definition) => [definition.plural, definition]));

export function definitionOf(kind: string): ResourceDefinition | undefined {
  return byKind.get(kind);
}

export function definitionByPlural(plural: string): ResourceDefinition | undefined {
  return byPlural.get(plural);
}
