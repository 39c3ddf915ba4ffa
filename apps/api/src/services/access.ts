import type { Logger } from "@percale/daemon";
import { StatusError, unauthorized } from "@percale/resources";
import type { TokenRecord, TokenRecords } from "@percale/store";
import { hashToken, newToken } from "../auth/authenticator.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import { requireAs } from "../auth/authorize.ts";
import { ADMIN_GROUP, authorOf } from "../auth/identity.ts";
import type { Oidc } from "../auth/oidc.ts";
import { ROLES } from "../auth/roles.ts";
import { logTokenMade, logTokenRevoked } from "../auth/token-log.ts";
import type { TokenView } from "../trpc/views.ts";
import type { Services } from "./services.ts";

const SESSION_SECONDS = 12 * 3600;
/** So long a session may lie unused. */
const IDLE_SECONDS = 3600;
const SESSION = "browser session";

interface AccessSources {
  readonly tokens: TokenRecords;
  readonly authenticator: Authenticator;
  readonly log: Logger;
  readonly oidc?: Oidc | undefined;
}

/** A session is a token of its own, so that it can end without the one it came from; it never outlives that. */
export function sessionServices({ tokens, authenticator, log, oidc }: AccessSources): Services["sessions"] {
  return {
    signIn: async (token) => {
      const identity = await authenticator.byToken(token);
      const made = await tokens.lookup(hashToken(token));
      if (made === undefined) throw unauthorized("the token ended just now");
      const { subject, groups } = made;
      const endsAt = Math.min(Date.now() + SESSION_SECONDS * 1000, made.expiresAt?.getTime() ?? Infinity);
      const session = await openSession(
        { tokens, log },
        { subject, groups, endsAt, parentId: made.parentId ?? made.id },
      );
      return { identity: { ...identity, method: "session" }, ...session };
    },
    methods: () => (oidc === undefined ? {} : { oidc: { issuer: oidc.issuer } }),
    open: (identity) => {
      const { user: subject, groups } = identity;
      return openSession({ tokens, log }, { subject, groups, endsAt: Date.now() + SESSION_SECONDS * 1000 });
    },
    signOut: async (value) => {
      const record = await tokens.lookup(hashToken(value));
      const ended = record?.description === SESSION ? await tokens.revoke(record.id) : undefined;
      if (ended !== undefined) logTokenRevoked(log, ended, ended.subject);
      authenticator.forgetAll();
    },
  };
}

interface NewSession {
  readonly subject: string;
  readonly groups: readonly string[];
  readonly endsAt: number;
  readonly parentId?: string;
}

async function openSession(
  { tokens, log }: Pick<AccessSources, "tokens" | "log">,
  { subject, groups, endsAt, parentId }: NewSession,
): Promise<{ readonly value: string; readonly maxAgeSeconds: number }> {
  const value = newToken();
  const record = await tokens.create({
    hash: hashToken(value),
    subject,
    groups,
    description: SESSION,
    expiresAt: new Date(endsAt),
    idleSeconds: IDLE_SECONDS,
    ...(parentId !== undefined && { parentId }),
  });
  logTokenMade(log, record, subject);
  return { value, maxAgeSeconds: Math.max(1, Math.round((endsAt - Date.now()) / 1000)) };
}

export function accessServices({
  tokens,
  authenticator,
  log,
}: AccessSources): Omit<Services["access"], "bindings" | "may"> {
  return {
    createToken: async ({ subject, groups, description, ttlSeconds }, identity) => {
      requireAs(identity, { subject, groups });
      const token = newToken();
      const expiresAt = ttlSeconds === undefined ? {} : { expiresAt: new Date(Date.now() + ttlSeconds * 1000) };
      const record = await tokens.create({ hash: hashToken(token), subject, groups, description, ...expiresAt });
      logTokenMade(log, record, authorOf(identity));
      return { ...tokenView(record), token };
    },
    list: async (session) => {
      const own = session === undefined ? undefined : await tokens.lookup(hashToken(session));
      return (await tokens.list()).map((record) => tokenView(record, own?.id));
    },
    roles: () => ROLES,
    revoke: async (id, identity) => {
      const all = await tokens.list();
      const named = all.find((record) => record.id === id);
      if (named !== undefined) requireAs(identity, named); // who makes tokens is no administrator: others' are not his to end
      refuseLast(all, id);
      const revoked = await tokens.revoke(id);
      authenticator.forgetAll();
      if (revoked === undefined) throw new StatusError("NotFound", `token ${id} not found`);
      logTokenRevoked(log, revoked, authorOf(identity));
    },
  };
}

/** The last token that lets an administrator in stays: a browser has no client certificate. */
function refuseLast(tokens: readonly TokenRecord[], id: string): void {
  const isAdmin = ({ groups, parentId, revokedAt, expiresAt }: TokenRecord): boolean =>
    groups.includes(ADMIN_GROUP) && parentId === undefined && revokedAt === undefined && expiresAt === undefined;
  const admins = tokens.filter(isAdmin);
  if (admins.length === 1 && admins[0]!.id === id)
    throw new StatusError(
      "Forbidden",
      `token ${id} is the last of an administrator that does not end: make another first`,
    );
}

function tokenView(record: TokenRecord, ownSession?: string): TokenView {
  const { id, subject, groups, description, createdAt, expiresAt, revokedAt } = record;
  return {
    id,
    isSession: description === SESSION,
    isThis: id === ownSession,
    subject,
    groups,
    description,
    createdAt: createdAt.toISOString(),
    ...(expiresAt !== undefined && { expiresAt: expiresAt.toISOString() }),
    ...(revokedAt !== undefined && { revokedAt: revokedAt.toISOString() }),
  };
}
