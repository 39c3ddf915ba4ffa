/**
 * Objects as clients see them: under the name that their group has for their kind. Behind the edge every kind has a name of its own, as
 * two groups may have a `NetworkPolicy` each.
 */
import { encodeObject } from "./encode.ts";
import { kindServedAs, servedKindOf } from "./object.ts";
import type { KubeObject } from "./object.ts";

const formByObject = new WeakMap<KubeObject, KubeObject>();

/** The object as its group calls it: itself, but for the kinds whose names two groups share. */
export function servedForm<T extends KubeObject>(object: T): T {
  const kind = servedKindOf(object.kind);
  if (kind === object.kind) return object;
  let form = formByObject.get(object);
  if (form === undefined) formByObject.set(object, (form = { ...object, kind }));
  return form as T; // made of that object
}

/** Its JSON, made once. */
export function encodeServed(object: KubeObject): string {
  return encodeObject(servedForm(object));
}

/** What a client sent, under our own name of its kind; nothing else of it is looked at. */
export function ownForm<T extends { readonly apiVersion?: unknown; readonly kind: string }>(sent: T): T {
  const kind = kindServedAs(sent.apiVersion, sent.kind);
  return kind === sent.kind ? sent : { ...sent, kind };
}
