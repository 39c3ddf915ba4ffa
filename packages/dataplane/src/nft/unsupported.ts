import type { ActiveEndpoint } from "@percale/policy";
import { POLICY_STAGES } from "@percale/policy";
import type { Refusal } from "../policy/driver.ts";
import { RENDERED_STAGES } from "./layout.ts";

const RENDERED: ReadonlySet<string> = new Set(RENDERED_STAGES);

/** What of an endpoint this driver leaves out. */
export function unsupportedOf({ ref, workload, stages }: ActiveEndpoint): readonly Refusal[] {
  const missing = POLICY_STAGES.filter((stage) => !RENDERED.has(stage) && hasPolicy(stages[stage]));
  const faults = [
    ...(workload === undefined ? ["host endpoints are not enforced"] : []),
    ...(missing.length > 0 ? [`policy of these stages is left out: ${missing.join(", ")}`] : []),
  ];
  return faults.length === 0 ? [] : [{ ref, kind: "unsupported", detail: faults.join("; ") }];
}

function hasPolicy(tiers: ActiveEndpoint["stages"]["normal"]): boolean {
  return tiers?.some(({ ingress, egress }) => ingress.length + egress.length > 0) === true;
}
