import { badRequest, definitionOf, show } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { parseBody, parseConfig, textOf } from "./body.ts";
import type { Body } from "./body.ts";
import { duplicateFields } from "./duplicates.ts";
import { patchObject } from "./patch.ts";

/** One object as a client sent it to its address, not yet read. Plain data: a thread can be handed it. */
export interface Draft extends Body {
  readonly at: Address;
}

/** What an object's address says of it; before it exists it may have no name. */
export interface Address {
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** An object as sent, and what was said of it twice, in words: no check has seen it. */
export interface ReadObject {
  readonly object: KubeObject;
  readonly duplicates: readonly string[];
}

/** The object that the body is, with name and namespace of its address. Throws StatusError 400 and 422. */
export function readDraft(draft: Draft): ReadObject {
  const body = parseBody(draft);
  const isJson = draft.type === "application/json";
  return { object: placed(body, draft.at), duplicates: isJson ? duplicateFields(textOf(draft.bytes), body) : [] };
}

/** The object that the body as a patch makes of the stored one. Throws StatusError 400, 413, 415 and 422. */
export function patchDraft({ bytes, type, at }: Draft, current: KubeObject): KubeObject {
  const object = placed(patchObject(current, textOf(bytes), type, definitionOf(at.kind)), at);
  if (object.metadata.name === at.name) return object;
  throw badRequest(`metadata.name: a patch may not change it, got ${object.metadata.name}`);
}

/** The body of an apply, with its address: the part of an object that its manager wants. Throws StatusError 400 and 422. */
export function readConfig({ bytes, at }: Draft): ReadObject {
  const text = textOf(bytes);
  const body = parseConfig(text);
  const { apiVersion, kind, metadata } = (body ?? {}) as Partial<KubeObject>;
  if (apiVersion === undefined || kind === undefined)
    throw badRequest("an apply must say apiVersion and kind of what it applies");
  const { managedFields } = (metadata ?? {}) as { readonly managedFields?: unknown };
  if (managedFields !== undefined && managedFields !== null)
    throw badRequest("metadata.managedFields must be nil: who owns what follows from the apply itself");
  return { object: placed(body, at), duplicates: duplicateFields(text, body) };
}

type Sent = Record<string, unknown> & { metadata?: Record<string, unknown> };

/** Refused if it says otherwise than its address. */
function placed(body: unknown, at: Address): KubeObject {
  const definition = definitionOf(at.kind)!; // a route has one
  const { namespace, name } = at;
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw badRequest(`the body must be one ${definition.servedKind} object`);
  const { metadata = {}, kind = definition.servedKind, apiVersion = definition.apiVersion, ...rest } = body as Sent;
  const isOfKind = kind === definition.servedKind || kind === definition.kind;
  if (!isOfKind || apiVersion !== definition.apiVersion)
    throw badRequest(
      `the body must be ${definition.servedKind} in ${definition.apiVersion}, as the address says, got ${said(kind)} in ${said(apiVersion)}`,
    );
  if (typeof metadata !== "object" || metadata === null) throw badRequest("metadata: must be an object");
  const own = metadata["namespace"];
  if (own !== undefined && own !== "" && own !== namespace)
    throw badRequest(
      `the namespace of the object (${JSON.stringify(own)}) does not match the namespace of the request (${JSON.stringify(namespace ?? "")})`,
    );
  if (name !== undefined && metadata["name"] !== undefined && metadata["name"] !== name)
    throw badRequest(
      `the name of the object (${JSON.stringify(metadata["name"])}) does not match the name of the request (${JSON.stringify(name)})`,
    );
  const { namespace: _, ...meta } = metadata;
  // Still as the client sent it: prepareObject is what makes it an object.
  return {
    apiVersion,
    kind,
    ...rest,
    metadata: { ...meta, ...(name !== undefined && { name }), ...(namespace !== undefined && { namespace }) },
  } as unknown as KubeObject;
}

function said(value: unknown): string {
  return typeof value === "string" ? value : show(value);
}
