import { z } from "zod";
import { StatusError, badRequest, formatIssue, invalid, notFound, parseOutside } from "@percale/resources";
import type { FieldValidation, KubeObject, ObjectRef, ResourceDefinition } from "@percale/resources";
import { admit, refuseReadOnly } from "../admission.ts";
import type { Identity } from "../auth/identity.ts";
import { mediaType, readBody, readParsed } from "./body.ts";
import type { ObjectRequest } from "./request.ts";
import { patchObject, refuseUnserved } from "./patch.ts";
import { refOfRoute } from "./route.ts";
import { negotiate, renderList, renderObject } from "./represent.ts";
import { sendJson, setWarnings } from "./respond.ts";
import { parseSelection } from "./selectors.ts";

const PATCH_TRIES = 5; // Kubernetes' number

type Body = Record<string, unknown> & { metadata?: Record<string, unknown> };

export async function createObject(call: ObjectRequest): Promise<void> {
  const { request, response, route, query, store } = call;
  refuseReadOnly(route.definition, "create");
  const how = negotiate(request, query);
  const options = writeOptions(call);
  const object = placed(await readParsed(request), call);
  const { objects, warnings } = await admit(
    store,
    { changes: [{ op: "create", object }], dryRun: options.dryRun },
    options,
  );
  setWarnings(response, warnings);
  sendJson(response, 201, renderObject(route.definition, objects[0]!, how));
}

export async function updateObject(call: ObjectRequest): Promise<void> {
  const { request, response, route, query } = call;
  refuseReadOnly(route.definition, "update");
  const how = negotiate(request, query);
  const options = writeOptions(call);
  const object = placed(await readParsed(request), call);
  const { objects, warnings } = await admitUpdate(call, object, options);
  setWarnings(response, warnings);
  sendJson(response, 200, renderObject(route.definition, objects[0]!, how));
}

async function admitUpdate(call: ObjectRequest, object: KubeObject, options: WriteOptions): ReturnType<typeof admit> {
  const { subresource } = call.route;
  const change = { op: "update" as const, object, ...(subresource !== undefined && { subresource }) };
  return admit(call.store, { changes: [change], dryRun: options.dryRun }, options);
}

/** Read, patch, write; without a version in the patch it is tried again when somebody else was faster. */
export async function patchOne(call: ObjectRequest): Promise<void> {
  const { request, response, route, query, store } = call;
  refuseReadOnly(route.definition, "patch");
  const how = negotiate(request, query);
  const options = writeOptions(call);
  const type = mediaType(request);
  refuseUnserved(type, route.definition.group); // first of all: to a missing object too the answer is what to send instead
  const text = await readBody(request);
  const ref = refOfRoute(route);
  for (let attempt = 1; ; attempt++) {
    const current = await store.get(ref);
    if (current === undefined) throw notFound(ref);
    const object = placed(patchObject(current, text, type, route.definition.group), call);
    if (object.metadata.name !== ref.name)
      throw badRequest(`metadata.name: a patch may not change it, got ${object.metadata.name}`);
    try {
      const { objects, warnings } = await admitUpdate(call, object, options);
      setWarnings(response, warnings);
      sendJson(response, 200, renderObject(route.definition, objects[0]!, how));
      return;
    } catch (error) {
      const isRace =
        error instanceof StatusError &&
        error.reason === "Conflict" &&
        object.metadata.resourceVersion === current.metadata.resourceVersion;
      if (!isRace || attempt >= PATCH_TRIES) throw error;
    }
  }
}

/** `meta/v1` DeleteOptions, as far as it changes what we do. */
const deleteOptions = z.looseObject({
  preconditions: z.looseObject({ uid: z.string().nullish(), resourceVersion: z.string().nullish() }).nullish(),
  dryRun: z.array(z.string()).nullish(),
});

interface Deletion {
  readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string };
  readonly options: WriteOptions;
}

export async function deleteObject(call: ObjectRequest): Promise<void> {
  const { request, response, route, store } = call;
  refuseReadOnly(route.definition, "delete");
  const how = negotiate(request, call.query);
  const ref = refOfRoute(route);
  const { preconditions, options } = await readDeletion(call);
  const change = { op: "delete" as const, ref, ...preconditions };
  const { objects } = await admit(store, { changes: [change], dryRun: options.dryRun }, options);
  const last = objects[0]!;
  const isHeld = (last.metadata.finalizers?.length ?? 0) > 0;
  sendJson(
    response,
    200,
    isHeld ? renderObject(route.definition, last, how) : JSON.stringify(deleted(ref, route.definition, last)),
  );
}

function deleted({ name }: ObjectRef, { group, plural }: ResourceDefinition, { metadata }: KubeObject): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name, group, kind: plural, uid: metadata.uid },
  };
}

/** Deletes each object it lists; not atomic, and answers with what it deleted. */
export async function deleteCollection(call: ObjectRequest): Promise<void> {
  const { request, response, route, query, store } = call;
  refuseReadOnly(route.definition, "deletecollection");
  const how = negotiate(request, query);
  const { options } = await readDeletion(call);
  const selection = parseSelection(route.definition, query);
  const { items, revision } = await store.list({
    kind: route.definition.kind,
    ...(route.namespace !== undefined && { namespace: route.namespace }),
  });
  const doomed = items.filter(selection.matches);
  for (const { metadata } of doomed) {
    const ref = {
      kind: route.definition.kind,
      name: metadata.name,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    };
    const change = { op: "delete" as const, ref, ...(metadata.uid !== undefined && { uid: metadata.uid }) };
    try {
      await admit(store, { changes: [change], dryRun: options.dryRun }, options);
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== "NotFound") throw error; // somebody else deleted it: as wanted
    }
  }
  sendJson(response, 200, renderList(route.definition, { items: doomed, revision: String(revision) }, how));
}

async function readDeletion(call: ObjectRequest): Promise<Deletion> {
  const parsed = parseOutside(deleteOptions, (await readParsed(call.request)) ?? {});
  if ("issues" in parsed)
    throw badRequest(`DeleteOptions: ${parsed.issues.map(formatIssue).join(", ")}`, parsed.issues);
  const { uid, resourceVersion } = parsed.data.preconditions ?? {};
  return {
    preconditions: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) }, // to Kubernetes empty is absent
    options: writeOptions(call, parsed.data.dryRun ?? []),
  };
}

interface WriteOptions {
  readonly identity: Identity;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
}

function writeOptions({ query, identity }: ObjectRequest, inBody: readonly string[] = []): WriteOptions {
  const dryRun = [...query.getAll("dryRun"), ...inBody].filter((one) => one !== "");
  const wrong = dryRun.find((one) => one !== "All");
  if (wrong !== undefined)
    throw invalid("Options", "", [
      {
        field: "dryRun",
        reason: "FieldValueNotSupported",
        message: `Unsupported value: ${JSON.stringify(wrong)}: supported values: "All"`,
      },
    ]);
  const fieldValidation = query.get("fieldValidation") || "Warn";
  if (fieldValidation !== "Strict" && fieldValidation !== "Warn" && fieldValidation !== "Ignore")
    throw badRequest(`fieldValidation: must be Strict, Warn or Ignore, got ${JSON.stringify(fieldValidation)}`);
  return { identity, dryRun: dryRun.length > 0, fieldValidation };
}

/** The body with name and namespace of the URL; refused if it says otherwise. */
function placed(body: unknown, { route }: ObjectRequest): KubeObject {
  const { definition, namespace, name } = route;
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw badRequest(`the body must be one ${definition.kind} object`);
  const { metadata = {}, kind = definition.kind, apiVersion = definition.apiVersion, ...rest } = body as Body;
  if (kind !== definition.kind || apiVersion !== definition.apiVersion)
    throw badRequest(
      `the body must be ${definition.kind} in ${definition.apiVersion}, as the address says, got ${String(kind)} in ${String(apiVersion)}`,
    );
  if (typeof metadata !== "object" || metadata === null) throw badRequest("metadata: must be an object");
  const said = metadata["namespace"];
  if (said !== undefined && said !== "" && said !== namespace)
    throw badRequest(
      `the namespace of the object (${JSON.stringify(said)}) does not match the namespace of the request (${JSON.stringify(namespace ?? "")})`,
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
