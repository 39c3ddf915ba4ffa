/**
 * The truth table of workload policy as data: what must come of which packet under which objects. The evaluator answers it from the objects, the
 * drivers with real packets; the rows carry no code that could make them agree.
 */
import { fieldScenarios } from "./fields.ts";
import { kubernetesScenarios } from "./kubernetes.ts";
import { orderScenarios } from "./order.ts";
import { peerScenarios } from "./peers.ts";
import type { Scenario } from "./scenario.ts";
import { tierScenarios } from "./tiers.ts";
import { workloadScenarios } from "./workload.ts";

export * from "./scenario.ts";
export { NAMESPACE, WORKLOADS, addressOf, baseTopology, nodeOf, workloadName } from "./topology.ts";
export type { Workload } from "./topology.ts";

export const truthTable: readonly Scenario[] = [
  ...orderScenarios,
  ...tierScenarios,
  ...fieldScenarios,
  ...peerScenarios,
  ...workloadScenarios,
  ...kubernetesScenarios,
];
