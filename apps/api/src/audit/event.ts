import type { Identity } from "../auth/identity.ts";
import { masked } from "./mask.ts";
import type { AuditedObject, Level, Stage } from "./policy.ts";

/** `audit.k8s.io/v1` Event, as far as there is something to say. */
export interface AuditEvent {
  readonly kind: "Event";
  readonly apiVersion: "audit.k8s.io/v1";
  readonly level: Level;
  /** The request's id: logs, history and the answer's `Audit-Id` have it too. */
  readonly auditID: string;
  readonly stage: Stage;
  readonly requestURI: string;
  readonly verb: string;
  readonly user: UserInfo;
  readonly impersonatedUser?: UserInfo;
  readonly sourceIPs: readonly string[];
  readonly userAgent?: string;
  readonly objectRef?: object;
  readonly responseStatus?: object;
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What is known of a request when something is said of it. */
export interface Heard {
  readonly level: Level;
  readonly stage: Stage;
  readonly requestId: string;
  readonly uri: string;
  readonly verb: string;
  readonly identity: Identity;
  readonly source: string;
  readonly userAgent: string | undefined;
  readonly object: (AuditedObject & { readonly version: string }) | undefined;
  readonly receivedAt: number;
  readonly now: number;
  /** Absent before there is an answer. */
  readonly code?: number;
  readonly failure?: { readonly reason: string; readonly message: string } | undefined;
  readonly sent?: unknown;
  readonly answer?: unknown;
}

export function auditEvent(heard: Heard): AuditEvent {
  const { level, stage, requestId, uri, verb, identity, source, userAgent, object, receivedAt, now } = heard;
  const { code, failure, sent, answer } = heard;
  const own = { username: identity.impersonator ?? identity.user };
  const whole = userOf(identity);
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level,
    auditID: requestId,
    stage,
    requestURI: withoutSecrets(uri),
    verb,
    user: identity.impersonator === undefined ? whole : own,
    ...(identity.impersonator !== undefined && { impersonatedUser: whole }),
    sourceIPs: [source],
    ...(userAgent !== undefined && { userAgent }),
    ...(object !== undefined && { objectRef: refOf(object) }),
    ...(code !== undefined && {
      responseStatus: {
        metadata: {},
        code,
        ...(failure !== undefined && { status: "Failure", reason: failure.reason, message: failure.message }),
      },
      annotations: { "authorization.k8s.io/decision": code === 401 || code === 403 ? "forbid" : "allow" },
    }),
    ...(sent !== undefined && { requestObject: masked(sent) }),
    ...(answer !== undefined && { responseObject: masked(answer) }),
    requestReceivedTimestamp: micro(receivedAt),
    stageTimestamp: micro(now),
  };
}

function userOf({ user, uid, groups, extra }: Identity): UserInfo {
  return { username: user, ...(uid !== undefined && { uid }), groups, ...(extra !== undefined && { extra }) };
}

function refOf({ resource, namespace, name, group, version, subresource }: NonNullable<Heard["object"]>): object {
  return {
    resource,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(group !== "" && { apiGroup: group }),
    apiVersion: version,
    ...(subresource !== undefined && { subresource }),
  };
}

/** What is asked by GET stands in the address, a sign-in's code too. */
function withoutSecrets(uri: string): string {
  return uri.replace(/([?&](?:code|token|state)=)[^&]*/g, "$1[masked]").slice(0, 2_048);
}

/** RFC 3339 with six digits, as Kubernetes' MicroTime. */
function micro(at: number): string {
  return new Date(at).toISOString().replace("Z", "000Z");
}
