import { describe, expect, test } from "vitest";
import { faultsOf, specOf } from "../testdata/cases.ts";

describe.each(["StagedNetworkPolicy", "StagedGlobalNetworkPolicy"])("%s", (kind) => {
  test("previews a policy unless it says otherwise, and is completed like one", () => {
    expect(specOf(kind, { egress: [{ action: "Allow" }] })).toEqual({
      stagedAction: "Set",
      tier: "default",
      types: ["Egress"],
      egress: [{ action: "Allow" }],
    });
  });

  test.each<[name: string, spec: object, expected: string[]]>([
    ["keeps to what policies keep to", { selector: "global()" }, ["selector: Invalid"]],
    ["knows four actions", { stagedAction: "Preview" }, ["stagedAction: NotSupported"]],
    ["may be recommended, or dismissed", { stagedAction: "Learn", selector: "all()" }, []],
    ["of a deletion says nothing but the name", { stagedAction: "Delete", tier: "default" }, []],
    [
      "of a deletion has no content",
      { stagedAction: "Delete", order: 1, ingress: [{ action: "Allow" }] },
      ["order: Invalid", "ingress: Invalid"],
    ],
    ["of a deletion may have empty fields", { stagedAction: "Delete", selector: "", ingress: [] }, []],
  ])("%s", (_, spec, expected) => {
    expect(faultsOf(kind, spec, { name: "p" }).sort()).toEqual(expected.sort());
  });

  test("of a deletion has no types, whatever was sent", () => {
    expect(specOf(kind, { stagedAction: "Delete", types: ["Ingress"] })).toEqual({
      stagedAction: "Delete",
      tier: "default",
    });
  });
});

describe("StagedKubernetesNetworkPolicy", () => {
  const kind = "StagedKubernetesNetworkPolicy";
  const from = (peer: object): object => ({ podSelector: {}, ingress: [{ from: [peer] }] });

  test("has the types that Kubernetes would fill in", () => {
    expect(specOf(kind, { podSelector: {}, egress: [{}] })).toMatchObject({ policyTypes: ["Ingress", "Egress"] });
    expect(specOf(kind, { stagedAction: "Delete" })).toEqual({ stagedAction: "Delete" });
  });

  test.each<[name: string, spec: object, expected: string[]]>([
    ["is judged as Kubernetes judges", from({}), ["ingress[0].from[0]: Required"]],
    ["must become a policy of ours", from({ ipBlock: { cidr: "0.0.0.0/0", except: ["0.0.0.0/1"] } }), []],
    ["of a deletion says nothing but the name", { stagedAction: "Delete", podSelector: {} }, []],
    [
      "of a deletion selects nobody",
      { stagedAction: "Delete", podSelector: { matchLabels: { a: "b" } } },
      ["podSelector: Invalid"],
    ],
    ["of a deletion has no rules", { stagedAction: "Delete", ingress: [{}] }, ["ingress: Invalid"]],
  ])("%s", (_, spec, expected) => {
    expect(faultsOf(kind, spec)).toEqual(expected);
  });
});
