import type { Direction } from "./evaluate/query.ts";

/** In the order in which a packet meets them; the last decides nothing. */
export const POLICY_STAGES = ["untracked", "preDNAT", "forward", "normal", "shadow"] as const;

/**
 * Where on its way through the node an endpoint's policies meet a packet. A workload's are all `normal`; `shadow` are staged ones,
 * calculated to be shown and counted. What a stage means stands here; a driver is told stages, never kinds of object.
 */
export type PolicyStage = (typeof POLICY_STAGES)[number];

export interface StageTraits {
  /** In others the stage does not exist. */
  readonly directions: readonly Direction[];
  /** What no tier decided is decided by the endpoint's profiles. */
  readonly hasProfiles: boolean;
  /** Of a packet that nothing matched; `next`: whatever comes after the stage decides. */
  readonly unmatched: "deny" | "next";
  readonly isEnforced: boolean;
}

const BOTH = ["ingress", "egress"] as const;

/** What each stage means; evaluator and drivers read it here. */
export const STAGE_TRAITS: Readonly<Record<PolicyStage, StageTraits>> = {
  untracked: { directions: BOTH, hasProfiles: false, unmatched: "next", isEnforced: true },
  preDNAT: { directions: ["ingress"], hasProfiles: false, unmatched: "next", isEnforced: true },
  forward: { directions: BOTH, hasProfiles: false, unmatched: "next", isEnforced: true },
  normal: { directions: BOTH, hasProfiles: true, unmatched: "deny", isEnforced: true },
  shadow: { directions: BOTH, hasProfiles: true, unmatched: "deny", isEnforced: false },
};
