import { randomUUID } from "node:crypto";
import type { AgentStatus as AgentStatusRow, Token } from "../../generated/client.ts";
import { Prisma } from "../../generated/client.ts";
import type { PrismaClient } from "../../generated/client.ts";
import type { AgentStatusRecord, SettingRecords, TokenRecord, TokenRecords } from "../records.ts";
import type { AgentStatusTable } from "../status-feed.ts";
import { refusalOf } from "./refusal.ts";

/** Tokens looked up by one question: more would hold the event loop. */
const MAX_BATCH = 200;

/** The ordinary tables, through Prisma. */
export function tokenTable(prisma: PrismaClient, now: () => Date): TokenRecords {
  return {
    create: ({ hash, subject, groups, description = "", expiresAt, parentId }) =>
      guarded(async () => {
        const data = {
          id: randomUUID(),
          hash,
          subject,
          groups: [...groups],
          description,
          expiresAt: expiresAt ?? null,
          parentId: parentId ?? null,
        };
        return tokenOf(await prisma.token.create({ data }));
      }),
    list: () => guarded(async () => (await prisma.token.findMany({ orderBy: { createdAt: "asc" } })).map(tokenOf)),
    revoke: (id) =>
      guarded(async () => {
        const { count } = await prisma.token.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now() } });
        return count > 0;
      }),
    lookup: inBatches((hashes) =>
      guarded(async () => {
        const isAlive = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now() } }] };
        const isKept = { OR: [{ parentId: null }, { parent: { is: isAlive } }] };
        const tokens = await prisma.token.findMany({ where: { hash: { in: hashes }, AND: [isAlive, isKept] } });
        return new Map(tokens.map((token) => [token.hash, tokenOf(token)]));
      }),
    ),
  };
}

export function settingTable(prisma: PrismaClient): SettingRecords {
  return {
    get: (key) => guarded(async () => (await prisma.setting.findUnique({ where: { key } }))?.value ?? undefined),
    put: (key, value) =>
      guarded(async () => {
        const json = jsonOf(value);
        await prisma.setting.upsert({ where: { key }, create: { key, value: json }, update: { value: json } });
      }),
  };
}

export function agentStatusTable(prisma: PrismaClient): AgentStatusTable {
  return {
    put: (status) =>
      guarded(async () => {
        const row = { status: jsonOf(status), updatedAt: new Date() };
        const { node } = status;
        await prisma.agentStatus.upsert({ where: { node }, create: { node, ...row }, update: row });
      }),
    remove: (node) => guarded(async () => void (await prisma.agentStatus.deleteMany({ where: { node } }))),
    list: () => guarded(async () => (await prisma.agentStatus.findMany({ orderBy: { node: "asc" } })).map(recordOf)),
    get: (node) =>
      guarded(async () => {
        const row = await prisma.agentStatus.findUnique({ where: { node } });
        return row === null ? undefined : recordOf(row);
      }),
  };
}

function recordOf({ node, status, updatedAt }: AgentStatusRow): AgentStatusRecord {
  return { node, status, updatedAt: updatedAt.toISOString() };
}

/** What is asked for in one turn of the event loop is one question: a thousand streams' tokens are looked at together. */
function inBatches<V>(
  ask: (keys: string[]) => Promise<ReadonlyMap<string, V>>,
): (key: string) => Promise<V | undefined> {
  let waiting: { readonly keys: Set<string>; readonly answer: Promise<ReadonlyMap<string, V>> } | undefined;
  const next = () => {
    const keys = new Set<string>();
    const answer = Promise.resolve().then(() => {
      if (waiting?.keys === keys) waiting = undefined; // whoever comes now waits for the next
      return ask([...keys]);
    });
    return { keys, answer };
  };
  return async (key) => {
    if (waiting === undefined || waiting.keys.size >= MAX_BATCH) waiting = next();
    waiting.keys.add(key);
    return (await waiting.answer).get(key);
  };
}

function tokenOf({ id, subject, groups, description, createdAt, expiresAt, revokedAt, parentId }: Token): TokenRecord {
  return {
    id,
    subject,
    groups,
    description,
    createdAt,
    ...(expiresAt !== null && { expiresAt }),
    ...(revokedAt !== null && { revokedAt }),
    ...(parentId !== null && { parentId }),
  };
}

function jsonOf(value: unknown): Prisma.InputJsonValue | typeof Prisma.JsonNull {
  return value === null || value === undefined ? Prisma.JsonNull : value;
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusalOf(error);
  }
}
