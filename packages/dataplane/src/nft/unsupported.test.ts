import type { ActiveEndpoint } from "@percale/policy";
import { expect, test } from "vitest";
import { unsupportedOf } from "./unsupported.ts";

const ref = { kind: "HostEndpoint", name: "h" };
const tier = (ingress: readonly string[], egress: readonly string[] = []) =>
  ({ name: "t", defaultAction: "Deny", ingress, egress }) as const;
const endpoint = (more: Partial<ActiveEndpoint>): ActiveEndpoint => ({
  key: "h",
  ref,
  match: { by: "name", name: "cali0" },
  active: true,
  profiles: [],
  stages: {},
  ...more,
});
const workload = { addresses: [], allowSpoofedSourcePrefixes: [] };

test.each<[what: string, of: Partial<ActiveEndpoint>, detail: string | undefined]>([
  ["a workload's normal policy", { workload, stages: { normal: [tier(["p"])] } }, undefined],
  ["stages without policy", { workload, stages: { forward: [tier([])], untracked: [] } }, undefined],
  ["a host's", {}, "host endpoints are not enforced"],
  [
    "policy of further stages, in either direction",
    { workload, stages: { untracked: [tier(["p"])], preDNAT: [tier([]), tier([], ["p"])] } },
    "policy of these stages is left out: untracked, preDNAT",
  ],
  [
    "both",
    { stages: { forward: [tier(["p"])] } },
    "host endpoints are not enforced; policy of these stages is left out: forward",
  ],
])("of %s is told what is left out", (_, of, detail) => {
  expect(unsupportedOf(endpoint(of))).toEqual(detail === undefined ? [] : [{ ref, kind: "unsupported", detail }]);
});
