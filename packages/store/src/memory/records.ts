import { randomUUID } from "node:crypto";
import type { AgentStatus } from "@percale/protocol";
import type { AgentStatusRecord, NewToken, Records, SettingRecords, TokenRecord, TokenRecords } from "../records.ts";
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
      if (token === undefined || !isAlive(token)) return undefined;
      const parent = byId(token.parentId)?.[1];
      return parent === undefined || isAlive(parent) ? token : undefined;
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
