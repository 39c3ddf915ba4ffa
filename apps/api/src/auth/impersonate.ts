import type { IncomingMessage } from "node:http";
import { badRequest, StatusError } from "@percale/resources";
import type { Identity } from "./identity.ts";

/** Who a request wants to be. Source: Kubernetes' "User impersonation", kubernetes.io/docs/reference/access-authn-authz/authentication. */
export interface Impersonation {
  readonly user: string;
  readonly groups: readonly string[];
  /** What must be allowed, in Kubernetes' words. */
  readonly resources: readonly { readonly resource: string; readonly name: string; readonly namespace?: string }[];
}

const PREFIX = "impersonate-";
const EXTRA_PREFIX = "impersonate-extra-";
const AUTHENTICATED = "system:authenticated";
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** The identity that counts: who the request wants to be, if `identity` may be that one. Throws 403, or 400 for half a wish. */
export function impersonate(
  identity: Identity,
  request: IncomingMessage,
  mayImpersonate: (identity: Identity) => boolean,
): Identity {
  const wish = parseImpersonation(request);
  if (wish === undefined) return identity;
  const { user, groups, resources } = wish;
  const [first] = resources;
  if (first !== undefined && !mayImpersonate(identity)) throw refusal(identity, first);
  return { ...identity, user, groups, impersonator: identity.user };
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
  const isAnonymous = user === "system:anonymous";
  return {
    user,
    groups: [...new Set([...asked, ...implied, ...(isAnonymous ? ["system:unauthenticated"] : [AUTHENTICATED])])],
    resources: [
      account === null
        ? { resource: "users", name: user }
        : { resource: "serviceaccounts", namespace: account[1]!, name: account[2]! },
      ...asked.map((name) => ({ resource: "groups", name })),
      ...(headers["impersonate-uid"] ?? []).map((name) => ({ resource: "uids", name })),
      ...names
        .filter((name) => name.startsWith(EXTRA_PREFIX))
        .map((name) => ({ resource: `userextras/${name.slice(EXTRA_PREFIX.length)}`, name: headers[name]!.join() })),
    ],
  };
}

function refusal({ user }: Identity, { resource, name, namespace }: Impersonation["resources"][number]): StatusError {
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  return new StatusError(
    "Forbidden",
    `${resource} "${name}" is forbidden: User "${user}" cannot impersonate resource "${resource}" in API group "" ${where}`,
    { details: { name, kind: resource } },
  );
}
