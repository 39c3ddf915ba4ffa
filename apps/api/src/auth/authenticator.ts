import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { StatusError, unauthorized } from "@percale/resources";
import type { TokenRecord, TokenRecords } from "@percale/store";
import type { Authorizer } from "./authorizer.ts";
import { sourceOf } from "./failures.ts";
import type { Failures } from "./failures.ts";
import { ANONYMOUS, withAuthenticated } from "./identity.ts";
import type { Identity } from "./identity.ts";
import { impersonate } from "./impersonate.ts";
import { isJwt } from "./oidc.ts";
import type { Oidc } from "./oidc.ts";
import { sessionOf } from "./session-cookie.ts";

const CACHE_MS = 1_000; // how long a token revoked by another process may still be taken
/** To check a signature costs more than to answer. */
const ID_TOKEN_MS = 60_000;
const CACHE_SIZE = 10_000;

export function newToken(): string {
  return `percale_${randomBytes(32).toString("base64url")}`;
}

export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

interface Cached {
  readonly identity: Identity | undefined;
  readonly record: TokenRecord | undefined;
  readonly until: number;
}

/** So seldom it is said that a session is in use. */
const TOUCH_MS = 60_000;

export interface AuthenticatorOptions {
  readonly tokens: TokenRecords;
  readonly failures: Failures;
  /** Decides over those who are proved here. */
  readonly authorizer?: Authorizer;
  /** Whose ID tokens count too. */
  readonly oidc?: Oidc | undefined;
  readonly now?: () => number;
}

/** Proves identities: client certificate of our authority, bearer token, session cookie, in that order. */
export class Authenticator {
  readonly #tokens: TokenRecords;
  readonly #failures: Failures;
  readonly #authorizer: Authorizer | undefined;
  readonly #oidc: Oidc | undefined;
  readonly #now: () => number;
  readonly #cache = new Map<string, Cached>();

  constructor({ tokens, failures, authorizer, oidc, now = Date.now }: AuthenticatorOptions) {
    this.#tokens = tokens;
    this.#failures = failures;
    this.#authorizer = authorizer;
    this.#oidc = oidc;
    this.#now = now;
  }

  /** At the door: who counts, as `judge` says; a wrong credential is noted, and its refusal may be slow. */
  async identify(request: IncomingMessage, token?: string): Promise<Identity> {
    const identity = await this.atTheDoor(request, () => this.judge(request, token));
    if (identity.method === "session") this.#touch(sessionOf(request));
    return identity;
  }

  /** At the door: the identity of a token that somebody wants a session for. */
  async prove(request: IncomingMessage, token: string): Promise<Identity> {
    return this.atTheDoor(request, () => this.byToken(token));
  }

  /**
   * Who counts by now: the credential's owner, or whom that one may act as. Throws StatusError 401 for a credential that is wrong;
   * ANONYMOUS if there is none at all. `token` goes before what the request carries.
   */
  async judge(request: IncomingMessage, token?: string): Promise<Identity> {
    const own = await (token === undefined ? this.#owner(request) : this.byToken(token));
    return impersonate(own, request);
  }

  /** What is refused is noted, and its refusal may be slow. */
  async atTheDoor(request: IncomingMessage, ask: () => Promise<Identity>): Promise<Identity> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof StatusError && error.reason === "Unauthorized")
        await this.#failures.note(sourceOf(request), error.message);
      throw error;
    }
  }

  async #owner(request: IncomingMessage): Promise<Identity> {
    const byCertificate = certificateIdentity(request);
    if (byCertificate !== undefined) return this.#ruled(this.#current(byCertificate));
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
      if (token === undefined) throw unauthorized("Authorization: must be Bearer <token>");
      return this.byToken(token);
    }
    const cookie = sessionOf(request);
    if (cookie === undefined) return ANONYMOUS;
    if (isForeign(request))
      throw new StatusError(
        "Forbidden",
        `a page of ${request.headers.origin} may not use this session: a proxy in front of the dashboard must keep the Host header, or name it in X-Forwarded-Host`,
      );
    return this.byToken(cookie, "session");
  }

  /** The identity a token stands for. Throws StatusError 401. */
  async byToken(token: string, method: "token" | "session" = "token"): Promise<Identity> {
    const hash = hashToken(token);
    const known = this.#cache.get(hash);
    const isKnown = known !== undefined && known.until > this.#now();
    if (!isKnown && this.#oidc !== undefined && isJwt(token))
      return this.#remember(hash, await this.#oidc.verify(token));
    const identity = isKnown ? known.identity : await this.#lookup(hash);
    if (identity !== undefined) return method === "token" ? identity : { ...identity, method };
    throw unauthorized(
      method === "session"
        ? "the session has ended: sign in again"
        : "the token is unknown, expired or revoked: ask for a new one, or read the admin-token file of this server",
    );
  }

  /** Revoked tokens are refused here at once. */
  forgetAll(): void {
    this.#cache.clear();
  }

  async #lookup(hash: string): Promise<Identity | undefined> {
    const record = await this.#tokens.lookup(hash);
    const identity = record === undefined ? undefined : this.#ruled(identityOf(record));
    this.#keep(hash, { identity, record, until: this.#now() + CACHE_MS });
    return identity;
  }

  /** An ID token cannot be revoked: it is good until its end. */
  #remember(hash: string, proved: Identity): Identity {
    const identity = this.#ruled(proved);
    this.#keep(hash, { identity, record: undefined, until: this.#now() + ID_TOKEN_MS });
    return identity;
  }

  #keep(hash: string, { until, ...known }: Cached): void {
    if (this.#cache.size >= CACHE_SIZE) this.#cache.clear();
    this.#cache.set(hash, { ...known, until: Math.min(until, known.identity?.expiresAt ?? Number.POSITIVE_INFINITY) });
  }

  /** Whoever comes to the door with a session uses it; what only stays open does not. Nobody waits for it to be kept. */
  #touch(session: string | undefined): void {
    const hash = session === undefined ? undefined : hashToken(session);
    const known = hash === undefined ? undefined : this.#cache.get(hash);
    if (hash === undefined || known?.record?.idleSeconds === undefined) return;
    const { id, idleSeconds, usedAt, createdAt } = known.record;
    const now = this.#now();
    if (now - (usedAt ?? createdAt).getTime() < Math.min(TOUCH_MS, idleSeconds * 100)) return;
    this.#cache.set(hash, { ...known, record: { ...known.record, usedAt: new Date(now) } });
    this.#tokens.touch(id).catch(() => undefined); // a database that is away keeps nothing, and lets nobody in either
  }

  /** With the one who decides over it. */
  #ruled(identity: Identity): Identity {
    return this.#authorizer === undefined ? identity : { ...identity, authorizer: this.#authorizer };
  }

  /** TLS looks at a certificate's end when the connection begins; this one may have outlived it. */
  #current(identity: Identity): Identity {
    if (identity.expiresAt === undefined || identity.expiresAt > this.#now()) return identity;
    throw unauthorized(`the client certificate of ${identity.user} has expired: connect with a new one`);
  }
}

function identityOf({ subject, groups, expiresAt }: TokenRecord): Identity {
  return {
    user: subject,
    groups: withAuthenticated(groups),
    method: "token",
    ...(expiresAt !== undefined && { expiresAt: expiresAt.getTime() }),
  };
}

/**
 * A browser sends the cookie along for pages on other ports of the same host too (SameSite does not look at ports), and on WebSockets
 * without asking. No page can forge Origin, Host or x-forwarded-host, which names what the dashboard's server was called by.
 */
function isForeign({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return false; // not a page, or a plain read that no other page may look into
  const own = String(headers["x-forwarded-host"] ?? host).toLowerCase();
  return !URL.canParse(origin) || new URL(origin).host !== own;
}

function certificateIdentity(request: IncomingMessage): Identity | undefined {
  const socket = request.socket as TLSSocket; // the server speaks nothing but TLS
  if (!socket.authorized) return undefined;
  const known = identityBySocket.get(socket);
  if (known !== undefined) return known;
  const { subject, valid_to: notAfter } = socket.getPeerCertificate();
  const user = [subject?.CN].flat()[0];
  if (user === undefined) return undefined;
  const organisations: string | readonly string[] | undefined = subject.O; // several O make a list
  const groups = organisations === undefined ? [] : [organisations].flat();
  const identity: Identity = {
    user,
    groups: withAuthenticated(groups),
    method: "certificate",
    expiresAt: Date.parse(notAfter),
  };
  identityBySocket.set(socket, identity);
  return identity;
}

/** Reading a certificate costs more than answering a request. */
const identityBySocket = new WeakMap<TLSSocket, Identity>();
