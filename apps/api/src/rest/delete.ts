import { z } from "zod";
import { StatusError, badRequest, formatIssue, invalid, parseOutside } from "@percale/resources";
import type { FieldIssue, KubeObject, ObjectRef, ResourceDefinition } from "@percale/resources";
import { admit, refuseReadOnly } from "../admission/admit.ts";
import { readQuestion } from "../bodies/body.ts";
import { negotiate, renderList, renderObject } from "./represent.ts";
import type { ObjectRequest } from "./request.ts";
import { sendJson, sendParts } from "./respond.ts";
import { refOfRoute } from "./route.ts";
import { parseSelection } from "./selectors.ts";
import { within } from "./tier-scope.ts";
import { writeOptions } from "./write-options.ts";
import type { WriteOptions } from "./write-options.ts";

/** `meta/v1` DeleteOptions. How long a deletion may take, and what becomes of dependents, changes nothing here: nothing waits, nobody collects. */
const deleteOptions = z.looseObject({
  preconditions: z.looseObject({ uid: z.string().nullish(), resourceVersion: z.string().nullish() }).nullish(),
  dryRun: z.array(z.string()).nullish(),
  gracePeriodSeconds: z.number().nullish(),
  orphanDependents: z.boolean().nullish(),
  propagationPolicy: z.string().nullish(),
});

const POLICIES = ["Background", "Foreground", "Orphan"];

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
  refusePropagation(parsed.data, call.query);
  const { uid, resourceVersion } = parsed.data.preconditions ?? {};
  return {
    preconditions: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) }, // to Kubernetes empty is absent
    options: writeOptions(call, parsed.data.dryRun ?? []),
  };
}

/** Kubernetes' rules (`ValidateDeleteOptions`). */
function refusePropagation(
  { propagationPolicy, orphanDependents }: z.output<typeof deleteOptions>,
  query: URLSearchParams,
): void {
  const policy = propagationPolicy ?? query.get("propagationPolicy") ?? "";
  const field = "propagationPolicy";
  if (policy !== "" && typeof orphanDependents === "boolean")
    throw refused({
      field,
      reason: "FieldValueInvalid",
      message: "orphanDependents and deletionPropagation cannot be both set",
    });
  if (policy !== "" && !POLICIES.includes(policy))
    throw refused({
      field,
      reason: "FieldValueNotSupported",
      message: `Unsupported value: ${JSON.stringify(policy)}: supported values: ${POLICIES.map((one) => JSON.stringify(one)).join(", ")}`,
    });
}

function refused(issue: FieldIssue): StatusError {
  return invalid("DeleteOptions", "", [issue]);
}
