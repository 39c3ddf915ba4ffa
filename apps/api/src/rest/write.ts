import { invalid } from "@percale/resources";
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
