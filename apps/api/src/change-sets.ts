import type { IncomingMessage, ServerResponse } from "node:http";
import { encodeServed, StatusError } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { admit } from "./admission/admit.ts";
import { isLargeBody } from "./admission/is-large.ts";
import { largeWork } from "./admission/large-work.ts";
import type { ProposedSet } from "./admission/proposal.ts";
import { readSet } from "./admission/split.ts";
import { hasRight, requireRight } from "./auth/authorize.ts";
import { nodeOf } from "./auth/identity.ts";
import type { Identity } from "./auth/identity.ts";
import { readBody } from "./bodies/body.ts";
import type { Body } from "./bodies/body.ts";
import { noteRehearsal } from "./refusals.ts";
import { inParts } from "./rest/parts.ts";
import { managerOf } from "./rest/manager.ts";
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
  // Before it is read: whoever may write nothing gets nothing read. An agent writes what is its own.
  if (!hasRight(identity, "sync")) requireRight(identity, "write");
  const set = await readAnySet(await readBody(request), identity);
  if (set.dryRun === true) noteRehearsal(request);
  // An agent is the system itself: it owns nothing, and nobody has to take anything from it.
  const isAgent = nodeOf(identity) !== undefined;
  const named = request.headers["user-agent"] === undefined ? "percale" : managerOf(request);
  const { resourceVersion, objects, warnings, pending } = await admit(store, set, {
    identity,
    ...(!isAgent && { manager: named }),
  });
  setWarnings(response, warnings);
  const head = { resourceVersion, ...(pending !== undefined && { pending }) };
  const before = `${JSON.stringify(head).slice(0, -1)},"objects":[`;
  sendParts(response, 200, await inParts(objects, encodeServed, { before, between: ",", after: "]}" }));
}

/** Of a large one the objects stay text. */
async function readAnySet(body: Body, { user }: Identity): Promise<ProposedSet> {
  if (!isLargeBody(body)) return readSet(body);
  const leave = largeWork.enter(user);
  return largeWork.split(body).finally(leave);
}
