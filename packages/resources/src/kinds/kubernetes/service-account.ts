import * as z from "zod";
import { ageColumn, cellColumn } from "../../columns.ts";
import { objectAfter } from "../../consequences.ts";
import type { Consequence, ObjectEvent } from "../../consequences.ts";
import { defineResource } from "../../define.ts";
import type { Lookup } from "../../define.ts";
import type { FlatObjectOf } from "../../kind.ts";
import { withInherited } from "../inherited-labels.ts";
import { profileOfServiceAccount } from "../profile.ts";
import type { Profile } from "../profile.ts";
import { listOf } from "../../scalars/schemas.ts";
import { objectReference } from "./object-reference.ts";

/** Before a service account's labels where its endpoints inherit them from the profile `ksa.<namespace>.<name>`. */
const PREFIX = "pcsa.";
const NAME_LABEL = `${PREFIX}projectcalico.org/name`;

/**
 * Kubernetes' own kind, held here where no Kubernetes is. Its labels are what `serviceAccountSelector` looks at: they reach the endpoints
 * through the profile `ksa.<namespace>.<name>`, which follows them. Source: kubernetes/api `core/v1/types.go`.
 */
export const ServiceAccount = defineResource({
  kind: "ServiceAccount",
  scope: "Namespaced",
  flat: true,
  description:
    "An identity for what runs in workloads. Its labels are what serviceAccountSelector selects by, its name what a rule's serviceAccounts names.",
  shortNames: ["sa"],
  looks: { searched: true },
  columns: [cellColumn("Secrets", "secrets.count", "Secrets that its workloads may use"), ageColumn],
  laws: ["Its labels reach its endpoints through the profile ksa.NAMESPACE.NAME, which follows them."],
  spec: z.strictObject({
    secrets: z
      .array(objectReference)
      .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] })
      .meta({ "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge" })
      .meta({ title: "Secrets", description: "Secrets that workloads of this account may use. Without effect here." })
      .optional(),
    imagePullSecrets: listOf(
      z.strictObject({ name: z.string().meta({ title: "Name", description: "Name of the Secret." }).optional() }),
    )
      .meta({ title: "Image pull secrets", description: "Secrets with which images are pulled. Without effect here." })
      .optional(),
    automountServiceAccountToken: z
      .boolean()
      .meta({
        title: "Mount the token",
        description: "Whether workloads get the account's token. Without effect here.",
      })
      .optional(),
  }),
  react: profileOf,
});
export type ServiceAccount = FlatObjectOf<typeof ServiceAccount>;

/** The profile stays when the account goes, as endpoints may name it still; the namespace takes it along. */
function profileOf(event: ObjectEvent, lookup: Lookup): readonly Consequence[] {
  const { name, namespace = "" } = event.object.metadata;
  const usual = profileOfServiceAccount(namespace, name);
  const stored = lookup.get({ kind: "Profile", name: usual.metadata.name }) as Profile | undefined;
  const labels = objectAfter(event)?.metadata.labels ?? {};
  const inherited = { ...usual.spec.labelsToApply, ...prefixed(labels) };
  if (stored !== undefined) return [{ op: "update", object: withInherited(stored, PREFIX, inherited) }];
  if (event.type === "DELETED") return [];
  return [{ op: "create", object: withInherited(usual, PREFIX, inherited) }];
}

function prefixed(labels: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(labels).map(([key, value]) => [`${PREFIX}${key}`, value]);
  return Object.fromEntries(entries.filter(([key]) => key !== NAME_LABEL)) as Record<string, string>;
}
