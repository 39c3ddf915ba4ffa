import { z } from "zod";
import { StatusError, badRequest, formatIssue, invalid, parseOutside } from "@percale/resources";
import type { FieldValidation, KubeObject, ObjectRef, ResourceDefinition } from "@percale/resources";
import { admit, refuseReadOnly } from "../admission/admit.ts";
import type { ProposedApply, ProposedDraft } from "../admission/proposal.ts";
import type { Identity } from "../auth/identity.ts";
import { mediaType, readBody, readBytes, readQuestion } from "../bodies/body.ts";
import type { Body } from "../bodies/body.ts";
import type { ObjectRequest } from "./request.ts";
import { APPLY_PATCH, refuseUnserved } from "../bodies/patch.ts";
import { noteRehearsal } from "../refusals.ts";
import { applierOf, managerOf } from "./manager.ts";
import { refOfRoute } from "./route.ts";
import { negotiate, renderList, renderObject } from "./represent.ts";
import { sendJson, sendParts, setWarnings } from "./respond.ts";
import { parseSelection } from "./selectors.ts";
import { within } from "./tier-scope.ts";

export async function createObject(call: ObjectRequest): Promise<void> {
  await writeObject(call, "create", () => readBody(call.request));
}

export async function updateObject(call: ObjectRequest): Promise<void> {
  await writeObject(call, "update", () => readBody(call.request));
}

/** Read, patch, write; without a version in the patch it is tried again when somebody else was faster. */
export async function patchOne(call: ObjectRequest): Promise<void> {
  const { request, route } = call;
  const type = mediaType(request);
  await writeObject(call, type === APPLY_PATCH ? "apply" : "patch", async () => {
    refuseUnserved(type, route.definition); // first of all: to a missing object too the answer is what to send instead
    return { bytes: await readBytes(request), type };
  });
}

/** What the call asks for is judged before its body is read. */
async function writeObject(
  call: ObjectRequest,
  op: (ProposedDraft | ProposedApply)["op"],
  read: () => Promise<Body>,
): Promise<void> {
  const { request, response, route, query, store } = call;
  const { definition, namespace, name, subresource } = route;
  refuseReadOnly(definition, op);
  const how = negotiate(request, query);
  const manager = op === "apply" ? applierOf(request, query) : managerOf(request, query);
  const options = { ...writeOptions(call), manager };
  const force = forceOf(query, op);
  const at = {
    kind: definition.kind,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
  const draft = { ...(await read()), at };
  const part = subresource === undefined ? {} : { subresource };
  const proposal = op === "apply" ? { op, draft, force, ...part } : { op, draft, ...part };
  const { objects, warnings, ops } = await admit(store, { changes: [proposal], dryRun: options.dryRun }, options);
  setWarnings(response, warnings);
  sendJson(response, ops[0] === "create" ? 201 : 200, renderObject(definition, objects[0]!, how));
}

/** Taking over what others own is for applies: other writes do it anyway. */
function forceOf(query: URLSearchParams, op: (ProposedDraft | ProposedApply)["op"]): boolean {
  const force = query.get("force") ?? "";
  if (force !== "" && op === "patch")
    throw invalid("PatchOptions", "", [
      { field: "force", reason: "FieldValueForbidden", message: "may not be specified for non-apply patch" },
    ]);
  return force === "true" || force === "1";
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

function deleted({ name }: ObjectRef, { group, servedPlural }: ResourceDefinition, { metadata }: KubeObject): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name, group, kind: servedPlural, uid: metadata.uid },
  };
}

/** Deletes each object it lists; not atomic, and answers with what it deleted. */
export async function deleteCollection(call: ObjectRequest): Promise<void> {
  const { request, response, route, query, store, scope } = call;
  refuseReadOnly(route.definition, "deletecollection");
  const how = negotiate(request, query);
  const { options } = await readDeletion(call);
  const selection = within(parseSelection(route.definition, query), scope);
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
      await admit(store, { changes: [change], dryRun: options.dryRun }, { ...options, verb: "deletecollection" });
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== "NotFound") throw error; // somebody else deleted it: as wanted
    }
  }
  const list = { items: doomed, revision: String(revision) };
  sendParts(response, 200, await renderList(route.definition, list, how));
}

async function readDeletion(call: ObjectRequest): Promise<Deletion> {
  const parsed = parseOutside(deleteOptions, (await readQuestion(call.request)) ?? {});
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

function writeOptions({ request, query, identity }: ObjectRequest, inBody: readonly string[] = []): WriteOptions {
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
  if (dryRun.length > 0) noteRehearsal(request);
  const fieldValidation = query.get("fieldValidation") || "Warn";
  if (fieldValidation !== "Strict" && fieldValidation !== "Warn" && fieldValidation !== "Ignore")
    throw badRequest(`fieldValidation: must be Strict, Warn or Ignore, got ${JSON.stringify(fieldValidation)}`);
  return { identity, dryRun: dryRun.length > 0, fieldValidation };
}
