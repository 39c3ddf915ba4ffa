import type { IncomingMessage, ServerResponse } from "node:http";
import { badRequest, formatIssue, parseOutside, StatusError } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { admit } from "./admission.ts";
import type { Identity } from "./auth/identity.ts";
import { readParsed } from "./rest/body.ts";
import { encodeObject } from "./rest/encode.ts";
import { sendJson, setWarnings } from "./rest/respond.ts";
import { changeSet } from "./trpc/inputs.ts";

/** Where agents and the CLI write: many objects, all or nothing. */
export const CHANGE_SETS_PATH = "/changesets/v1";

export async function serveChangeSets(
  request: IncomingMessage,
  response: ServerResponse,
  { store, identity }: { readonly store: Datastore; readonly identity: Identity },
): Promise<void> {
  if (request.method !== "POST")
    throw new StatusError("MethodNotAllowed", `${request.method} is not supported on ${CHANGE_SETS_PATH}: use POST`);
  const parsed = parseOutside(changeSet, await readParsed(request));
  if ("issues" in parsed)
    throw badRequest(`the change set is not valid: ${formatIssue(parsed.issues[0]!)}`, parsed.issues); // no error without one
  const { resourceVersion, objects, warnings } = await admit(store, parsed.data, { identity });
  setWarnings(response, warnings);
  const text = objects.map(encodeObject).join(",");
  sendJson(response, 200, `{"resourceVersion":${JSON.stringify(resourceVersion)},"objects":[${text}]}`);
}
