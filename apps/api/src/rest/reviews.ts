/** Questions about rights and identities: `authorization.k8s.io/v1` and `authentication.k8s.io/v1`. Source: kubernetes/api `types.go` of both. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { badRequest, formatIssue, invalid, parseOutside, StatusError } from "@percale/resources";
import type { Authenticator } from "../auth/authenticator.ts";
import { decide, isServed, requireAllowed, rulesOf } from "../auth/authorize.ts";
import type { Attributes } from "../auth/authorizer.ts";
import { ADMIN_GROUP } from "../auth/identity.ts";
import type { Identity } from "../auth/identity.ts";
import { readQuestion } from "../bodies/body.ts";
import { sendJson } from "./respond.ts";

export const AUTHORIZATION = "authorization.k8s.io";
export const AUTHENTICATION = "authentication.k8s.io";

/** A kind of question. */
export interface Review {
  readonly group: string;
  readonly kind: string;
  readonly namespaced: boolean;
  answer(asked: Asked): Promise<object> | object;
}

interface Asked {
  readonly identity: Identity;
  readonly question: unknown;
  readonly authenticator: Pick<Authenticator, "byToken">;
  /** Of a namespaced review. */
  readonly namespace?: string;
}

export const REVIEWS: readonly Review[] = [
  { group: AUTHORIZATION, kind: "SelfSubjectAccessReview", namespaced: false, answer: selfAccess },
  { group: AUTHORIZATION, kind: "SubjectAccessReview", namespaced: false, answer: subjectAccess },
  { group: AUTHORIZATION, kind: "LocalSubjectAccessReview", namespaced: true, answer: subjectAccess },
  { group: AUTHORIZATION, kind: "SelfSubjectRulesReview", namespaced: false, answer: selfRules },
  { group: AUTHENTICATION, kind: "SelfSubjectReview", namespaced: false, answer: selfSubject },
  { group: AUTHENTICATION, kind: "TokenReview", namespaced: false, answer: tokenOf },
];

export function pluralOfReview({ kind }: Pick<Review, "kind">): string {
  return `${kind.toLowerCase()}s`;
}

interface ReviewCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly pathname: string;
  readonly identity: Identity;
  readonly authenticator: Pick<Authenticator, "byToken">;
}

/** False if the path is no review's. Who asks about himself needs no right, who asks about others the one to `create` such questions. */
export async function serveReview({
  request,
  response,
  pathname,
  identity,
  authenticator,
}: ReviewCall): Promise<boolean> {
  const [, group, namespace, plural] = /^\/apis\/([^/]+)\/v1\/(?:namespaces\/([^/]+)\/)?([^/]+)$/.exec(pathname) ?? [];
  const review = REVIEWS.find((one) => one.group === group && pluralOfReview(one) === plural);
  if (review === undefined || review.namespaced !== (namespace !== undefined)) return false;
  if (request.method !== "POST")
    throw new StatusError("MethodNotAllowed", `${request.method} is not supported on ${plural}: use POST`);
  const scope = namespace === undefined ? {} : { namespace: decodeURIComponent(namespace) };
  if (!review.kind.startsWith("Self"))
    requireAllowed(identity, { verb: "create", group: review.group, resource: pluralOfReview(review), ...scope });
  const question = await readQuestion(request);
  const answer = await review.answer({ identity, question, authenticator, ...scope });
  const type = { kind: review.kind, apiVersion: `${review.group}/v1`, metadata: {} };
  sendJson(response, 201, JSON.stringify({ ...type, ...answer }));
  return true;
}

const word = z.string().nullish();
const resourceAttributes = z.looseObject({
  verb: z.string(),
  resource: word,
  group: word,
  namespace: word,
  name: word,
  subresource: word,
});
const pathAttributes = z.looseObject({ verb: z.string(), path: z.string() });
const asked = { resourceAttributes: resourceAttributes.nullish(), nonResourceAttributes: pathAttributes.nullish() };
const accessReview = z.looseObject({ spec: z.looseObject(asked) });
const subjectReview = z.looseObject({
  spec: z.looseObject({
    ...asked,
    user: word,
    groups: z.array(z.string()).nullish(),
    uid: word,
    extra: z.record(z.string(), z.array(z.string())).nullish(),
  }),
});
const rulesReview = z.looseObject({ spec: z.looseObject({ namespace: word }) });
const tokenReview = z.looseObject({
  spec: z.looseObject({ token: z.string(), audiences: z.array(z.string()).nullish() }),
});

/** Throws StatusError 400 for what is no review. */
function parse<T>(schema: z.ZodType<T>, question: unknown): T {
  const parsed = parseOutside(schema, question);
  if ("issues" in parsed) throw badRequest(parsed.issues.map(formatIssue).join(", "), parsed.issues);
  return parsed.data;
}

function attributesOf(
  kind: string,
  { resourceAttributes: one, nonResourceAttributes: path }: z.output<typeof accessReview>["spec"],
): Attributes {
  if ((one ?? undefined) === undefined && path) return { verb: path.verb, path: path.path };
  if (!one || path)
    throw invalid(kind, "", [
      {
        field: "spec.resourceAttributes",
        reason: "FieldValueInvalid",
        message: "exactly one of nonResourceAttributes or resourceAttributes must be specified",
      },
    ]);
  return {
    verb: one.verb,
    group: one.group ?? "",
    resource: one.resource ?? "",
    ...(one.subresource && { subresource: one.subresource }),
    ...(one.namespace && { namespace: one.namespace }),
    ...(one.name && { name: one.name }),
  };
}

/** `kubectl auth can-i`. */
function selfAccess({ identity, question }: Asked): object {
  const { spec } = parse(accessReview, question);
  return { spec, status: statusOf(identity, attributesOf("SelfSubjectAccessReview", spec)) };
}

/** Exported for what it says of an identity; `serveReview` parses and answers. */
export function reviewAccess(identity: Identity, question: unknown): object {
  return selfAccess({ identity, question, authenticator: { byToken: () => Promise.reject(new Error("not asked")) } });
}

function statusOf(identity: Identity, about: Attributes): object {
  const { allowed, reason } = decide(identity, about);
  // Administrators may do everything that there is: a name that was mistyped is told.
  if (allowed && identity.groups.includes(ADMIN_GROUP) && !isServed(about))
    return { allowed: false, reason: "there is no such resource here" };
  return { allowed, reason: reason === "" ? `${identity.user} has no role that allows it` : reason };
}

function subjectAccess({ identity, question, namespace }: Asked): object {
  const { spec } = parse(subjectReview, question);
  const kind = namespace === undefined ? "SubjectAccessReview" : "LocalSubjectAccessReview";
  const about = attributesOf(kind, spec);
  if (namespace !== undefined && (!("resource" in about) || about.namespace !== namespace))
    throw badRequest(`spec.resourceAttributes.namespace: must match the namespace of the path, ${namespace}`);
  const [user, groups] = [spec.user ?? "", spec.groups ?? []];
  if (user === "" && groups.length === 0)
    throw invalid(kind, "", [
      { field: "spec.user", reason: "FieldValueInvalid", message: "at least one of user or group must be specified" },
    ]);
  const { authorizer } = identity;
  const other: Identity = { user, groups, method: "token", ...(authorizer !== undefined && { authorizer }) };
  return { spec, status: statusOf(other, about) };
}

/** `kubectl auth can-i --list`. */
function selfRules({ identity, question }: Asked): object {
  const { spec } = parse(rulesReview, question);
  const rules = rulesOf(identity, spec.namespace ?? undefined);
  const ofPaths = rules.filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0);
  const ofResources = rules.filter(({ resources = [] }) => resources.length > 0);
  return {
    spec: {},
    status: {
      resourceRules: ofResources.map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames !== undefined && { resourceNames }),
      })),
      nonResourceRules: ofPaths.map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: false,
    },
  };
}

/** `kubectl auth whoami`. */
function selfSubject({ identity }: Asked): object {
  return { status: { userInfo: userInfo(identity) } };
}

/** Whom a token stands for: what another server asks to let in who is let in here. A wrong token is an answer, no fault of who asks. */
async function tokenOf({ question, authenticator }: Asked): Promise<object> {
  const { spec } = parse(tokenReview, question);
  const { token: _, ...told } = spec; // nobody is told a token back
  try {
    return { spec: told, status: { authenticated: true, user: userInfo(await authenticator.byToken(spec.token)) } };
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== "Unauthorized") throw error;
    return { spec: told, status: { authenticated: false, error: error.message } };
  }
}

function userInfo({ user, uid, groups, extra }: Identity): object {
  return { username: user, ...(uid !== undefined && { uid }), groups, ...(extra !== undefined && { extra }) };
}
