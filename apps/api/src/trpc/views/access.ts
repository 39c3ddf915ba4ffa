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
