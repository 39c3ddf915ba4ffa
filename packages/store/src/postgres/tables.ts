import { randomUUID } from "node:crypto";
import type { AgentStatus as AgentStatusRow, Token } from "../../generated/client.ts";
import { Prisma } from "../../generated/client.ts";
import type { PrismaClient } from "../../generated/client.ts";
import { auditPage } from "../audit-page.ts";
import { isIdle } from "../idle.ts";
import type { AgentStatusRecord, AuditRecords, SettingRecords, TokenRecord, TokenRecords } from "../records.ts";
import type { AgentStatusTable } from "../status-feed.ts";
import { refusalOf } from "./refusal.ts";
import { inBatches } from "./shared-questions.ts";

/** Looked up by one question, for a thousand streams that look at theirs together: more would hold the event loop. */
const MAX_TOKENS = 200;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The ordinary tables, through Prisma. */
export function tokenTable(prisma: PrismaClient, now: () => Date): TokenRecords {
  return {
    create: ({ hash, subject, groups, description = "", expiresAt, parentId, idleSeconds }) =>
      guarded(async () => {
        const data = {
          id: randomUUID(),
          hash,
          subject,
          groups: [...groups],
          description,
          expiresAt: expiresAt ?? null,
          parentId: parentId ?? null,
          idleSeconds: idleSeconds ?? null,
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
          const used = tokens.filter((token) => !isIdle(tokenOf(token), now()));
          return new Map(used.map((token) => [token.hash, tokenOf(token)]));
        }),
      MAX_TOKENS,
    ),
    touch: (id) =>
      guarded(async () => void (await prisma.token.updateMany({ where: { id }, data: { usedAt: now() } }))),
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

/** As many of one answer's batches are read. */
const BATCHES = 50;

export function auditTable(prisma: PrismaClient): AuditRecords {
  return {
    add: (events) =>
      guarded(async () => {
        const text = events.join("\n");
        await prisma.auditBatch.create({ data: { events: text, characters: text.length } });
      }),
    list: ({ limit, before }) =>
      guarded(async () => {
        const [batch, skip = 0] = before?.split(".").map(Number) ?? [];
        const where = batch === undefined ? {} : { id: { lte: batch } };
        const rows = await prisma.auditBatch.findMany({ where, orderBy: { id: "desc" }, take: BATCHES });
        return auditPage(
          rows.map(({ id, events }) => ({ id: Number(id), events: events.split("\n") })),
          { limit, skip, isAll: rows.length < BATCHES },
        );
      }),
    trim: (characters) =>
      guarded(
        async () =>
          void (await prisma.$executeRaw`DELETE FROM audit_batches WHERE id IN (
            SELECT id FROM (SELECT id, sum(characters) OVER (ORDER BY id DESC) AS so_far FROM audit_batches) AS counted
            WHERE so_far > ${characters})`),
      ),
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

function tokenOf(row: Token): TokenRecord {
  const { id, subject, groups, description, createdAt, expiresAt, revokedAt, parentId, idleSeconds, usedAt } = row;
  return {
    id,
    subject,
    groups,
    description,
    createdAt,
    ...(expiresAt !== null && { expiresAt }),
    ...(revokedAt !== null && { revokedAt }),
    ...(parentId !== null && { parentId }),
    ...(idleSeconds !== null && { idleSeconds }),
    ...(usedAt !== null && { usedAt }),
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
