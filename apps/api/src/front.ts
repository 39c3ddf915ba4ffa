import type { IncomingMessage, ServerResponse } from "node:http";
import { answerHealth, REQUEST_ID_HEADER, requestIdOf, withRequestId } from "@percale/daemon";
import type { HealthAnswer, HealthRegistry, Logger, Registry, StallMonitor } from "@percale/daemon";
import { StatusError, unauthorized } from "@percale/resources";
import type { Datastore } from "@percale/store";
import type { Audit } from "./audit/audit.ts";
import { beginAudit } from "./audit/request.ts";
import { AUDIT_PATH, serveAudit } from "./audit/serve.ts";
import type { Authenticator } from "./auth/authenticator.ts";
import { requireRight } from "./auth/authorize.ts";
import { sourceOf } from "./auth/failures.ts";
import { ANONYMOUS } from "./auth/identity.ts";
import type { Identity } from "./auth/identity.ts";
import type { Oidc } from "./auth/oidc.ts";
import type { Issuer } from "./auth/pki.ts";
import { CERTIFICATES_PATH, serveCertificates } from "./auth/serve-certificates.ts";
import { OIDC_PREFIX, serveOidc } from "./auth/serve-oidc.ts";
import type { Services } from "./services/services.ts";
import type { OpenCredentials } from "./auth/open-credentials.ts";
import { callerOf, identityOf, isForgiving } from "./caller.ts";
import type { Caller } from "./caller.ts";
import { CHANGE_SETS_PATH, serveChangeSets } from "./change-sets.ts";
import { LIMITS, Places, serveWatch } from "./limits.ts";
import { isRehearsal, logRefusal } from "./refusals.ts";
import type { Gate, Leave } from "./limits.ts";
import type { ApiMetrics } from "./metrics.ts";
import { serveDocument } from "./rest/documents.ts";
import { isWatch, serveObjects } from "./rest/objects.ts";
import { sendError } from "./rest/respond.ts";
import { serveReview } from "./rest/reviews.ts";
import { parseObjectRoute } from "./rest/route.ts";
import type { ObjectRoute } from "./rest/route.ts";
import type { Strangers } from "./strangers.ts";
import type { TrpcCall } from "./trpc/mount.ts";

export interface FrontOptions {
  readonly store: Datastore;
  readonly authenticator: Authenticator;
  readonly credentials: OpenCredentials;
  readonly health: HealthRegistry;
  readonly metrics: Registry;
  readonly apiMetrics: ApiMetrics;
  readonly log: Logger;
  readonly stalls: StallMonitor;
  readonly watches: Gate;
  readonly strangers: Strangers;
  readonly audit: Audit;
  readonly oidc: Oidc | undefined;
  /** Signs client certificates. */
  readonly issuer: () => Promise<Issuer>;
  readonly sessions: Services["sessions"];
  /** Answers everything under /trpc. */
  readonly trpc: (call: TrpcCall) => Promise<void>;
}

const TRPC_PREFIX = "/trpc/";
const METRICS_PATH = "/metrics";

/** Every plain request: who asks, is there a place, which path; then hand on and map errors. */
export function requestHandler(options: FrontOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const places = new Places(LIMITS.inFlight, "requests");
  return (request, response) => {
    const startedAt = performance.now();
    const url = request.url ?? "/";
    const question = url.indexOf("?");
    const pathname = question < 0 ? url : url.slice(0, question);
    const query = new URLSearchParams(question < 0 ? "" : url.slice(question + 1));
    const endWork = options.stalls.begin(`${request.method} ${pathname}`);
    const requestId = requestIdOf(request.headers);
    response.setHeader(REQUEST_ID_HEADER, requestId);
    void withRequestId(requestId, () =>
      answer(options, { request, response, pathname, query, requestId }, places),
    ).finally(() => {
      endWork();
      options.apiMetrics.observe(request.method ?? "", response.statusCode, performance.now() - startedAt);
    });
  };
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly requestId: string;
  readonly route?: ObjectRoute | undefined;
}

/** Probes need no place: they must be answered when all are taken. Never throws. */
async function answer(options: FrontOptions, call: Call, places: Places): Promise<void> {
  const { authenticator, log, strangers, audit } = options;
  const { request, response, pathname } = call;
  let caller: Caller | undefined;
  let endAudit: ReturnType<typeof beginAudit>;
  try {
    if (pathname !== METRICS_PATH) {
      const health = await answerHealth(pathname === "/healthz" ? "/livez" : pathname, options);
      if (health !== undefined) return sendHealth(response, health);
    }
    if (pathname.startsWith(OIDC_PREFIX)) return await signIn(options, call, places);
    const forgives = pathname.startsWith(TRPC_PREFIX) && isForgiving(pathname.slice(TRPC_PREFIX.length), request);
    caller = await callerOf(() => (forgives ? authenticator.judge(request) : authenticator.identify(request)));
    if (caller.identity.method !== "anonymous") strangers.know(request.socket);
    const route = pathname.startsWith(TRPC_PREFIX) ? undefined : parseObjectRoute(pathname);
    endAudit = beginAudit(audit, { ...call, route, identity: caller.identity });
    const leave = places.enter(caller.identity, sourceOf(request));
    await dispatch(options, { ...call, route }, { caller, leave }).finally(leave);
    endAudit?.(undefined);
  } catch (error) {
    const failure = sendError(response, error);
    endAudit?.(failure);
    const { method } = request;
    if (failure.code === 500) log.error("request failed", { method, path: pathname, error });
    else if (!isRead(method) && !isRehearsal(request))
      logRefusal(log, failure, { by: caller?.identity, call: `${method} ${pathname}` });
  }
}

/** Whoever comes here is nobody yet, and has one of the places of such. */
async function signIn({ authenticator, oidc, sessions }: FrontOptions, call: Call, places: Places): Promise<void> {
  const leave = places.enter(ANONYMOUS, sourceOf(call.request));
  const atTheDoor: Authenticator["atTheDoor"] = (request, ask) => authenticator.atTheDoor(request, ask);
  await serveOidc({ ...call, oidc, sessions, atTheDoor }).finally(leave);
}

function isRead(method: string | undefined): boolean {
  return method === "GET" || method === "HEAD";
}

function sendHealth(response: ServerResponse, { status, type, body }: HealthAnswer): void {
  response.writeHead(status, { "content-type": type }).end(body);
}

async function dispatch(
  options: FrontOptions,
  call: Call,
  { caller, leave }: { readonly caller: Caller; readonly leave: Leave },
): Promise<void> {
  const { store, authenticator, credentials, trpc, watches } = options;
  const { request, response, pathname, query, route } = call;
  if (pathname.startsWith(TRPC_PREFIX))
    return trpc({ request, response, path: pathname.slice(TRPC_PREFIX.length), caller, leave });
  const identity = identityOf(caller);
  if (pathname === METRICS_PATH) {
    requireRight(identity, "metrics");
    return sendHealth(response, (await answerHealth(pathname, options))!); // one of its paths
  }
  if (pathname === AUDIT_PATH && isRead(request.method))
    return serveAudit(response, { query, identity, audit: options.audit });
  if (pathname === CERTIFICATES_PATH)
    return serveCertificates({ request, response, identity, issuer: options.issuer, log: options.log });
  if (route === undefined) return serveRest(call, { store, identity, authenticator });
  const target = { request, response, route, query, store, identity };
  if (request.method !== "GET" || !isWatch(query)) return serveObjects(target);
  leave(); // a watch is limited by its own gate
  const { ended, release } = credentials.hold(identity, () => authenticator.judge(request));
  return serveWatch(watches, () => serveObjects({ ...target, ended })).finally(release);
}

async function serveRest(
  { request, response, pathname }: Call,
  {
    store,
    identity,
    authenticator,
  }: { readonly store: Datastore; readonly identity: Identity; readonly authenticator: Authenticator },
): Promise<void> {
  if (identity.method === "anonymous" && pathname !== "/version")
    throw unauthorized("no credentials were sent: use a client certificate, a bearer token or sign in");
  if (pathname === CHANGE_SETS_PATH) return serveChangeSets(request, response, { store, identity });
  if (await serveReview({ request, response, pathname, identity, authenticator })) return;
  if (isRead(request.method)) {
    if (pathname.startsWith("/openapi/")) requireRight(identity, "look");
    if (serveDocument(request, response, pathname)) return;
  }
  throw new StatusError("NotFound", "the server could not find the requested resource", {
    details: {},
    causes: [{ reason: "UnexpectedServerResponse", message: `${request.method} ${pathname}: no such path` }],
  });
}
