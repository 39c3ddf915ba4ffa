import type { IncomingMessage } from "node:http";
import { badRequest, StatusError } from "@percale/resources";
import { decide } from "./authorize.ts";
import { AUTHENTICATED } from "./identity.ts";
import type { Identity } from "./identity.ts";

/** Who a request wants to be. Source: Kubernetes' "User impersonation", kubernetes.io/docs/reference/access-authn-authz/authentication. */
export interface Impersonation {
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  /** What must be allowed, in Kubernetes' words. */
  readonly resources: readonly ImpersonatedResource[];
}

interface ImpersonatedResource {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name: string;
  readonly namespace?: string;
}

const PREFIX = "impersonate-";
const EXTRA_PREFIX = "impersonate-extra-";
const AUTHENTICATION_GROUP = "authentication.k8s.io";
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/**
 * The identity that counts: who the request wants to be, if `identity` may be that one in each respect: user, every group, uid, extras.
 * Throws 403, or 400 for half a wish.
 */
export function impersonate(identity: Identity, request: IncomingMessage): Identity {
  const wish = parseImpersonation(request);
  if (wish === undefined) return identity;
  const { resources, ...whom } = wish;
  const refused = resources.find((one) => !decide(identity, { verb: "impersonate", ...one }).allowed);
  if (refused !== undefined) throw refusal(identity, refused);
  const { uid: _uid, extra: _extra, ...own } = identity;
  return { ...own, ...whom, impersonator: identity.user };
}

/** Undefined if no header asks for it. */
export function parseImpersonation(request: IncomingMessage): Impersonation | undefined {
  // Cheap for the many requests that have none: splitting repeated headers is not.
  if (!Object.keys(request.headers).some((name) => name.startsWith(PREFIX))) return undefined;
  const headers = request.headersDistinct;
  const [user = "", ...more] = headers["impersonate-user"] ?? [];
  if (user === "" || more.length > 0)
    throw badRequest("Impersonate-User: must be given once with Impersonate-Group, -Uid or -Extra-…, and not be empty");
  const known = new Set(["impersonate-user", "impersonate-group", "impersonate-uid"]);
  const names = Object.keys(headers).filter((name) => name.startsWith(PREFIX));
  const unknown = names.find((name) => !known.has(name) && !name.startsWith(EXTRA_PREFIX));
  if (unknown !== undefined) throw badRequest(`${unknown}: there are Impersonate-User, -Group, -Uid and -Extra-…`);

  const account = SERVICE_ACCOUNT.exec(user);
  const asked = headers["impersonate-group"] ?? [];
  const implied =
    account !== null && asked.length === 0 ? ["system:serviceaccounts", `system:serviceaccounts:${account[1]}`] : [];
  const uids = headers["impersonate-uid"] ?? [];
  if (uids.length > 1) throw badRequest("Impersonate-Uid: must be given once");
  const extra = Object.fromEntries(
    names
      .filter((name) => name.startsWith(EXTRA_PREFIX))
      .map((name) => [extraKey(name.slice(EXTRA_PREFIX.length)), headers[name]!]),
  );
  const isAnonymous = user === "system:anonymous";
  return {
    user,
    groups: [...new Set([...asked, ...implied, ...(isAnonymous ? ["system:unauthenticated"] : [AUTHENTICATED])])],
    ...(uids[0] !== undefined && { uid: uids[0] }),
    ...(Object.keys(extra).length > 0 && { extra }),
    resources: [
      account === null
        ? { group: "", resource: "users", name: user }
        : { group: "", resource: "serviceaccounts", namespace: account[1]!, name: account[2]! },
      ...asked.map((name) => ({ group: "", resource: "groups", name })),
      ...uids.map((name) => ({ group: AUTHENTICATION_GROUP, resource: "uids", name })),
      ...Object.entries(extra).flatMap(([key, values]) =>
        values.map((name) => ({ group: AUTHENTICATION_GROUP, resource: "userextras", subresource: key, name })),
      ),
    ],
  };
}

/** Keys may be what a header's name may not: they come percent-encoded. */
function extraKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refusal({ user }: Identity, { group, resource, name, namespace }: ImpersonatedResource): StatusError {
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  return new StatusError(
    "Forbidden",
    `${resource} "${name}" is forbidden: User "${user}" cannot impersonate resource "${resource}" in API group "${group}" ${where}`,
    { details: { name, kind: resource } },
  );
}
