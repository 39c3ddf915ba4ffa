import { containsCidr, maskCidr, tryParseCidr } from "@percale/net";
import * as z from "zod";
import { ageColumn, cellColumn } from "../../columns.ts";
import { defineResource } from "../../define.ts";
import type { Immutable, ObjectOf } from "../../define.ts";
import { show } from "../../issue.ts";
import type { Report } from "../../issue.ts";
import { cidr, listOf, setOf } from "../../scalars/schemas.ts";
import { intOrName } from "./int-or-name.ts";
import { KEEPS_ZERO } from "../../unset.ts";
import { checkLabelSelector, labelSelector } from "./label-selector.ts";

const peer = z.strictObject({
  podSelector: labelSelector
    .meta({
      title: "Pods",
      description: "Pods by label, of the policy's namespace or of those that namespaceSelector picks.",
    })
    .optional(),
  namespaceSelector: labelSelector
    .meta({ title: "In namespaces", description: "Namespaces by label; {} is all of them." })
    .optional(),
  ipBlock: z
    .strictObject({
      cidr: cidr.meta({ title: "CIDR", description: "Addresses, such as 192.168.1.0/24 or 2001:db8::/64." }),
      except: listOf(cidr).meta({ title: "Except", description: "Parts of the CIDR that are left out." }).optional(),
    })
    .meta({ title: "IP block", description: "A range of addresses. Stands alone, without selectors." })
    .optional(),
});

/** A 0 or an empty text is refused: left out it would mean every port. */
const policyPort = z.strictObject({
  protocol: z
    .enum(["TCP", "UDP", "SCTP"])
    .meta(KEEPS_ZERO)
    .meta({ title: "Protocol", description: "Its protocol." })
    .default("TCP"),
  port: intOrName
    .meta({ title: "Port", description: "A number, or the name of a pod's port. Absent: every port of the protocol." })
    .optional(),
  endPort: z
    .int()
    .min(1)
    .max(65535)
    .meta(KEEPS_ZERO)
    .meta({ title: "Last port", description: "With a number as port: all from there to here." })
    .optional(),
});

const ports = listOf(policyPort)
  .meta({ title: "Ports", description: "Ports of the selected pods (ingress) or of the peers (egress). Empty: all." })
  .optional();
const peers = (title: string, description: string) => listOf(peer).meta({ title, description }).optional();

/** Shared with the staged kind. Source: kubernetes/api `networking/v1/types.go`. */
export const kubernetesPolicyFields = {
  podSelector: labelSelector.meta({
    title: "Applies to",
    description: "Pods of the namespace by label; {} is all of them.",
  }),
  ingress: listOf(z.strictObject({ ports, from: peers("From", "Who may send; one of them fits. Empty: everybody.") }))
    .meta({
      title: "Ingress rules",
      description: "Packets to the pods that are allowed; what no rule allows is denied.",
    })
    .optional(),
  egress: listOf(
    z.strictObject({ ports, to: peers("To", "Whom they may send to; one of them fits. Empty: everybody.") }),
  )
    .meta({
      title: "Egress rules",
      description: "Packets from the pods that are allowed; what no rule allows is denied.",
    })
    .optional(),
  policyTypes: setOf(z.enum(["Ingress", "Egress"]), { max: 2 })
    .meta({
      title: "Types",
      description: "Directions that the policy governs. Default: Ingress, and Egress where there are egress rules.",
    })
    .optional(),
};

const spec = z.strictObject({ ...kubernetesPolicyFields, podSelector: kubernetesPolicyFields.podSelector.default({}) });
export type KubernetesPolicySpec = Immutable<z.output<typeof spec>>;
/** The staged kind's, which may be of nothing. */
export type AnyKubernetesPolicySpec = {
  readonly [K in keyof KubernetesPolicySpec]?: KubernetesPolicySpec[K] | undefined;
};

export const kubernetesPolicyLaws = [
  "policyTypes is filled in when it is empty: Ingress, and Egress where there are egress rules.",
  "A peer is selectors or an ipBlock; the parts that a block excepts lie within it.",
  "endPort needs a number as port, and is not below it.",
];

/** Kubernetes' own NetworkPolicy. It stands in the tier `default` at order 1000 (`convert.ts`). */
export const KubernetesNetworkPolicy = defineResource({
  kind: "KubernetesNetworkPolicy",
  scope: "Namespaced",
  description:
    "Kubernetes' own network policy: packets to and from pods of a namespace that are allowed. It is in force among the policies of the tier default, at order 1000.",
  shortNames: ["netpol"],
  words: { one: "Kubernetes network policy", many: "Kubernetes network policies" },
  traits: {
    policy: "enforced",
    guarded: true,
    readBy: ["graph", "evaluator"],
    shared: ["spec"],
    logWord: "knp",
  },
  looks: { icon: "ns", page: "policies", searched: true, template: { podSelector: {}, policyTypes: ["Ingress"] } },
  columns: [cellColumn("Pod-Selector", "policy.pods", "Pods that it applies to"), ageColumn],
  laws: [
    "It applies to pods alone: workloads whose orchestrator is k8s.",
    "It is in force in the tier default at order 1000; beside it a Calico network policy of the same name may exist.",
    ...kubernetesPolicyLaws,
  ],
  spec,
  complete: ({ spec: own }) => {
    if ((own.policyTypes?.length ?? 0) === 0)
      own.policyTypes = (own.egress?.length ?? 0) > 0 ? ["Ingress", "Egress"] : ["Ingress"];
  },
  rules: checkKubernetesPolicy,
});
export type KubernetesNetworkPolicy = ObjectOf<typeof KubernetesNetworkPolicy>;

/** What kube-apiserver checks. Source: kubernetes/kubernetes `pkg/apis/networking/validation/validation.go`. */
export function checkKubernetesPolicy(policy: AnyKubernetesPolicySpec, report: Report): void {
  checkLabelSelector(policy.podSelector, "spec.podSelector", report);
  for (const [i, rule] of (policy.ingress ?? []).entries()) {
    checkPorts(rule.ports ?? [], `spec.ingress[${i}].ports`, report);
    for (const [j, from] of (rule.from ?? []).entries()) checkPeer(from, `spec.ingress[${i}].from[${j}]`, report);
  }
  for (const [i, rule] of (policy.egress ?? []).entries()) {
    checkPorts(rule.ports ?? [], `spec.egress[${i}].ports`, report);
    for (const [j, to] of (rule.to ?? []).entries()) checkPeer(to, `spec.egress[${i}].to[${j}]`, report);
  }
}

function checkPorts(list: readonly Immutable<z.output<typeof policyPort>>[], field: string, report: Report): void {
  for (const [i, { port, endPort }] of list.entries()) {
    if (endPort === undefined) continue;
    if (typeof port !== "number")
      report(`${field}[${i}].endPort`, "FieldValueInvalid", `needs a number as port, got port ${show(port)}`);
    else if (endPort < port)
      report(`${field}[${i}].endPort`, "FieldValueInvalid", `must be >= port ${port}, got ${endPort}`);
  }
}

function checkPeer(
  { podSelector, namespaceSelector, ipBlock }: Immutable<z.output<typeof peer>>,
  field: string,
  report: Report,
): void {
  const selects = podSelector !== undefined || namespaceSelector !== undefined;
  if (!selects && ipBlock === undefined) report(field, "FieldValueRequired", "must specify a peer");
  if (selects && ipBlock !== undefined)
    report(field, "FieldValueForbidden", "may not specify both ipBlock and another peer");
  checkLabelSelector(podSelector, `${field}.podSelector`, report);
  checkLabelSelector(namespaceSelector, `${field}.namespaceSelector`, report);
  if (ipBlock === undefined) return;
  const whole = checkBlock(ipBlock.cidr, `${field}.ipBlock.cidr`, report);
  for (const [i, text] of (ipBlock.except ?? []).entries()) {
    const at = `${field}.ipBlock.except[${i}]`;
    const part = checkBlock(text, at, report);
    if (whole === undefined || part === undefined) continue;
    if (!containsCidr(whole, part) || whole.prefixLen === part.prefixLen)
      report(at, "FieldValueInvalid", `must be a strict subset of ${show(ipBlock.cidr)}, got ${show(text)}`);
  }
}

function checkBlock(text: string, field: string, report: Report) {
  const parsed = tryParseCidr(text);
  if (parsed === undefined) return undefined; // reported by the schema
  if (!text.includes("/")) report(field, "FieldValueInvalid", `must have a prefix length, got ${show(text)}`);
  return maskCidr(parsed);
}
