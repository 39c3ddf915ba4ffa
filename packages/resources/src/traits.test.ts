import { expect, test } from "vitest";
import { definitionOf, kindsReadBy, kindsWhere, resourceDefinitions, twinOf, valueAt } from "./index.ts";

test("the kinds of which something holds come in the registry's order", () => {
  expect(kindsWhere(({ traits }) => traits.tiered)).toEqual([
    "NetworkPolicy",
    "GlobalNetworkPolicy",
    "StagedNetworkPolicy",
    "StagedGlobalNetworkPolicy",
  ]);
  expect(kindsWhere(({ traits }) => traits.member)).toEqual([
    "NetworkSet",
    "GlobalNetworkSet",
    "HostEndpoint",
    "WorkloadEndpoint",
  ]);
  expect(kindsWhere(({ traits }) => traits.bookkeeping)).toEqual(["BlockAffinity", "IPAMBlock", "IPAMHandle"]);
  expect(kindsReadBy("bird")).toEqual(["IPPool", "BGPPeer", "BGPConfiguration", "BlockAffinity", "Node"]);
});

test.each(resourceDefinitions.map(({ kind }) => kind))(
  "what travels of %s, and whose it is, are fields of it",
  (kind) => {
    const definition = definitionOf(kind)!;
    const { traits } = definition;
    const paths = [...(traits.shared ?? []), ...(traits.node === undefined ? [] : [traits.node.field])];
    const known = paths.filter(
      (path) =>
        /^metadata\.(labels|creationTimestamp|deletionTimestamp)$/.test(path) ||
        valueAt(definition.openApi(), `properties.${path.replace(".", ".properties.")}`) !== undefined,
    );
    expect(known).toEqual(paths);
  },
);

test("every kind that a node's graph or BIRD reads travels to it", () => {
  const read = kindsWhere(({ traits: { readBy = [] } }) => readBy.includes("graph") || readBy.includes("bird"));
  const travels = kindsWhere(({ traits }) => traits.shared !== undefined || traits.node !== undefined);
  expect(read.filter((kind) => !travels.includes(kind))).toEqual([]);
});

test.each([
  ["GlobalNetworkPolicy", "global network policy", "global network policies"],
  ["IPPool", "IP pool", "IP pools"],
  ["IPAMBlock", "IPAM block", "IPAM blocks"],
  ["BlockAffinity", "block affinity", "block affinities"],
])("in running text %s is a %s, several are %s", (kind, one, many) => {
  expect(definitionOf(kind)?.words).toEqual({ one, many });
});

test("twins are one kind in two scopes", () => {
  const twins = resourceDefinitions
    .map((one) => [one.kind, twinOf(one)?.kind])
    .filter(([, twin]) => twin !== undefined);
  expect(Object.fromEntries(twins)).toEqual({
    NetworkPolicy: "GlobalNetworkPolicy",
    GlobalNetworkPolicy: "NetworkPolicy",
    StagedNetworkPolicy: "StagedGlobalNetworkPolicy",
    StagedGlobalNetworkPolicy: "StagedNetworkPolicy",
    NetworkSet: "GlobalNetworkSet",
    GlobalNetworkSet: "NetworkSet",
  });
});

test("what is in force, what is tried out, and what stands in a tier of its own choice are three things", () => {
  expect(kindsWhere(({ traits }) => traits.policy === "enforced")).toEqual([
    "NetworkPolicy",
    "GlobalNetworkPolicy",
    "KubernetesNetworkPolicy",
    "KubernetesClusterNetworkPolicy",
  ]);
  expect(kindsWhere(({ traits }) => traits.policy === "staged")).toEqual([
    "StagedNetworkPolicy",
    "StagedGlobalNetworkPolicy",
    "StagedKubernetesNetworkPolicy",
  ]);
});
