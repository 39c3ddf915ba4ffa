import type { AgentStatus } from "@percale/protocol";

/**
 * What is kept beside the objects: the newest word only, in no log and of no revision. A Datastore that keeps no such things (a
 * Kubernetes, an etcd) goes with the records of another driver. Every failure is a StatusError, as a Datastore's.
 */
export interface Records {
  readonly agentStatus: AgentStatusRecords;
  readonly tokens: TokenRecords;
  readonly settings: SettingRecords;
  readonly audit: AuditRecords;
  readonly notices: Notices;
  /** Ends watches. Twice is once. */
  close(): Promise<void>;
}

/** What each node's agent last said of itself. */
export interface AgentStatusRecords {
  put(status: AgentStatus): Promise<void>;
  remove(node: string): Promise<void>;
  get(node: string): Promise<AgentStatusRecord | undefined>;
  /** In the order of nodes. */
  list(): Promise<AgentStatusRecord[]>;
  /** The newest status of a node after each change; undefined when removed. Intermediate ones may be skipped. */
  watch(signal?: AbortSignal): AsyncIterable<AgentStatusChange>;
}

export interface AgentStatusRecord {
  readonly node: string;
  /** An AgentStatus when it was put, perhaps by another version: whoever reads it parses it. */
  readonly status: unknown;
  /** RFC 3339. */
  readonly updatedAt: string;
}

export interface AgentStatusChange {
  readonly node: string;
  readonly record: AgentStatusRecord | undefined;
}

export interface TokenRecord {
  readonly id: string;
  readonly subject: string;
  readonly groups: readonly string[];
  readonly description: string;
  readonly createdAt: Date;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
  /** The token it was made with and ends with. */
  readonly parentId?: string;
  /** It ends when nobody has used it for so long. */
  readonly idleSeconds?: number;
  /** When it was last said to be in use. */
  readonly usedAt?: Date;
}

/** The secret never gets here, only its hash. */
export interface NewToken {
  readonly hash: string;
  readonly subject: string;
  readonly groups: readonly string[];
  readonly description?: string;
  readonly expiresAt?: Date;
  readonly parentId?: string;
  readonly idleSeconds?: number;
}

export interface TokenRecords {
  create(token: NewToken): Promise<TokenRecord>;
  /** The oldest first, revoked and expired ones too. */
  list(): Promise<TokenRecord[]>;
  /** What was revoked; undefined if there is no such token, or it is revoked already. */
  revoke(id: string): Promise<TokenRecord | undefined>;
  /** Undefined for unknown, revoked, expired and idle ones alike, and for those whose parent is. */
  lookup(hash: string): Promise<TokenRecord | undefined>;
  /** It is in use now. */
  touch(id: string): Promise<void>;
}

/** At most what one notice may hold, in bytes of UTF-8. */
export const NOTICE_BYTES = 7_900;

/** What processes over the same data call out to each other. Nobody keeps it: whoever does not listen, or is cut off, has missed it. */
export interface Notices {
  /** Heard by all who listen, in this process too. */
  say(text: string): Promise<void>;
  /** The result ends it. */
  on(listener: (text: string) => void): () => void;
}

/** What was done by whom: JSON texts, the newest kept as far as there is room. */
export interface AuditRecords {
  add(events: readonly string[]): Promise<void>;
  /** The newest first; `next` is what to ask for as `before` to go on. */
  list(options: { readonly limit: number; readonly before?: string }): Promise<AuditPage>;
  /** Forgets the oldest, so that about so many characters are left. */
  trim(characters: number): Promise<void>;
}

export interface AuditPage {
  readonly events: readonly string[];
  readonly next?: string;
}

/** Small things by key, any JSON. */
export interface SettingRecords {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
}
