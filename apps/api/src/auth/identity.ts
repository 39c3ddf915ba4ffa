import type { Authorizer } from "./authorizer.ts";

/** Who asks, and by what right we believe it. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
  readonly method: "anonymous" | "certificate" | "token" | "session";
  /** When the credential ends, ms since 1970; absent: when it is revoked. */
  readonly expiresAt?: number;
  /** Who it really is that acts in this name. */
  readonly impersonator?: string;
  readonly uid?: string;
  /** More that whoever vouches for the identity says of it, for other authorizers and the audit. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  /** Decides what it may; who has none may only what its name and groups alone give (`authorize.ts`). */
  readonly authorizer?: Authorizer;
}

export const ANONYMOUS: Identity = {
  user: "system:anonymous",
  groups: ["system:unauthenticated"],
  method: "anonymous",
};

/** Who history names: both, where one acts in another's name. */
export function authorOf({ user, impersonator }: Identity): string {
  return impersonator === undefined ? user : `${impersonator} as ${user}`;
}

/** Everybody who showed a good credential. */
export const AUTHENTICATED = "system:authenticated";

/** The groups of somebody who showed a good credential. */
export function withAuthenticated(groups: readonly string[]): readonly string[] {
  return groups.includes(AUTHENTICATED) ? groups : [...groups, AUTHENTICATED];
}

export const ADMIN_GROUP = "system:masters";
export const NODES_GROUP = "system:nodes";
export const VIEWER_GROUP = "percale:viewers";
/** Kubernetes' own group for those that scrape. */
export const MONITORING_GROUP = "system:monitoring";
export const EDITOR_GROUP = "percale:editors";
const NODE_PREFIX = "system:node:";

/** The node whose agent this is. */
export function nodeOf({ user, groups }: Identity): string | undefined {
  return user.startsWith(NODE_PREFIX) && groups.includes(NODES_GROUP) ? user.slice(NODE_PREFIX.length) : undefined;
}
