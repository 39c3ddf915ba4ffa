import { describe, expect, test } from "vitest";
import type { ActiveEndpoint, EndpointTier, NodeUpdate, Packet, Rule } from "../model.ts";
import { POLICY_STAGES } from "../stages.ts";
import type { PolicyStage } from "../stages.ts";
import { evaluateState } from "./evaluate.ts";
import { emptyState, take } from "./state.ts";

const packet: Packet = { ipVersion: 4, protocol: 6, source: "10.0.0.1", destination: "10.0.0.2", destinationPort: 80 };
const ref = { kind: "HostEndpoint", name: "h" };

function policy(name: "allow" | "deny" | "pass" | "other"): NodeUpdate {
  const action = name === "other" ? "allow" : name;
  const rule: Rule = { action, source: {}, destination: {}, ...(name === "other" && { protocol: 17 }) };
  const key = `GlobalNetworkPolicy/${name}`;
  return {
    t: "policy",
    policy: { key, kind: "GlobalNetworkPolicy", name, tier: "t", ingress: [rule], egress: [rule] },
  };
}

function tier(policy: "allow" | "deny" | "pass" | "other", defaultAction: "Deny" | "Pass" = "Pass"): EndpointTier {
  const keys = [`GlobalNetworkPolicy/${policy}`];
  return { name: "t", defaultAction, ingress: keys, egress: keys };
}

/** The verdict of the stages, in this order, for an endpoint with these tiers and a profile that allows all. */
function judge(
  stages: ActiveEndpoint["stages"],
  asked: readonly PolicyStage[] | undefined,
  direction: "ingress" | "egress" = "ingress",
): string {
  const state = emptyState();
  const allowAll: Rule = { action: "allow", source: {}, destination: {} };
  for (const name of ["allow", "deny", "pass", "other"] as const) take(state, policy(name));
  take(state, { t: "profile", profile: { name: "open", ingress: [allowAll], egress: [allowAll] } });
  take(state, {
    t: "endpoint",
    endpoint: { key: "h", ref, match: { by: "name", name: "eth0" }, active: true, stages, profiles: ["open"] },
  });
  return evaluateState(state, { endpoint: "h", direction, packet, ...(asked !== undefined && { stages: asked }) });
}

describe("the stages of an endpoint", () => {
  test.each<{ name: string; stages: ActiveEndpoint["stages"]; asked?: readonly PolicyStage[]; verdict: string }>([
    { name: "without a word said the normal one decides", stages: { normal: [tier("deny")] }, verdict: "deny" },
    {
      name: "the first that decides is heard",
      stages: { untracked: [tier("allow")], normal: [tier("deny")] },
      asked: ["untracked", "preDNAT", "normal"],
      verdict: "allow",
    },
    {
      name: "what an untracked or preDNAT list does not match goes on to the next",
      stages: { untracked: [tier("other")], preDNAT: [tier("other")], normal: [tier("deny")] },
      asked: ["untracked", "preDNAT", "normal"],
      verdict: "deny",
    },
    {
      name: "profiles decide what no tier of the normal one did",
      stages: { normal: [tier("pass")] },
      asked: ["normal"],
      verdict: "allow",
    },
    {
      name: "forward asks no profile: neither accepted nor denied",
      stages: { forward: [tier("pass")] },
      asked: ["forward"],
      verdict: "next",
    },
    {
      name: "the end of a tier denies where it says so",
      stages: { forward: [tier("other", "Deny")] },
      asked: ["forward"],
      verdict: "deny",
    },
    { name: "one without policy lets the next decide", stages: {}, asked: ["untracked", "forward"], verdict: "next" },
    {
      name: "shadow is heard only by who asks for it",
      stages: { shadow: [tier("deny")], normal: [tier("allow")] },
      verdict: "allow",
    },
  ])("$name", ({ stages, asked, verdict }) => {
    expect(judge(stages, asked)).toBe(verdict);
  });

  test("preDNAT is there for what comes in only", () => {
    const stages = { preDNAT: [tier("deny")] };
    expect([judge(stages, ["preDNAT"]), judge(stages, ["preDNAT"], "egress")]).toEqual(["deny", "next"]);
  });

  test("each denies what a policy of its own denies", () => {
    for (const stage of POLICY_STAGES) expect(judge({ [stage]: [tier("deny")] }, [stage])).toBe("deny");
  });

  test("an interface of the host sends from any address, a workload's from its own", () => {
    const state = emptyState();
    const endpoint: ActiveEndpoint = {
      key: "h",
      ref,
      match: { by: "name", name: "eth0" },
      active: true,
      stages: {},
      profiles: ["open"],
    };
    const allowAll: Rule = { action: "allow", source: {}, destination: {} };
    take(state, { t: "profile", profile: { name: "open", ingress: [allowAll], egress: [allowAll] } });
    const question = { endpoint: "h", direction: "egress", packet } as const;
    take(state, { t: "endpoint", endpoint });
    expect(evaluateState(state, question)).toBe("allow");
    const workload = { addresses: ["10.0.0.9/32"], allowSpoofedSourcePrefixes: [] };
    take(state, { t: "endpoint", endpoint: { ...endpoint, workload } });
    expect(evaluateState(state, question)).toBe("deny");
  });
});
