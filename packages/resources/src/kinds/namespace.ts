import * as z from "zod";
import { ageColumn } from "../columns.ts";
import { beganTerminating, isTerminating, withFinalizer } from "../consequences.ts";
import type { Consequence, ObjectEvent } from "../consequences.ts";
import { defineResource } from "../define.ts";
import type { Lookup, ObjectOf, ResourceDefinition, StoreContext } from "../define.ts";
import { isDnsLabel } from "../metadata.ts";
import { NAMESPACE_NAME_LABEL, NAMESPACE_PREFIX } from "../namespaces.ts";
import { refOf } from "../object.ts";
import type { KubeObject, ObjectRef } from "../object.ts";
import { forbidden } from "../status-error.ts";
import type { StatusError } from "../status-error.ts";
import { conditionsStatus } from "./conditions.ts";
import { withInherited } from "./inherited-labels.ts";
import { profileOfNamespace } from "./profile.ts";
import type { Profile } from "./profile.ts";

/** Holds a namespace until nothing is left in it. */
export const NAMESPACE_FINALIZER = "percale.io/contents";
/** Set on every namespace's profile by the system. */
const NAME_LABEL = `${NAMESPACE_PREFIX}projectcalico.org/name`;

/**
 * Kubernetes' own kind, held here where no Kubernetes is. Its labels are what `namespaceSelector` looks at: they reach the endpoints
 * through the profile `kns.<name>`, which follows them.
 */
export const Namespace = defineResource({
  kind: "Namespace",
  scope: "Cluster",
  description:
    "A scope for names. Made by the first object in it or by hand; its labels are what namespaceSelector selects by; deleting it deletes what is in it.",
  shortNames: ["ns"],
  traits: {
    implied: true,
    readBy: ["ipam"],
    // What a pool's namespaceSelector looks at.
    shared: ["metadata.labels"],
  },
  laws: [
    "The first object in it makes it; deleting it deletes what is in it.",
    "Its labels reach its endpoints through the profile kns.NAME, which follows them.",
    "default cannot be deleted.",
  ],
  statusSubresource: true,
  columns: [
    {
      name: "Status",
      type: "string",
      description: "Active, or Terminating while its contents go",
      priority: 0,
      shows: { phase: true },
    },
    ageColumn,
  ],
  nameFault: (name) => (isDnsLabel(name) ? undefined : "must be one DNS label: at most 63 of a-z, 0-9 and -, no dots"),
  spec: z.strictObject({
    finalizers: z
      .array(z.string())
      .meta({ title: "Finalizers", description: "Kubernetes' own finalizers; without effect here." })
      .optional(),
  }),
  status: z.strictObject({
    phase: z
      .enum(["Active", "Terminating"])
      .meta({ title: "Phase", description: "Terminating while its contents go." })
      .optional(),
    conditions: conditionsStatus.shape.conditions,
  }),
  complete: ({ metadata }) => {
    metadata.labels = { ...metadata.labels, [NAMESPACE_NAME_LABEL]: metadata.name };
  },
  store: deletionIssue,
  settle: (object, { lookup, kinds }) => {
    const isGoing = isTerminating(object);
    const isHeld = !isGoing || contentsOf(object.metadata.name, lookup, kinds).next().done !== true;
    const status = { ...object.status, phase: isGoing ? ("Terminating" as const) : ("Active" as const) };
    return withFinalizer({ ...object, status }, NAMESPACE_FINALIZER, isHeld);
  },
  react: (event, lookup, kinds) => [...profileOf(event, lookup), ...deletions(event, lookup, kinds)],
});
export type Namespace = ObjectOf<typeof Namespace>;

function deletionIssue({ operation, object }: StoreContext): StatusError | undefined {
  const { name } = object.metadata;
  return operation === "delete" && name === "default"
    ? forbidden({ kind: "Namespace", name }, "this namespace may not be deleted")
    : undefined;
}

type Kinds = readonly ResourceDefinition[];

function* contentsOf(namespace: string, lookup: Lookup, kinds: Kinds): Generator<KubeObject> {
  for (const { kind, namespaced } of kinds) if (namespaced) yield* lookup.list(kind, namespace);
}

function deletions(event: ObjectEvent, lookup: Lookup, kinds: Kinds): readonly Consequence[] {
  if (!beganTerminating(event) && event.type !== "DELETED") return [];
  const { name } = event.object.metadata;
  return [
    ...[...contentsOf(name, lookup, kinds)].map((object): Consequence => ({ op: "delete", ref: refOf(object) })),
    ...(event.type === "DELETED" ? profilesOf(name, lookup) : []).map((ref): Consequence => ({ op: "delete", ref })),
  ];
}

/** What was made for it and its service accounts; only a name too long to be written out can't be told. */
function profilesOf(namespace: string, lookup: Lookup): ObjectRef[] {
  const accounts = [...lookup.list("Profile")].filter(({ metadata }) => metadata.name.startsWith(`ksa.${namespace}.`));
  return [profileRef(namespace), ...accounts.map(refOf)];
}

/** The profile through which endpoints inherit the namespace's labels: made with it, its rules left alone. */
function profileOf({ type, object }: ObjectEvent, lookup: Lookup): readonly Consequence[] {
  if (type === "DELETED" || isTerminating(object)) return [];
  const { name, labels = {} } = object.metadata;
  const inherited = {
    [NAME_LABEL]: name,
    ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`${NAMESPACE_PREFIX}${key}`, value])),
  };
  const stored = lookup.get(profileRef(name)) as Profile | undefined;
  const usual = profileOfNamespace(name);
  const profile = withInherited(stored ?? usual, NAMESPACE_PREFIX, inherited);
  return [{ op: stored === undefined ? "create" : "update", object: profile }];
}

function profileRef(namespace: string) {
  return { kind: "Profile", name: `kns.${namespace}` };
}
