import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AgentStatus } from "@percale/protocol";
import { NOTICE_BYTES } from "../records.ts";
import type { AgentStatusChange, Records } from "../records.ts";
import type { DatastoreDriver } from "./driver.ts";

const statusOf = (node: string, more: object = {}): AgentStatus => ({ node, ...more }) as AgentStatus; // nobody looks inside

/** The next change of a node's status that satisfies; the writer repeats itself until then, for the watch may not stand yet. */
async function heard(
  { agentStatus }: Records,
  { write, isIt }: { readonly write: () => Promise<void>; readonly isIt: (change: AgentStatusChange) => boolean },
): Promise<AgentStatusChange> {
  const stop = new AbortController();
  const writing = setInterval(() => void write(), 20);
  try {
    for await (const change of agentStatus.watch(stop.signal)) if (isIt(change)) return change;
    throw new Error("the watch ended");
  } finally {
    clearInterval(writing);
    stop.abort();
  }
}

export interface RecordsDriver extends Pick<DatastoreDriver, "name"> {
  readonly cannot: Pick<DatastoreDriver["cannot"], "sharing">;
  /** Empty data for one test, to be opened as each process does. */
  newData(): Promise<RecordsData>;
}

interface RecordsData {
  open(options: { readonly now: () => Date }): Promise<Records>;
  drop(): Promise<void>;
}

/** What any keeper of records promises, as tests. */
export function recordsContract(driver: RecordsDriver): void {
  describe(`${driver.name} keeps the contract of records:`, () => {
    let now: Date;
    let data: RecordsData;
    let records: Records;
    beforeEach(async () => {
      now = new Date();
      data = await driver.newData();
      records = await data.open({ now: () => now });
    });
    afterEach(async () => {
      await records.close().finally(() => data.drop());
    });

    test("of a node's status the newest word counts, until it is removed", async () => {
      const { agentStatus } = records;
      for (const node of ["b", "a"]) await agentStatus.put(statusOf(node));
      await agentStatus.put(statusOf("b", { inSync: true }));
      const list = await agentStatus.list();
      expect(list).toEqual([
        { node: "a", status: { node: "a" }, updatedAt: expect.stringMatching(/Z$/) },
        { node: "b", status: { node: "b", inSync: true }, updatedAt: expect.stringMatching(/Z$/) },
      ]);
      expect(await agentStatus.get("b")).toEqual(list[1]);
      await agentStatus.remove("a");
      await agentStatus.remove("never-there");
      expect(await agentStatus.list()).toEqual(list.slice(1));
      expect(await agentStatus.get("a")).toBeUndefined();
    });

    test("whoever watches hears of every node's newest status, and of its end", async () => {
      const { agentStatus } = records;
      const put = () => agentStatus.put(statusOf("n", { inSync: true }));
      const { record } = await heard(records, { write: put, isIt: ({ record: newest }) => newest !== undefined });
      expect(record).toMatchObject({ node: "n", status: { inSync: true } });
      const bothWays = () => put().then(() => agentStatus.remove("n"));
      const gone = await heard(records, { write: bothWays, isIt: ({ record: newest }) => newest === undefined });
      expect(gone).toEqual({ node: "n", record: undefined });
    });

    const alone = driver.cannot.sharing;
    const elsewhere = "whoever watches hears what another process writes";
    test.skipIf(alone !== undefined)(alone === undefined ? elsewhere : `${elsewhere} (${alone})`, async () => {
      const other = await data.open({ now: () => now });
      const write = () => records.agentStatus.put(statusOf("n"));
      expect(await heard(other, { write, isIt: () => true })).toMatchObject({ node: "n", record: { node: "n" } });
      await other.close();
    });

    test("a notice is heard by all who listen, until they leave", async () => {
      const told: string[] = [];
      const leave = records.notices.on((text) => void told.push(text));
      const longest = "ä".repeat(NOTICE_BYTES / 2);
      const saying = setInterval(() => void records.notices.say(longest), 20); // its ear may not stand yet
      await expect.poll(() => told[0], { timeout: 20_000 }).toBe(longest);
      clearInterval(saying);
      leave();
      const heard = told.length;
      await records.notices.say("after");
      expect(told).toHaveLength(heard);
    });

    const farNotice = "whoever listens hears what another process says";
    test.skipIf(alone !== undefined)(alone === undefined ? farNotice : `${farNotice} (${alone})`, async () => {
      const other = await data.open({ now: () => now });
      const told: string[] = [];
      other.notices.on((text) => void told.push(text));
      const saying = setInterval(() => void records.notices.say("here"), 20);
      await expect.poll(() => told[0], { timeout: 20_000 }).toBe("here");
      clearInterval(saying);
      await other.close();
    });

    test("a watch of statuses ends with its signal, and with the records", async () => {
      const stop = new AbortController();
      const drained = async (signal?: AbortSignal): Promise<string> => {
        for await (const _ of records.agentStatus.watch(signal));
        return "ended";
      };
      const [aborted, closed] = [drained(stop.signal), drained()];
      stop.abort();
      expect(await aborted).toBe("ended");
      await records.close();
      expect(await closed).toBe("ended");
    });

    test("a token is found by its hash until it is revoked or expires", async () => {
      const { tokens } = records;
      const expiresAt = new Date(now.getTime() + 60_000);
      const token = await tokens.create({ hash: "h1", subject: "alice", groups: ["admins"] });
      const brief = await tokens.create({ hash: "h2", subject: "bob", groups: [], description: "brief", expiresAt });
      expect([await tokens.lookup("h1"), await tokens.lookup("h2")]).toEqual([token, brief]);
      expect(await tokens.list()).toEqual([token, brief]);
      now = expiresAt;
      expect(await tokens.lookup("h2")).toBeUndefined();
      const revoked = { ...token, revokedAt: now };
      expect([await tokens.revoke(token.id), await tokens.revoke(token.id)]).toEqual([revoked, undefined]);
      expect(await tokens.revoke("never-made")).toBeUndefined();
      expect(await tokens.lookup("h1")).toBeUndefined();
      expect(await tokens.list()).toHaveLength(2);
    });

    test("a token ends with the one it was made with; many are looked up at once", async () => {
      const { tokens } = records;
      const parent = await tokens.create({ hash: "p", subject: "alice", groups: [] });
      const made = await tokens.create({ hash: "c", subject: "alice", groups: [], parentId: parent.id });
      const ask = () => Promise.all(["c", "nobody", "p"].map((hash) => tokens.lookup(hash)));
      expect(await ask()).toEqual([made, undefined, parent]);
      await tokens.revoke(parent.id);
      expect(await ask()).toEqual([undefined, undefined, undefined]);
    });

    test("a token that may lie idle for a while ends after it, unless it is in use", async () => {
      const { tokens } = records;
      const token = await tokens.create({ hash: "i", subject: "alice", groups: [], idleSeconds: 60 });
      now = new Date(token.createdAt.getTime() + 50_000);
      await tokens.touch(token.id);
      now = new Date(now.getTime() + 50_000);
      expect(await tokens.lookup("i")).toMatchObject({ id: token.id, idleSeconds: 60 });
      now = new Date(now.getTime() + 50_000);
      expect(await tokens.lookup("i")).toBeUndefined();
    });

    test("audit events come newest first, a page at a time, and the oldest are forgotten", async () => {
      const { audit } = records;
      await audit.add(["a1", "a2"]);
      await audit.add(["b1", "b2", "b3"]);
      const first = await audit.list({ limit: 2 });
      expect(first.events).toEqual(["b3", "b2"]);
      const second = await audit.list({ limit: 2, before: first.next! });
      expect(second.events).toEqual(["b1", "a2"]);
      await audit.add(["c1"]); // what comes meanwhile moves no page
      const third = await audit.list({ limit: 9, before: second.next! });
      expect(third).toEqual({ events: ["a1"] });
      await audit.trim(10);
      expect(await audit.list({ limit: 9 })).toEqual({ events: ["c1", "b3", "b2", "b1"] });
    });

    test("settings keep any JSON", async () => {
      const { settings } = records;
      for (const value of [{ dark: true }, [1], "light", null]) {
        await settings.put("theme", value);
        expect((await settings.get("theme")) ?? null).toEqual(value);
      }
      expect(await settings.get("none")).toBeUndefined();
    });
  });
}
