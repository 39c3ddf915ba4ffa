import type { Change } from "@percale/protocol";
import { invalid } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { admit, refuseReadOnly } from "../admission/admit.ts";
import type { ProposedApply, ProposedDraft } from "../admission/proposal.ts";
import { mediaType, readBody, readBytes } from "../bodies/body.ts";
import type { Body } from "../bodies/body.ts";
import { APPLY_PATCH, refuseUnserved } from "../bodies/patch.ts";
import { applierOf, managerOf } from "./manager.ts";
import { negotiate, renderObject } from "./represent.ts";
import type { ObjectRequest } from "./request.ts";
import { sendJson, setWarnings } from "./respond.ts";
import { writeOptions } from "./write-options.ts";

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
  const { objects, changes, warnings } = await admit(store, { changes: [proposal], dryRun: options.dryRun }, options);
  setWarnings(response, warnings);
  const [object, change] = [objects[0]!, changes[0]!]; // one proposal, one of each
  const shown = options.dryRun ? rehearsed(object, change) : object;
  sendJson(response, change.op === "create" ? 201 : 200, renderObject(definition, shown, how));
}

/** What nobody wrote has the version that it had: none, if it was to be created. */
function rehearsed(object: KubeObject, change: Change): KubeObject {
  const { resourceVersion: _, ...others } = object.metadata;
  const version = change.op === "update" ? change.object.metadata.resourceVersion : undefined;
  return { ...object, metadata: { ...others, ...(version !== undefined && { resourceVersion: version }) } };
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
