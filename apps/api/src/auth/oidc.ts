import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import type { JWTPayload, JWTVerifyGetKey } from "jose";
import * as client from "openid-client";
import { serviceUnavailable, unauthorized } from "@percale/resources";
import { withAuthenticated } from "./identity.ts";
import type { Identity } from "./identity.ts";

export interface OidcOptions {
  /** `https://accounts.example.org`; plain HTTP on loopback alone. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client. PKCE is used either way. */
  readonly clientSecret?: string;
  readonly usernameClaim: string;
  /** Keeps its names apart from those of tokens and certificates. */
  readonly usernamePrefix: string;
  readonly groupsClaim: string;
  readonly groupsPrefix: string;
  readonly scopes: string;
}

/** What a browser keeps while its user is at the provider. */
export interface OidcAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where it wanted to go. */
  readonly next: string;
}

interface Known {
  readonly config: client.Configuration;
  readonly keys: JWTVerifyGetKey;
  readonly until: number;
}

/** What was learnt of the provider counts so long; its keys are looked up again by themselves when one is new. */
const KNOWN_MS = 3_600_000;
const TOLERANCE_SECONDS = 5;

/**
 * People of an OpenID provider: signed in by the authorization code flow with PKCE, or known by an ID token that they send. What it says of
 * them becomes name and groups, with prefixes; names that begin with `system:` are nobody's to claim.
 */
export class Oidc {
  readonly #options: OidcOptions;
  readonly #now: () => number;
  #known: Promise<Known> | undefined;

  constructor(options: OidcOptions, { now = Date.now }: { readonly now?: () => number } = {}) {
    this.#options = options;
    this.#now = now;
  }

  get issuer(): string {
    return this.#options.issuer;
  }

  /** The identity of an ID token. Throws StatusError 401, and 503 while the provider's keys cannot be had. */
  async verify(token: string): Promise<Identity> {
    const { config, keys } = await this.#provider();
    const { issuer } = config.serverMetadata();
    const { clientId: audience } = this.#options;
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ["exp"], // one that never ends could not be taken back
        algorithms: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"],
      });
      return this.#identityOf(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout))
        throw unauthorized(`the ID token is not good here: ${error.message}`);
      throw error instanceof TypeError || error instanceof errors.JWKSTimeout ? this.#away(error) : error;
    }
  }

  /** Where to send a browser, and what it must come back with. */
  async begin(redirectUri: string, next: string): Promise<{ readonly url: URL; readonly attempt: OidcAttempt }> {
    const { config } = await this.#provider();
    const attempt = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      next,
    };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: this.#options.scopes,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: "S256",
    });
    return { url, attempt };
  }

  /** Who came back. `url`: the whole address that the provider sent the browser to. Throws StatusError 401. */
  async finish(url: URL, { state, nonce, verifier }: OidcAttempt): Promise<Identity> {
    const { config } = await this.#provider();
    try {
      const tokens = await client.authorizationCodeGrant(config, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      return this.#identityOf(tokens.claims()!); // an ID token was expected
    } catch (error) {
      if (error instanceof TypeError) throw this.#away(error);
      throw unauthorized(`the provider did not let this sign-in through: ${(error as Error).message}`);
    }
  }

  #identityOf(claims: JWTPayload): Identity {
    const { usernameClaim, usernamePrefix, groupsClaim, groupsPrefix } = this.#options;
    const name = claims[usernameClaim];
    if (typeof name !== "string" || name === "") throw unauthorized(`the ID token has no text in ${usernameClaim}`);
    if (usernameClaim === "email" && claims["email_verified"] === false)
      throw unauthorized("the ID token's email is not verified");
    const user = `${usernamePrefix}${name}`;
    if (user.startsWith("system:")) throw unauthorized(`${user} is a name of the system: set a prefix for names`);
    const claimed = [claims[groupsClaim] ?? []].flat().filter((group) => typeof group === "string");
    const groups = claimed.map((group) => `${groupsPrefix}${group}`).filter((group) => !group.startsWith("system:"));
    const { exp, sub } = claims;
    return {
      user,
      groups: withAuthenticated(groups),
      method: "token",
      ...(typeof sub === "string" && { uid: sub }),
      ...(exp !== undefined && { expiresAt: exp * 1_000 }),
    };
  }

  /** Asked once for all who wait; what failed is asked again by the next. */
  #provider(): Promise<Known> {
    const asked = this.#known;
    const known = asked?.then((one) => (one.until > this.#now() ? one : this.#discover())) ?? this.#discover();
    this.#known = known;
    known.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return known;
  }

  async #discover(): Promise<Known> {
    const { issuer, clientId, clientSecret } = this.#options;
    const url = new URL(issuer);
    const isLocal = url.protocol === "http:" && /^(127\.|localhost$|\[::1\]$)/.test(url.hostname);
    const execute = isLocal ? [client.allowInsecureRequests] : [];
    try {
      const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
      const config = await client.discovery(url, clientId, undefined, authentication, { execute });
      const { jwks_uri: keysAt } = config.serverMetadata();
      if (keysAt === undefined) throw new TypeError("it names no keys");
      return { config, keys: createRemoteJWKSet(new URL(keysAt)), until: this.#now() + KNOWN_MS };
    } catch (error) {
      throw this.#away(error);
    }
  }

  #away(error: unknown) {
    return serviceUnavailable(
      `the OpenID provider ${this.#options.issuer} does not answer: ${error instanceof Error ? error.message : String(error)}`,
      5,
      error,
    );
  }
}

/** Three parts with dots between: no token of ours has any. */
export function isJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}
