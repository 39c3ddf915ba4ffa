/** What a manifest is about: its kind, and where it is or will be. */
import type { KubeObject } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import { kindOfDocument } from "../rest/kinds.ts";
import type { Kind } from "../rest/kinds.ts";
import type { Manifest } from "./documents.ts";

export interface Target {
  readonly manifest: Manifest;
  /** With its namespace, where the kind has one. */
  readonly object: KubeObject;
  readonly kind: Kind;
  readonly namespace: string | undefined;
}

export interface Scope {
  readonly namespace?: string | undefined;
  readonly allNamespaces?: boolean | undefined;
}

/** Throws ExitError for kinds that nobody knows, and for namespaces that do not fit. */
export function targetOf(manifest: Manifest, scope: Scope): Target {
  const { object, locate } = manifest;
  const kind = kindOfDocument(object.apiVersion, object.kind);
  if (kind === undefined)
    throw new ExitError(
      `${locate("kind")}: unknown resource type (${object.kind}) and/or version (${(object.apiVersion as string | undefined) ?? ""})`,
    );
  const namespace = namespaceOf(kind, object.metadata.namespace, scope, locate);
  const { namespace: _, ...metadata } = object.metadata;
  return {
    manifest,
    kind,
    namespace,
    object: { ...object, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) } },
  };
}

function namespaceOf(
  kind: Kind,
  own: string | undefined,
  { namespace }: Scope,
  locate: Manifest["locate"],
): string | undefined {
  if (!kind.namespaced) {
    if (own === undefined || own === "") return undefined;
    throw new ExitError(`${locate("metadata.namespace")}: ${kind.kind} is not namespaced, got namespace ${own}`);
  }
  if (own === undefined || own === "") return namespace || "default";
  if (namespace === undefined || namespace === "" || own === namespace) return own;
  throw new ExitError(
    `${locate("metadata.namespace")}: resource namespace does not match client namespace. ${own} != ${namespace}`,
  );
}

/** The namespace of objects that are named by kind; undefined for cluster kinds and for all namespaces. */
export function namespaceFor(kind: Kind, { namespace, allNamespaces }: Scope, named: boolean): string | undefined {
  if (namespace !== undefined && allNamespaces === true) throw new ExitError("-n and -A exclude each other");
  if (!kind.namespaced && (namespace !== undefined || allNamespaces === true))
    throw new ExitError(`${kind.kind} is not namespaced`);
  if (named && allNamespaces === true) throw new ExitError("a name needs one namespace: use -n, not -A");
  if (allNamespaces === true || !kind.namespaced) return undefined;
  return namespace || "default"; // `-n "$NOBODY_SET_IT"` is none
}

/** `NetworkPolicy(shop/web)`, `Tier(default)` */
export function idOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}(${namespace === undefined ? "" : `${namespace}/`}${name})`;
}
