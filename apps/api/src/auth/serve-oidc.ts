import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { badRequest, parseOutside, StatusError, unauthorized } from "@percale/resources";
import type { Services } from "../services/services.ts";
import type { Identity } from "./identity.ts";
import type { Oidc } from "./oidc.ts";
import { cookieOf, isPlain, sessionCookie } from "./session-cookie.ts";

/** Where a browser begins to sign in at the provider, and where it comes back to. */
export const OIDC_PREFIX = "/oidc/";
const LOGIN = `${OIDC_PREFIX}login`;
const CALLBACK = `${OIDC_PREFIX}callback`;
const COOKIE = "percale_oidc";
const ATTEMPT_SECONDS = 600;

const attempt = z.strictObject({ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() });

interface OidcCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly pathname: string;
  readonly query: URLSearchParams;
  /** Absent: nobody signs in so here. */
  readonly oidc: Oidc | undefined;
  readonly sessions: Pick<Services["sessions"], "open">;
  /** At the door: what is refused there is noted, and slowed. */
  readonly atTheDoor: (request: IncomingMessage, ask: () => Promise<Identity>) => Promise<Identity>;
}

/** GET alone: the browser is sent to the provider, and comes back with a code that is good once. */
export async function serveOidc({
  request,
  response,
  pathname,
  query,
  oidc,
  sessions,
  atTheDoor,
}: OidcCall): Promise<void> {
  if (oidc === undefined || request.method !== "GET" || (pathname !== LOGIN && pathname !== CALLBACK))
    throw new StatusError("NotFound", "nobody signs in this way here");
  const redirectUri = `${originOf(request)}${CALLBACK}`;
  if (pathname === LOGIN) {
    const { url, attempt: begun } = await oidc.begin(redirectUri, pathIn(query.get("next")));
    const kept = Buffer.from(JSON.stringify(begun)).toString("base64url");
    response.writeHead(302, { location: url.href, "set-cookie": attemptCookie(kept, request), ...UNKEPT }).end();
    return;
  }
  const kept = cookieOf(request, COOKIE);
  if (kept === undefined) throw unauthorized("this sign-in began in another browser, or too long ago: begin again");
  const begun = parseAttempt(kept);
  const identity = await atTheDoor(request, () => oidc.finish(new URL(`${redirectUri}?${query}`), begun));
  const cookies = [attemptCookie("", request), sessionCookie(await sessions.open(identity), request)];
  const body = page(pathIn(begun.next));
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "set-cookie": cookies, ...UNKEPT }).end(body);
}

const UNKEPT = { "cache-control": "no-store", "referrer-policy": "no-referrer" };

/** What a browser calls us: the dashboard's server says what it was called. The provider takes none but what it was told of. */
function originOf(request: IncomingMessage): string {
  const { headers } = request;
  const host = String(headers["x-forwarded-host"] ?? headers.host ?? "");
  const origin = `${isPlain(request) ? "http" : "https"}://${host}`;
  if (!URL.canParse(origin)) throw badRequest(`Host: must be a host name, got ${JSON.stringify(host)}`);
  return new URL(origin).origin;
}

/** Only a path of the dashboard: never another site. */
function pathIn(next: string | null): string {
  return next !== null && /^\/(?![/\\])[^\s"<>]*$/.test(next) ? next : "/";
}

/** Lax: the provider's page sends the browser back here. */
function attemptCookie(value: string, request: IncomingMessage): string {
  const age = value === "" ? 0 : ATTEMPT_SECONDS;
  return `${COOKIE}=${value}; Max-Age=${age}; Path=${OIDC_PREFIX}; HttpOnly; SameSite=Lax${isPlain(request) ? "" : "; Secure"}`;
}

function parseAttempt(text: string) {
  try {
    const parsed = parseOutside(attempt, JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    if ("data" in parsed) return parsed.data;
  } catch {
    // falls through: not ours
  }
  throw badRequest(`${COOKIE}: is not what this server gave: begin again`);
}

/** The way here began at another site, so a browser would keep the session's cookie (SameSite=Strict) from a redirect: this page goes on by itself. */
function page(next: string): string {
  const safe = next.replaceAll("&", "&amp;");
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${safe}"><title>Signed in</title><a href="${safe}">Go on</a>\n`;
}
