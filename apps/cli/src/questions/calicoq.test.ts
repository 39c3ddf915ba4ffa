import { expect, test } from "vitest";
import { renderMatches } from "./calicoq.ts";
import type { MatchRow } from "./calicoq.ts";
import { policyRef } from "./policy-ref.ts";

const host: MatchRow = {
  id: "n1/eth0",
  endpoint: { kind: "HostEndpoint", name: "n1-eth0" },
  policies: [],
  profiles: [],
  rules: [
    {
      owner: { kind: "KubernetesNetworkPolicy", namespace: "prod", name: "web" },
      direction: "egress",
      rule: 1,
      side: "destination",
      selector: "all()",
    },
  ],
};

test("a host endpoint keeps its node, and has no policies of its own; a policy of Kubernetes has the name that Calico gives it", () => {
  const none = { rules: false, selectors: false };
  expect(renderMatches({ per: "node", node: "n1" }, [host], none))
    .toBe(`Policies and profiles for each endpoint on host "n1":

Host endpoint n1/eth0
  Policies:
  Profiles:
  Rule matches:
    Policy "prod/knp.default.web" outbound rule 2 destination match; selector "all()"
`);
  expect(renderMatches({ per: "selector", selector: "all()" }, [host], none)).toBe(
    "Endpoints matching selector all():\n  Host endpoint n1/eth0\n",
  );
  expect(renderMatches({ per: "policy", ref: host.rules[0]!.owner }, [host], none)).toBe(
    `Policy "prod/knp.default.web" applies to these endpoints:

Endpoints matching Policy "prod/knp.default.web" rules:
  Host endpoint n1/eth0
    outbound rule 2 destination match; selector "all()"
`,
  );
});

const nobody = (): Promise<never> => Promise.reject(new Error("asked"));

test.each([
  ["web", { kind: "GlobalNetworkPolicy", name: "web" }],
  ["prod/web", { kind: "NetworkPolicy", namespace: "prod", name: "web" }],
  ["prod/knp.default.web", { kind: "KubernetesNetworkPolicy", namespace: "prod", name: "web" }],
  ["netpol/prod/web", { kind: "KubernetesNetworkPolicy", namespace: "prod", name: "web" }],
  ["clusternetworkpolicies.policy.networking.k8s.io/web", { kind: "KubernetesClusterNetworkPolicy", name: "web" }],
  ["clusternetworkpolicy/web", { kind: "KubernetesClusterNetworkPolicy", name: "web" }],
  ["gnp/web", { kind: "GlobalNetworkPolicy", name: "web" }],
  ["np/prod/web", { kind: "NetworkPolicy", namespace: "prod", name: "web" }],
])("the policy %s is told by its name, and by its kind where that is said", async (text, ref) => {
  expect(await policyRef(nobody, text)).toStrictEqual(ref);
});
