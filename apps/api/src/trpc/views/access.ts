import type { ObjectRef } from "@percale/resources";

/** Who is signed in. */
export interface Whoami {
  readonly user: string;
  readonly groups: readonly string[];
  readonly rights: { readonly read: boolean; readonly write: boolean; readonly admin: boolean };
}

/** How one may sign in besides by a token. */
export interface SignInMethods {
  readonly oidc?: { readonly issuer: string };
}

/** A group that gives rights, as it is explained to who gives it. */
export interface RoleView {
  readonly group: string;
  readonly title: string;
  readonly may: string;
}

export interface TokenView {
  readonly id: string;
  /** Of a browser that signed in; else a token of its own. */
  readonly isSession: boolean;
  /** The session that asks. */
  readonly isThis: boolean;
  readonly subject: string;
  readonly groups: readonly string[];
  readonly description: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly revokedAt?: string;
}

/** A binding of a role, in a row. */
export interface BindingView {
  readonly ref: ObjectRef;
  readonly role: ObjectRef;
  /** `User ada`, `Group devs`, `ServiceAccount shop/web`. */
  readonly subjects: readonly string[];
  /** Where it counts; absent: everywhere. */
  readonly namespace?: string;
  /** Made by the server, and kept up to date by it. */
  readonly isBuiltIn: boolean;
}

/** Whether somebody may do something, and what decides. */
export interface MayView {
  readonly allowed: boolean;
  readonly reason: string;
}
