import * as z from "zod";
import { ageColumn } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";
import type { Report } from "../issue.ts";
import { NAMESPACE_LABEL } from "../object.ts";
import type { ObjectMeta } from "../object.ts";
import { cidr, setOf } from "../scalars/schemas.ts";
import type { Looks, Traits } from "../traits.ts";

const spec = z.strictObject({
  nets: setOf(cidr)
    .meta({
      title: "Addresses and CIDRs",
      description: "Addresses and CIDRs of either family that the set stands for.",
    })
    .optional(),
});

const traits: Traits = { member: "set", readBy: ["graph", "evaluator"], shared: ["metadata.labels", "spec"] };
const looks: Looks = { icon: "set", searched: true, template: { nets: ["192.0.2.0/24"] } };

const laws = [`The label ${NAMESPACE_LABEL} is the system's: it may not be set.`];

export const NetworkSet = defineResource({
  kind: "NetworkSet",
  scope: "Namespaced",
  description: "Addresses under labels: what the set is labelled, rules of its namespace can select.",
  shortNames: ["netsets", "netset"],
  traits,
  looks,
  laws,
  spec,
  rules: checkLabels,
});
export type NetworkSet = ObjectOf<typeof NetworkSet>;

export const GlobalNetworkSet = defineResource({
  kind: "GlobalNetworkSet",
  scope: "Cluster",
  description: "Addresses under labels: what the set is labelled, rules of any policy can select.",
  shortNames: ["gns"],
  traits: { ...traits, aliases: ["gnetsets"] },
  looks: { ...looks, menu: { group: "Policy", title: "Network sets", icon: "sets" } },
  columns: [ageColumn],
  laws,
  spec,
  rules: checkLabels,
});
export type GlobalNetworkSet = ObjectOf<typeof GlobalNetworkSet>;

function checkLabels(_spec: unknown, report: Report, { labels }: ObjectMeta): void {
  if (labels?.[NAMESPACE_LABEL] !== undefined)
    report(
      `metadata.labels[${NAMESPACE_LABEL}]`,
      "FieldValueInvalid",
      "is set by the system from the set's own namespace; remove the label",
    );
}
