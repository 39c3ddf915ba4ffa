import type { KubeObject, ObjectRef } from "@percale/resources";

/**
 * The sync stream between an API server (later: a fan-out) and an agent: JSON over a WebSocket at `/sync/v1`, subprotocol
 * `percale.sync.v1`; text frames, or binary ones that hold compressed JSON where both sides can. A snapshot at one revision, then
 * deltas that go on from it; a client that reconnects with (epoch, revision) resumes where it was.
 *
 *   client  hello ─► ◄─ welcome | reject
 *                    ◄─ snapshotBegin, put*, snapshotEnd        (mode "snapshot" only)
 *                    ◄─ delta*, bookmark (≤ 30 s apart), state
 *           ack  ─► (≤ 1/s)            ping/pong both ways
 *
 * The server decides what a client gets by its type and node, and by its credential whether it may see more than its node does: of most
 * objects a shared form, the same bytes for all, without `resourceVersion` and whatever else nobody reads; its node's own whole. Within a
 * snapshot, and within a transaction, its own come first, and what was said first of an object holds.
 */
export const SYNC_PATH = "/sync/v1";
export const SYNC_SUBPROTOCOL = "percale.sync.v1";
/**
 * What this version speaks at most and at least. Raised when a message changes meaning:
 *   1 (2026-11) each object once, in text frames; `fromRev` is exactly the previous `toRev`. Whole to administrators; a node's credential
 *     shows what its node sees at level 2
 *   2 (2026-11) shared forms and own objects, binary frames, `fromRev` may lie before what the client holds
 */
export const SCHEMA_LEVEL = 2;
export const MIN_SCHEMA_LEVEL = 1;

export type ClientType = "agent" | "bgp" | "tunnel" | "status" | "all";

/** `json`: text frames. `json+zstd`: beside them binary ones, each a message compressed with zstd. */
export type Encoding = "json" | "json+zstd";

export interface Hello {
  readonly t: "hello";
  readonly node: string;
  readonly component: string;
  readonly build: string;
  /** The highest that the client speaks. */
  readonly schemaLevel: number;
  /** The lowest; absent: that one alone. */
  readonly minSchemaLevel?: number;
  readonly type: ClientType;
  /** `cluster`: other nodes' objects whole, too. A node's credential gets neither that nor the type `all`. */
  readonly scope: "node" | "cluster";
  /** What it can read, see `Encoding`; of several the server chooses. */
  readonly encodings: readonly string[];
  readonly resume?: { readonly epoch: string; readonly revision: number; readonly scopeDigest: string };
}

export interface Welcome {
  readonly t: "welcome";
  readonly server: string;
  readonly build: string;
  /** The one that both speak from now on. */
  readonly schemaLevel: number;
  /** Identity of the store; another epoch means revisions are not comparable. */
  readonly epoch: string;
  readonly head: number;
  readonly mode: "resume" | "snapshot";
  readonly encoding: string;
  /** Of what this client gets: under another digest nobody resumes. */
  readonly scopeDigest: string;
  readonly pingIntervalMs: number;
}

export type RejectCode = "version" | "auth" | "type" | "busy" | "draining" | "notReady";

export interface Reject {
  readonly t: "reject";
  readonly code: RejectCode;
  readonly text: string;
  readonly retryAfterMs?: number;
  readonly alternatives?: readonly string[];
}

export interface SnapshotBegin {
  readonly t: "snapshotBegin";
  readonly revision: number;
  /** As many follow; one that is the node's own may be counted twice. */
  readonly objects: number;
}
export interface SnapshotEnd {
  readonly t: "snapshotEnd";
  readonly revision: number;
}
/** At most 1,000 objects or 256 KiB; a larger object goes alone. */
export interface Put {
  readonly t: "put";
  readonly objects: readonly KubeObject[];
}
/**
 * From any state between `fromRev` and `toRev` to the one at `toRev`. A `fromRev` beyond what the client holds means that something was
 * lost. With `more` the parts of one transaction follow; apply them together at the last.
 */
export interface Delta {
  readonly t: "delta";
  readonly fromRev: number;
  readonly toRev: number;
  readonly puts: readonly KubeObject[];
  readonly deletes: readonly ObjectRef[];
  readonly more?: boolean;
}
export interface Bookmark {
  readonly t: "bookmark";
  readonly revision: number;
}
export interface State {
  readonly t: "state";
  readonly state: "waiting" | "resync" | "inSync";
  readonly upstreamAgeMs: number;
}
/** What the node holds: received and calculated up to `applied`, in the kernel up to `programmed`. */
export interface Ack {
  readonly t: "ack";
  readonly applied: number;
  readonly programmed: number;
}
/** The agent's own account of itself, at once when it changes and every 10 s; kept by the API beside the store, not in the log. */
export interface StatusReport {
  readonly t: "status";
  readonly status: AgentStatus;
}
export interface Ping {
  readonly t: "ping" | "pong";
  readonly id: number;
  readonly timeMs: number;
}

export type ClientMessage = Hello | Ack | StatusReport | Ping;
export type ServerMessage = Welcome | Reject | SnapshotBegin | SnapshotEnd | Put | Delta | Bookmark | State | Ping;

/** A coded health condition; shown alike in CLI, UI, metrics and status. */
export interface Condition {
  /** Stable code, PascalCase: `NftBatchRefused`. */
  readonly code: string;
  readonly severity: "info" | "warning" | "error";
  readonly title: string;
  /** What we got: the kernel's or BIRD's own words. */
  readonly detail: string;
  /** What to do. */
  readonly advice: string;
  /** RFC 3339. */
  readonly since: string;
  /** The object at fault, where one is. */
  readonly ref?: ObjectRef;
}

/** One that is over. */
export interface EndedCondition extends Condition {
  /** RFC 3339. */
  readonly until: string;
}

/** What one end of a session knows of it. Optional fields came later than the first agents. */
export interface BgpSession {
  readonly peerIP: string;
  /** Node of that address, where it is one of ours. */
  readonly peerNode?: string;
  readonly type: "NodeMesh" | "NodePeer" | "GlobalPeer";
  /** Expected of the peer. */
  readonly asNumber: number;
  readonly state: "Idle" | "Connect" | "Active" | "OpenSent" | "OpenConfirm" | "Established" | "Close";
  /** RFC 3339: since when it is Established, or is not. Empty where nobody knows. */
  readonly since: string;
  /** Why it is not Established, as BIRD says it; empty unless that is so now. */
  readonly info: string;
  readonly routesImported: number;
  readonly routesExported: number;
  readonly routesFiltered?: number;
  /** The object that asks for it; absent for the mesh. */
  readonly ref?: ObjectRef;
  readonly localIP?: string;
  readonly localASNumber?: number;
  /** Where this end connects to. */
  readonly port?: number;
  /** Waits for the peer to connect. */
  readonly passive?: boolean;
  readonly hasPassword?: boolean;
  /** Absent without TTL security. */
  readonly ttlHops?: number;
  /** As agreed with the peer, while Established. */
  readonly holdSeconds?: number;
  readonly keepaliveSeconds?: number;
  /** The peer restarts gracefully: its routes are kept meanwhile. */
  readonly peerRestarts?: boolean;
  /** How often it was lost since the agent started. */
  readonly flaps?: number;
}

/** TCP segments that the kernel dropped within the last minute for their MD5 signature. */
export interface Md5Refused {
  /** A signature was expected, there was none. */
  readonly notFound: number;
  /** There was a signature, none was expected. */
  readonly unexpected: number;
  /** Signed with another password. */
  readonly failure: number;
}

export interface WorkloadStatus {
  readonly ref: ObjectRef;
  readonly state: "up" | "down" | "error";
  readonly interfaceName: string;
  readonly detail?: string;
}

/** A route of the node's main table that is there because of Percale. */
export interface NodeRoute {
  readonly dst: string;
  /** A BGP peer told it, it keeps one of the node's own blocks, or it leads to a workload. */
  readonly from: "peer" | "block" | "workload";
  readonly via?: string;
  readonly dev?: string;
}

export interface NodeRoutes {
  readonly total: number;
  /** The first of them. */
  readonly list: readonly NodeRoute[];
}

/** Optional fields came later than the first agents. */
export interface AgentStatus {
  readonly node: string;
  readonly build: string;
  readonly startedAt: string;
  /** When this node's agents started, of late, this one's first: RFC 3339. */
  readonly starts?: readonly string[];
  readonly inSync: boolean;
  readonly appliedRevision: number;
  readonly programmedRevision: number;
  readonly rssBytes: number;
  readonly counts: {
    readonly endpoints: number;
    readonly policies: number;
    readonly sets: number;
    readonly setMembers: number;
    readonly routes: number;
  };
  /** Time from a delta's arrival to the kernel's commit, milliseconds, over the last 1,000 deltas. */
  readonly applyMs: { readonly p50: number; readonly p99: number; readonly last: number };
  readonly driftRepairs: { readonly count: number; readonly lastAt?: string; readonly lastDetail?: string };
  readonly bird: {
    readonly state: "Ready" | "NotReady";
    readonly version?: string;
    readonly routerID?: string;
    readonly md5Refused?: Md5Refused;
    /** RFC 3339, as are those behind it. */
    readonly startedAt?: string;
    readonly configuredAt?: string;
  };
  readonly routes?: NodeRoutes;
  readonly sessions: readonly BgpSession[];
  readonly workloads: readonly WorkloadStatus[];
  readonly conditions: readonly Condition[];
  /** Those that ended last, the newest first. */
  readonly ended?: readonly EndedCondition[];
}
