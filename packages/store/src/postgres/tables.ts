import { randomUUID } from "node:crypto";
import type { AgentStatus as AgentStatusRow, Token } from "../../generated/client.ts";
import { Prisma } from "../../generated/client.ts";
import type { PrismaClient } from "../../generated/client.ts";
import type { AgentStatusRecord, SettingRecords, TokenRecord, TokenRecords } from "../records.ts";
import type { AgentStatusTable } from "../status-feed.ts";
import { refusalOf } from "./refusal.ts";
import { inBatches } from "./shared-questions.ts";

/** Looked up by one question, for a thousand streams that look at theirs together: more would hold the event loop. */
const MAX_TOKENS = 200;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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
        if (!UUID.test(id)) return undefined; // to Postgres no id at all, to a caller one that nobody has
        const still = { where: { id, revokedAt: null }, data: { revokedAt: now() } };
        return (await prisma.token.updateManyAndReturn(still)).map(tokenOf)[0];
      }),
    lookup: inBatches(
      (hashes) =>
        guarded(async () => {
          const isAlive = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now() } }] };
          const isKept = { OR: [{ parentId: null }, { parent: { is: isAlive } }] };
          const tokens = await prisma.token.findMany({ where: { hash: { in: hashes }, AND: [isAlive, isKept] } });
          return new Map(tokens.map((token) => [token.hash, tokenOf(token)]));
        }),
      MAX_TOKENS,
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

export function sayNotice(prisma: PrismaClient, channel: string, text: string): Promise<void> {
  return guarded(async () => void (await prisma.$executeRaw`SELECT pg_notify(${channel}, ${text})`));
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
