import { z } from "zod";
import { brief, formatIssue, isSubdomain, parseOutside, show } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type {
  AgentStatus,
  BgpSession,
  ClientMessage,
  Condition,
  EndedCondition,
  NodeRoute,
  Ping,
  ServerMessage,
  WorkloadStatus,
} from "./messages.ts";

/** A frame that is no message of the protocol: it names the field and what was got. The socket closes with `protocolError`. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** A client's frame; fields that this version does not know are left out. Throws ProtocolError. */
export function parseClientMessage(frame: string): ClientMessage {
  const message = parseFrame(frame);
  const schema = CLIENT.get(message.t);
  if (schema === undefined)
    throw new ProtocolError(`t: must be one of ${[...CLIENT.keys()].join(", ")}, got ${show(message.t)}`);
  return checked(schema, message);
}

/** A server's frame; undefined for a kind of message that this version does not know, which is to be ignored. Throws ProtocolError. */
export function parseServerMessage(frame: string): ServerMessage | undefined {
  const message = parseFrame(frame);
  const schema = SERVER.get(message.t);
  return schema === undefined ? undefined : checked(schema, message);
}

/** An agent's status, as it comes and as it was kept. Throws ProtocolError. */
export function parseAgentStatus(value: unknown): AgentStatus {
  return checked(agentStatus, value);
}

function parseFrame(frame: string): { readonly t: string } {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch (error) {
    throw new ProtocolError(`not JSON: ${(error as Error).message}`); // JSON.parse throws nothing else
  }
  return checked(anyMessage, value);
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = parseOutside(schema, value);
  if ("data" in result) return result.data;
  throw new ProtocolError(result.issues.slice(0, 3).map(formatIssue).join("; "));
}

const anyMessage = z.looseObject({ t: z.string() });
/** Names, versions, dates: one that is longer is none. */
const text = z.string().max(1_024);
/** What somebody said: of too much the beginning counts, so that no long word of a kernel costs an agent its stream. */
const words = z.string().transform((said) => brief(said));
const count = z.int().min(0);
const ms = z.number().min(0);
const node = text.refine(isSubdomain, "must be a node's name");
const ref: z.ZodType<ObjectRef> = z.object({ kind: text, namespace: text.exactOptional(), name: text });

/** Looked at, not copied: snapshots are large, and the server checked every field when it stored the object. */
const storedObject = z.custom<KubeObject>(isStoredObject, "must be an object with kind and metadata.name");

function isStoredObject(value: unknown): boolean {
  const { kind, metadata } = (value ?? {}) as { readonly kind?: unknown; readonly metadata?: unknown };
  const { name, namespace } = (metadata ?? {}) as { readonly name?: unknown; readonly namespace?: unknown };
  const isNamespace = namespace === undefined || typeof namespace === "string";
  return typeof kind === "string" && typeof name === "string" && isNamespace;
}

const ping: z.ZodType<Ping> = z.object({ t: z.enum(["ping", "pong"]), id: z.number(), timeMs: z.number() });

const conditionFields = {
  code: text,
  severity: z.enum(["info", "warning", "error"]),
  title: words,
  detail: words,
  advice: words,
  since: text,
  ref: ref.exactOptional(),
};
const condition: z.ZodType<Condition> = z.object(conditionFields);
const endedCondition: z.ZodType<EndedCondition> = z.object({ ...conditionFields, until: text });

const route: z.ZodType<NodeRoute> = z.object({
  dst: text,
  from: z.enum(["peer", "block", "workload"]),
  via: text.exactOptional(),
  dev: text.exactOptional(),
});

const session: z.ZodType<BgpSession> = z.object({
  peerIP: text,
  peerNode: text.exactOptional(),
  type: z.enum(["NodeMesh", "NodePeer", "GlobalPeer"]),
  asNumber: count,
  state: z.enum(["Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established", "Close"]),
  since: text,
  info: words,
  routesImported: count,
  routesExported: count,
  routesFiltered: count.exactOptional(),
  ref: ref.exactOptional(),
  localIP: text.exactOptional(),
  localASNumber: count.exactOptional(),
  port: count.exactOptional(),
  passive: z.boolean().exactOptional(),
  hasPassword: z.boolean().exactOptional(),
  ttlHops: count.exactOptional(),
  holdSeconds: count.exactOptional(),
  keepaliveSeconds: count.exactOptional(),
  peerRestarts: z.boolean().exactOptional(),
  flaps: count.exactOptional(),
});

const workload: z.ZodType<WorkloadStatus> = z.object({
  ref,
  state: z.enum(["up", "down", "error"]),
  interfaceName: text,
  detail: words.exactOptional(),
});

const agentStatus: z.ZodType<AgentStatus> = z.object({
  node,
  build: text,
  startedAt: text,
  starts: z.array(text).exactOptional(),
  inSync: z.boolean(),
  appliedRevision: count,
  programmedRevision: count,
  rssBytes: count,
  counts: z.object({ endpoints: count, policies: count, sets: count, setMembers: count, routes: count }),
  applyMs: z.object({ p50: ms, p99: ms, last: ms }),
  driftRepairs: z.object({ count, lastAt: text.exactOptional(), lastDetail: words.exactOptional() }),
  bird: z.object({
    state: z.enum(["Ready", "NotReady"]),
    version: text.exactOptional(),
    routerID: text.exactOptional(),
    md5Refused: z.object({ notFound: count, unexpected: count, failure: count }).exactOptional(),
    startedAt: text.exactOptional(),
    configuredAt: text.exactOptional(),
  }),
  routes: z.object({ total: count, list: z.array(route) }).exactOptional(),
  sessions: z.array(session),
  workloads: z.array(workload),
  conditions: z.array(condition),
  ended: z.array(endedCondition).exactOptional(),
});

const CLIENT: ReadonlyMap<string, z.ZodType<ClientMessage>> = new Map<string, z.ZodType<ClientMessage>>([
  [
    "hello",
    z.object({
      t: z.literal("hello"),
      node,
      component: text,
      build: text,
      schemaLevel: count,
      minSchemaLevel: count.exactOptional(),
      type: z.enum(["agent", "bgp", "tunnel", "status", "all"]),
      scope: z.enum(["node", "cluster"]),
      encodings: z.array(text),
      resume: z.object({ epoch: text, revision: count, scopeDigest: text }).exactOptional(),
    }),
  ],
  ["ack", z.object({ t: z.literal("ack"), applied: count, programmed: count })],
  ["status", z.object({ t: z.literal("status"), status: agentStatus })],
  ["ping", ping],
  ["pong", ping],
]);

const SERVER: ReadonlyMap<string, z.ZodType<ServerMessage>> = new Map<string, z.ZodType<ServerMessage>>([
  [
    "welcome",
    z.object({
      t: z.literal("welcome"),
      server: text,
      build: text,
      schemaLevel: count,
      epoch: text,
      head: count,
      mode: z.enum(["resume", "snapshot"]),
      encoding: text,
      scopeDigest: text,
      pingIntervalMs: ms,
    }),
  ],
  [
    "reject",
    z.object({
      t: z.literal("reject"),
      code: z.enum(["version", "auth", "type", "busy", "draining", "notReady"]),
      text: words,
      retryAfterMs: ms.exactOptional(),
      alternatives: z.array(text).exactOptional(),
    }),
  ],
  ["snapshotBegin", z.object({ t: z.literal("snapshotBegin"), revision: count, objects: count })],
  ["snapshotEnd", z.object({ t: z.literal("snapshotEnd"), revision: count })],
  ["put", z.object({ t: z.literal("put"), objects: z.array(storedObject) })],
  [
    "delta",
    z.object({
      t: z.literal("delta"),
      fromRev: count,
      toRev: count,
      puts: z.array(storedObject),
      deletes: z.array(ref),
      more: z.boolean().exactOptional(),
    }),
  ],
  ["bookmark", z.object({ t: z.literal("bookmark"), revision: count })],
  ["state", z.object({ t: z.literal("state"), state: z.enum(["waiting", "resync", "inSync"]), upstreamAgeMs: ms })],
  ["ping", ping],
  ["pong", ping],
]);
