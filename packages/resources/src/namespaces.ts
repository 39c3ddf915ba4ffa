/** Namespaces as every namespaced kind sees them: made by the first object in them, closed while they go. */
import type { StoreContext } from "./define.ts";
import { isTerminating } from "./consequences.ts";
import type { Consequence, ObjectEvent } from "./consequences.ts";
import type { Lookup } from "./define.ts";
import { apiVersionOf, refOf } from "./object.ts";
import type { KubeObject, ObjectRef } from "./object.ts";
import { forbidden } from "./status-error.ts";
import type { StatusError } from "./status-error.ts";

const KIND = "Namespace";
/** Kubernetes sets it on every namespace. */
export const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";
/** Before a namespace's labels where its endpoints inherit them from the profile `kns.<namespace>`. */
export const NAMESPACE_PREFIX = "pcns.";

export function namespaceRef(name: string): ObjectRef {
  return { kind: KIND, name };
}

/** What a bare name implies. */
export function namespaceObject(name: string, labels: Readonly<Record<string, string>> = {}): KubeObject {
  const metadata = { name, labels: { ...labels, [NAMESPACE_NAME_LABEL]: name } };
  return { apiVersion: apiVersionOf(KIND), kind: KIND, metadata, spec: {} };
}

/** Nothing enters a namespace that is being deleted. */
export function namespaceIssue({ operation, object, lookup }: StoreContext): StatusError | undefined {
  const { namespace } = object.metadata;
  if (operation !== "create" || namespace === undefined) return undefined;
  const home = lookup.get(namespaceRef(namespace));
  if (home === undefined || !isTerminating(home)) return undefined;
  return forbidden(
    refOf(object),
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
}

/** The first object of a namespace brings it along, the last one of a dying one lets it go. */
export function reactInNamespace({ type, object }: ObjectEvent, lookup: Lookup): readonly Consequence[] {
  const { namespace } = object.metadata;
  if (namespace === undefined) return [];
  const ref = namespaceRef(namespace);
  switch (type) {
    case "ADDED":
      if (lookup.get(ref) !== undefined) return [];
      return [{ op: "create", object: namespaceObject(namespace, impliedLabels(namespace, lookup)) }];
    case "MODIFIED":
      return [];
    case "DELETED": {
      const home = lookup.get(ref);
      return home !== undefined && isTerminating(home) ? [{ op: "settle", ref }] : [];
    }
  }
}

/** Where a profile says what a namespace is labelled, a namespace that is implied later is labelled so. */
function impliedLabels(namespace: string, lookup: Lookup): Record<string, string> {
  const profile = lookup.get({ kind: "Profile", name: `kns.${namespace}` });
  const { labelsToApply = {} } = (profile?.spec ?? {}) as { readonly labelsToApply?: Readonly<Record<string, string>> };
  return Object.fromEntries(
    Object.entries(labelsToApply).flatMap(([key, value]) =>
      key.startsWith(NAMESPACE_PREFIX) && key !== `${NAMESPACE_PREFIX}projectcalico.org/name`
        ? [[key.slice(NAMESPACE_PREFIX.length), value]]
        : [],
    ),
  );
}
