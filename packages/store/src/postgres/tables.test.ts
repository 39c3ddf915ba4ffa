import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { AgentStatus } from "@percale/protocol";
import { Prisma } from "../../generated/client.ts";
import type { PrismaClient } from "../../generated/client.ts";
import { agentStatusTable, settingTable, tokenTable } from "./tables.ts";

/** A client whose tables answer so, and what they were asked. */
function clientOf(answers: Readonly<Record<string, unknown>>) {
  const asked: unknown[] = [];
  const table = (name: string) =>
    new Proxy(
      {},
      {
        get: (_, method: string) => async (question: unknown) => {
          asked.push(question);
          const answer = answers[`${name}.${method}`];
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
    );
  const tables = { token: table("token"), setting: table("setting"), agentStatus: table("agentStatus") };
  return { asked, prisma: tables as unknown as PrismaClient }; // the part that is asked
}

const [at, later] = [new Date(0), new Date(60_000)];
const row = {
  id: "1",
  hash: "h",
  subject: "alice",
  groups: ["g"],
  description: "",
  createdAt: at,
  expiresAt: null,
  revokedAt: null,
  parentId: null,
};
const token = { id: "1", subject: "alice", groups: ["g"], description: "", createdAt: at };

test("a token is kept whole, and what its row does not say it does not have", async () => {
  const ended = { ...row, expiresAt: later, revokedAt: later, parentId: "2" };
  const { asked, prisma } = clientOf({ "token.create": row, "token.findMany": [row, ended] });
  const tokens = tokenTable(prisma, () => at);
  expect(await tokens.create({ hash: "h", subject: "alice", groups: ["g"] })).toEqual(token);
  await tokens.create({ hash: "h", subject: "alice", groups: [], description: "d", expiresAt: later, parentId: "2" });
  const kept = { id: expect.any(String), hash: "h", subject: "alice" };
  expect(asked).toEqual([
    { data: { ...kept, groups: ["g"], description: "", expiresAt: null, parentId: null, idleSeconds: null } },
    { data: { ...kept, groups: [], description: "d", expiresAt: later, parentId: "2", idleSeconds: null } },
  ]);
  expect(await tokens.list()).toEqual([token, { ...token, expiresAt: later, revokedAt: later, parentId: "2" }]);
});

test("tokens that are looked for together are one question, and each has its own answer", async () => {
  const { asked, prisma } = clientOf({ "token.findMany": [row] });
  const tokens = tokenTable(prisma, () => at);
  expect(await Promise.all([tokens.lookup("h"), tokens.lookup("other")])).toEqual([token, undefined]);
  expect(asked).toMatchObject([{ where: { hash: { in: ["h", "other"] } } }]);
});

test.each([
  ["kept", [row], token],
  ["unknown, or revoked before", [], undefined],
])("the revocation of a token that is %s tells it, if it was there", async (_, changed, revoked) => {
  const { prisma } = clientOf({ "token.updateManyAndReturn": changed });
  expect(await tokenTable(prisma, () => at).revoke(randomUUID())).toEqual(revoked);
});

test("what is no id of a token is nobody's, and the database is not asked", async () => {
  const { asked, prisma } = clientOf({});
  expect([await tokenTable(prisma, () => at).revoke("1"), asked]).toEqual([undefined, []]);
});

test.each([
  [null, undefined],
  [{ value: null }, undefined],
  [{ value: { a: 1 } }, { a: 1 }],
])("a setting whose row is %j is %j", async (found, value) => {
  expect(await settingTable(clientOf({ "setting.findUnique": found }).prisma).get("k")).toEqual(value);
});

test.each([
  [null, Prisma.JsonNull],
  [undefined, Prisma.JsonNull],
  [false, false],
])("a setting of %j is kept as one that reads so", async (value, json) => {
  const { asked, prisma } = clientOf({});
  await settingTable(prisma).put("k", value);
  expect(asked).toEqual([{ where: { key: "k" }, create: { key: "k", value: json }, update: { value: json } }]);
});

test("an agent's status is its row, with its time", async () => {
  const status = { node: "n1" } as AgentStatus; // no more of it is read
  const kept = { node: "n1", status, updatedAt: later };
  const record = { ...kept, updatedAt: later.toISOString() };
  const there = agentStatusTable(clientOf({ "agentStatus.findMany": [kept], "agentStatus.findUnique": kept }).prisma);
  expect([await there.list(), await there.get("n1")]).toEqual([[record], record]);
  const { asked, prisma } = clientOf({ "agentStatus.findUnique": null });
  const nowhere = agentStatusTable(prisma);
  expect(await nowhere.get("n1")).toBeUndefined();
  await nowhere.put(status);
  expect(asked[1]).toMatchObject({ where: { node: "n1" }, create: { node: "n1", status }, update: { status } });
});

test("what the database refuses is told as the store tells it", async () => {
  const { prisma } = clientOf({ "token.findMany": new Error("connect ECONNREFUSED") });
  const wanted = { reason: "ServiceUnavailable", message: "the database can't be reached: connect ECONNREFUSED" };
  await expect(tokenTable(prisma, () => at).list()).rejects.toMatchObject(wanted);
});
