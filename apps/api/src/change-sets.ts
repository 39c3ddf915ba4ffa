import type { IncomingMessage, ServerResponse } from "node:http";
import { StatusError } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { admit } from "./admission/admit.ts";
import { readAnySet } from "./admission/large-work.ts";
import type { Identity } from "./auth/identity.ts";
import { readBody } from "./rest/body.ts";
import { encodeObject } from "./rest/encode.ts";
import { inParts } from "./rest/parts.ts";
import { sendParts, setWarnings } from "./rest/respond.ts";

/** Where agents and the CLI write: many objects, all or nothing. */
export const CHANGE_SETS_PATH = "/changesets/v1";

export async function serveChangeSets(
  request: IncomingMessage,
  response: ServerResponse,
  { store, identity }: { readonly store: Datastore; readonly identity: Identity },
): Promise<void> {
  if (request.method !== "POST")
    throw new StatusError("MethodNotAllowed", `${request.method} is not supported on ${CHANGE_SETS_PATH}: use POST`);
  const set = await readAnySet(await readBody(request));
  const { resourceVersion, objects, warnings } = await admit(store, set, { identity });
  setWarnings(response, warnings);
  const before = `{"resourceVersion":${JSON.stringify(resourceVersion)},"objects":[`;
  await sendParts(response, 200, await inParts(objects, encodeObject, { before, between: ",", after: "]}" }));
}
