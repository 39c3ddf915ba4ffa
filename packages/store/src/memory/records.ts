import { randomUUID } from "node:crypto";
import type { AgentStatus } from "@percale/protocol";
import { auditPage } from "../audit-page.ts";
import type { AuditBatch } from "../audit-page.ts";
import { isIdle } from "../idle.ts";
import type {
  AgentStatusRecord,
  AuditRecords,
  NewToken,
  Records,
  SettingRecords,
  TokenRecord,
  TokenRecords,
} from "../records.ts";
import { NoticeFeed } from "../notice-feed.ts";
import { StatusFeed } from "../status-feed.ts";

/** Records that end with their process: for tests and tools. */
export function memoryRecords({ now = () => new Date() }: { readonly now?: () => Date } = {}): Records {
  const closing = new AbortController();
  const listeners = new NoticeFeed();
  const statuses = new Map<string, AgentStatusRecord>();
  const changed = (node: string): void => feed.changed(node);
  const feed = new StatusFeed(
    {
      put: async (status: AgentStatus) => {
        const { node } = status;
        statuses.set(node, { node, status: structuredClone(status), updatedAt: now().toISOString() });
        changed(node);
      },
      remove: async (node) => {
        if (statuses.delete(node)) changed(node);
      },
      list: async () => [...statuses.values()].sort((a, b) => (a.node < b.node ? -1 : 1)),
      get: async (node) => statuses.get(node),
    },
    closing.signal,
  );
  return {
    agentStatus: feed.records(),
    tokens: memoryTokens(now),
    settings: memorySettings(),
    audit: memoryAudit(),
    notices: listeners.notices(async (text) => listeners.tell(text)),
    close: async () => closing.abort(),
  };
}

function memoryTokens(now: () => Date): TokenRecords {
  const byHash = new Map<string, TokenRecord>();
  const byId = (id: string | undefined): [hash: string, token: TokenRecord] | undefined =>
    [...byHash].find(([, token]) => token.id === id);
  const isAlive = ({ revokedAt, expiresAt }: TokenRecord): boolean =>
    revokedAt === undefined && (expiresAt === undefined || expiresAt > now());
  return {
    create: async ({ hash, description = "", groups, ...token }: NewToken) => {
      const made = { ...token, id: randomUUID(), groups: [...groups], description, createdAt: now() };
      byHash.set(hash, made);
      return made;
    },
    list: async () => [...byHash.values()],
    revoke: async (id) => {
      const found = byId(id);
      if (found === undefined || found[1].revokedAt !== undefined) return undefined;
      const revoked = { ...found[1], revokedAt: now() };
      byHash.set(found[0], revoked);
      return revoked;
    },
    lookup: async (hash) => {
      const token = byHash.get(hash);
      if (token === undefined || !isAlive(token) || isIdle(token, now())) return undefined;
      const parent = byId(token.parentId)?.[1];
      return parent === undefined || isAlive(parent) ? token : undefined;
    },
    touch: async (id) => {
      const found = byId(id);
      if (found !== undefined) byHash.set(found[0], { ...found[1], usedAt: now() });
    },
  };
}

function memoryAudit(): AuditRecords {
  let batches: AuditBatch[] = [];
  let last = 0;
  return {
    add: async (events) => void batches.unshift({ id: ++last, events: [...events] }),
    list: async ({ limit, before }) => {
      const [batch = last, skip = 0] = before?.split(".").map(Number) ?? [];
      return auditPage(
        batches.filter(({ id }) => id <= batch),
        { limit, skip, isAll: true },
      );
    },
    trim: async (characters) => {
      let left = characters;
      batches = batches.filter(({ events }) => (left -= events.join("\n").length) >= 0);
    },
  };
}

function memorySettings(): SettingRecords {
  const values = new Map<string, unknown>();
  return {
    get: async (key) => structuredClone(values.get(key)) ?? undefined,
    put: async (key, value) => void values.set(key, structuredClone(value)),
  };
}
