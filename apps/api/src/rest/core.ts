import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { badRequest, definitionByPlural, formatIssue, parseOutside } from "@percale/resources";
import { isAllowed } from "../auth/authorize.ts";
import type { Verb } from "../auth/authorize.ts";
import type { Identity } from "../auth/identity.ts";
import { readQuestion } from "../bodies/body.ts";
import { sendJson } from "./respond.ts";

/** Clients look at it to know what an API server of this age can do. */
export const VERSION = {
  major: "1",
  minor: "33",
  gitVersion: "v1.33.0+percale",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-11-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: `${process.platform}/${process.arch}`,
};

interface CoreCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly identity: Identity;
}

const word = z.string().nullish();
/** `authorization/v1` SelfSubjectAccessReview, as far as it is a question to us. */
const accessReview = z.looseObject({
  spec: z.looseObject({ resourceAttributes: z.looseObject({ verb: z.string(), resource: word, group: word }) }),
});

/** `kubectl auth can-i`. */
export async function serveAccessReview({ request, response, identity }: CoreCall): Promise<void> {
  sendJson(response, 201, JSON.stringify(reviewAccess(identity, await readQuestion(request))));
}

/** Throws StatusError 400 for what is no review. */
export function reviewAccess(identity: Identity, question: unknown): object {
  const parsed = parseOutside(accessReview, question);
  if ("issues" in parsed) throw badRequest(parsed.issues.map(formatIssue).join(", "), parsed.issues);
  const { spec } = parsed.data;
  const asked = spec.resourceAttributes;
  const definition = definitionByPlural(asked.resource ?? "");
  const verbs = asked.verb === "*" ? (["get", "create", "update", "delete"] as const) : [asked.verb as Verb];
  const kind = definition?.kind ?? "";
  const allowed =
    (definition !== undefined || asked.resource === "*") && verbs.every((verb) => isAllowed(identity, verb, kind));
  return {
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec,
    status: { allowed, ...(!allowed && { reason: `${identity.user} has no role that allows it` }) },
  };
}
