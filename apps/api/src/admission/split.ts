import { badRequest, formatIssue, parseOutside } from "@percale/resources";
import { parseBody } from "../bodies/body.ts";
import type { Body } from "../bodies/body.ts";
import { changeSet } from "../bodies/change-set.ts";
import type { ProposedSet } from "./proposal.ts";
import { claimedRef } from "./proposal.ts";

/** The change set that a body is. Throws StatusError: 400, and 422 for what can't be stored. */
export function readSet(body: Body): ProposedSet {
  const parsed = parseOutside(changeSet, parseBody(body));
  if ("issues" in parsed)
    throw badRequest(`the change set is not valid: ${formatIssue(parsed.issues[0]!)}`, parsed.issues); // no error without one
  return parsed.data;
}

/** The same with every object as a text of its own, which its reader takes up one by one. */
export function splitSet(body: Body): ProposedSet {
  const set = readSet(body);
  const changes = set.changes.map((change) => {
    if (!("object" in change)) return change;
    const { object, ...rest } = change;
    return { ...rest, ref: claimedRef(object), text: JSON.stringify(object) };
  });
  return { ...set, changes };
}
