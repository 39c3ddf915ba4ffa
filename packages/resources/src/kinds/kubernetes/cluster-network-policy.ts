import { tryParseCidr } from "@percale/net";
import * as z from "zod";
import { ageColumn, column } from "../../columns.ts";
import { defineResource } from "../../define.ts";
import type { Immutable, ObjectOf } from "../../define.ts";
import { show } from "../../issue.ts";
import type { Report } from "../../issue.ts";
import { cidr, listOf, portName, portNumber } from "../../scalars/schemas.ts";
import { conditionsStatus } from "../conditions.ts";
import { KEEPS_ZERO } from "../../unset.ts";
import { checkLabelSelector, labelSelector } from "./label-selector.ts";

const namespaces = labelSelector
  .meta({ title: "Namespaces", description: "All pods of namespaces with these labels; {} is every namespace." })
  .optional();
const pods = z
  .strictObject({
    namespaceSelector: labelSelector.meta({ title: "In namespaces", description: "Namespaces by label." }),
    podSelector: labelSelector.meta({ title: "Pods", description: "Their pods by label." }),
  })
  .meta({ title: "Pods", description: "Pods with these labels in namespaces with these." })
  .optional();

/** A 0 or an empty text is refused: left out it would mean every port. */
const destinationPort = z
  .strictObject({
    number: portNumber.meta(KEEPS_ZERO).meta({ title: "Number", description: "One port." }).optional(),
    range: z
      .strictObject({
        start: portNumber.meta({ title: "First", description: "The first of them." }),
        end: portNumber.meta({ title: "Last", description: "The last of them." }),
      })
      .meta({ title: "Range", description: "Several ports in a row." })
      .optional(),
  })
  .meta({ title: "Destination port", description: "The port, or a range of them. Absent: all." })
  .optional();
const withPort = (name: string) =>
  z
    .strictObject({ destinationPort })
    .meta({ title: name, description: `${name} packets.` })
    .optional();

const protocols = listOf(
  z.strictObject({
    tcp: withPort("TCP"),
    udp: withPort("UDP"),
    sctp: withPort("SCTP"),
    destinationNamedPort: portName
      .meta(KEEPS_ZERO)
      .meta({ title: "Named port", description: "The port of that name, whatever its protocol and number." })
      .optional(),
  }),
  25,
)
  .meta({ title: "Protocols", description: "Protocols and ports; one of them fits. Empty: all." })
  .optional();

const ruleFields = {
  name: z.string().max(100).meta({ title: "Name", description: "What people call the rule." }).optional(),
  action: z.enum(["Accept", "Deny", "Pass"]).meta({
    title: "Action",
    description: "Accept and Deny decide; Pass leaves it to the policies that come after the tier.",
  }),
  protocols,
};
const peer = { namespaces, pods };

const spec = z.strictObject({
  tier: z.enum(["Admin", "Baseline"]).meta({
    title: "Tier",
    description: "Admin comes before all policies of users, Baseline after them, where nothing has decided.",
  }),
  priority: z
    .int()
    .min(0)
    .max(1000)
    .meta({ title: "Priority", description: "Place among the policies of the tier, lowest first." }),
  subject: z
    .strictObject({ namespaces, pods })
    .meta({ title: "Applies to", description: "The pods whose packets it governs: of namespaces, or by label." }),
  ingress: listOf(
    z.strictObject({
      ...ruleFields,
      from: listOf(z.strictObject(peer), 25).meta({ title: "From", description: "Who sends; one of them fits." }),
    }),
    25,
  )
    .meta({ title: "Ingress rules", description: "Rules for packets to the pods; the first that matches decides." })
    .optional(),
  egress: listOf(
    z.strictObject({
      ...ruleFields,
      to: listOf(
        z.strictObject({
          ...peer,
          nodes: labelSelector
            .meta({ title: "Nodes", description: "Nodes by label. Not supported here: the rule fails closed." })
            .optional(),
          networks: listOf(cidr, 25)
            .meta({ title: "Networks", description: "CIDRs, one of which holds the address." })
            .optional(),
          domainNames: listOf(z.string(), 25)
            .meta({ title: "Domain names", description: "Names. Not supported here: the rule fails closed." })
            .optional(),
        }),
        25,
      ).meta({ title: "To", description: "Whom they send to; one of them fits." }),
    }),
    25,
  )
    .meta({ title: "Egress rules", description: "Rules for packets from the pods; the first that matches decides." })
    .optional(),
});
export type ClusterPolicySpec = Immutable<z.output<typeof spec>>;

/** Source: kubernetes-sigs/network-policy-api `apis/v1alpha2/clusternetworkpolicy_types.go`. */
export const KubernetesClusterNetworkPolicy = defineResource({
  kind: "KubernetesClusterNetworkPolicy",
  scope: "Cluster",
  description:
    "Kubernetes' policy for the whole cluster: rules of administrators before those of users (Admin, in the tier kube-admin), or where those say nothing (Baseline, in kube-baseline).",
  words: { one: "Kubernetes cluster network policy", many: "Kubernetes cluster network policies" },
  traits: { policy: "enforced", guarded: true, readBy: ["graph", "evaluator"], shared: ["spec"], logWord: "kcnp" },
  looks: {
    icon: "global",
    page: "policies",
    searched: true,
    template: { tier: "Admin", priority: 100, subject: { namespaces: {} } },
  },
  laws: [
    "Admin policies are in force in the tier kube-admin, Baseline policies in kube-baseline, at their priority; what they do not decide goes on.",
    "A subject or peer says who is meant in exactly one way.",
    "A rule with a peer that cannot be matched here (nodes, domainNames) fails closed: one that accepts allows nothing, one that denies or passes denies everything, and nodes say so.",
  ],
  statusSubresource: true,
  columns: [
    column("Tier", "spec.tier", "Admin or Baseline"),
    column("Priority", "spec.priority", "Place within the tier, lowest first", "integer"),
    ageColumn,
  ],
  spec,
  status: conditionsStatus,
  rules: (policy, report) => {
    checkSelected(policy.subject, "spec.subject", report);
    for (const [i, { from, protocols: list }] of (policy.ingress ?? []).entries()) {
      const at = `spec.ingress[${i}]`;
      if (from.length === 0) report(`${at}.from`, "FieldValueInvalid", "must have at least 1 item, got []");
      for (const [j, one] of from.entries()) checkSelected(one, `${at}.from[${j}]`, report);
      checkProtocols(list ?? [], `${at}.protocols`, report);
    }
    for (const [i, { to, protocols: list }] of (policy.egress ?? []).entries()) {
      const at = `spec.egress[${i}]`;
      if (to.length === 0) report(`${at}.to`, "FieldValueInvalid", "must have at least 1 item, got []");
      for (const [j, one] of to.entries()) {
        checkSelected(one, `${at}.to[${j}]`, report);
        checkLabelSelector(one.nodes, `${at}.to[${j}].nodes`, report);
        for (const key of ["networks", "domainNames"] as const)
          if (one[key]?.length === 0)
            report(`${at}.to[${j}].${key}`, "FieldValueInvalid", "must have at least 1 item, got []");
        for (const [k, text] of (one.networks ?? []).entries())
          if (tryParseCidr(text) !== undefined && !text.includes("/"))
            report(
              `${at}.to[${j}].networks[${k}]`,
              "FieldValueInvalid",
              `must have a prefix length, got ${show(text)}`,
            );
      }
      checkProtocols(list ?? [], `${at}.protocols`, report);
    }
  },
});
export type KubernetesClusterNetworkPolicy = ObjectOf<typeof KubernetesClusterNetworkPolicy>;

/** Exactly one way to say who is meant. */
function checkSelected(
  selected: ClusterPolicySpec["subject"] & { readonly [way: string]: unknown },
  field: string,
  report: Report,
): void {
  const ways = Object.values(selected).filter((way) => way !== undefined);
  if (ways.length !== 1)
    report(field, "FieldValueInvalid", `must have exactly one of its fields, got ${show(Object.keys(selected))}`);
  checkLabelSelector(selected.namespaces, `${field}.namespaces`, report);
  checkLabelSelector(selected.pods?.namespaceSelector, `${field}.pods.namespaceSelector`, report);
  checkLabelSelector(selected.pods?.podSelector, `${field}.pods.podSelector`, report);
}

function checkProtocols(
  list: NonNullable<NonNullable<ClusterPolicySpec["ingress"]>[number]["protocols"]>,
  field: string,
  report: Report,
): void {
  for (const [i, one] of list.entries()) {
    if (Object.values(one).every((way) => way === undefined))
      report(`${field}[${i}]`, "FieldValueInvalid", "must have one of its fields, got none");
    for (const key of ["tcp", "udp", "sctp"] as const) {
      const { number, range } = one[key]?.destinationPort ?? {};
      const at = `${field}[${i}].${key}.destinationPort`;
      if (number !== undefined && range !== undefined)
        report(at, "FieldValueForbidden", "must have either number or range, got both");
      if (one[key]?.destinationPort !== undefined && number === undefined && range === undefined)
        report(at, "FieldValueInvalid", "must have either number or range, got neither");
      if (range !== undefined && range.end < range.start)
        report(`${at}.range`, "FieldValueInvalid", `end must be >= start ${range.start}, got ${range.end}`);
    }
  }
}
