import type { IncomingMessage, ServerResponse } from "node:http";
import type { StatusError } from "@percale/resources";
import { sourceOf } from "../auth/failures.ts";
import type { Identity } from "../auth/identity.ts";
import { keptBody, keepBody } from "../bodies/kept-body.ts";
import { verbOf } from "../rest/objects.ts";
import type { ObjectRoute } from "../rest/route.ts";
import type { Audit } from "./audit.ts";
import { auditEvent } from "./event.ts";
import { ruleFor } from "./policy.ts";

/** More of a body or an answer is not kept. */
const MAX_KEPT = 256 * 1024;

interface AuditedCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly route: ObjectRoute | undefined;
  readonly identity: Identity;
  readonly requestId: string;
}

/** Begins to keep what the policy asks for of a request; the result ends it with the answer. Undefined: nothing is kept. */
export function beginAudit(
  audit: Audit,
  { request, response, pathname, query, route, identity, requestId }: AuditedCall,
): ((failure: StatusError | undefined) => void) | undefined {
  const verb = verbIn(request.method ?? "GET", route, query);
  const object = route && objectOf(route);
  const { user, groups } = identity;
  const asked = { user, groups, verb, path: pathname, ...(object !== undefined && { object }) };
  const { level, omitStages = [] } = ruleFor(audit.policy, asked);
  const omitted = new Set([...omitStages, ...(audit.policy.omitStages ?? [])]);
  if (level === "None" || omitted.has("ResponseComplete")) return undefined;
  const receivedAt = Date.now();
  if (level !== "Metadata") keepBody(request);
  const answered = level === "RequestResponse" && verb !== "watch" ? keepAnswer(response) : () => undefined;
  return (failure) => {
    const stage = failure?.code === 500 ? "Panic" : "ResponseComplete";
    if (omitted.has(stage)) return;
    const heard = {
      level,
      stage,
      requestId,
      uri: request.url ?? "/",
      verb,
      identity,
      source: sourceOf(request),
    } as const;
    audit.note(
      auditEvent({
        ...heard,
        userAgent: request.headers["user-agent"],
        object,
        receivedAt,
        now: Date.now(),
        code: response.statusCode,
        failure,
        sent: level === "Metadata" ? undefined : parsed(keptBody(request)),
        answer: parsed(answered()),
      }),
    );
  };
}

function verbIn(method: string, route: ObjectRoute | undefined, query: URLSearchParams): string {
  if (route === undefined) return method.toLowerCase();
  try {
    return verbOf(method, route, query);
  } catch {
    return method.toLowerCase(); // it is refused for its method
  }
}

function objectOf({ definition: { group, version, servedPlural }, namespace, name, subresource }: ObjectRoute) {
  return {
    group,
    version,
    resource: servedPlural,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
}

/** Listens to what the answer ends with: what is long goes in parts, and is not kept. */
function keepAnswer(response: ServerResponse): () => string | undefined {
  let kept: string | undefined;
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
  response.end = ((...given: unknown[]) => {
    const [body] = given;
    if (typeof body === "string" || Buffer.isBuffer(body)) kept = String(body);
    return end(...given);
  }) as typeof response.end; // it takes what `end` takes
  return () => kept;
}

/** As JSON, or as far as text goes. */
function parsed(text: string | undefined): unknown {
  if (text === undefined || text === "") return undefined;
  if (text.length > MAX_KEPT) return { truncated: true, characters: text.length };
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { notJson: true, characters: text.length }; // nobody knows which of it is secret
  }
}
