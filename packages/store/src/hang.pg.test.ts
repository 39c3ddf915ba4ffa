import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { silentLogger } from "@percale/daemon";
import { API_VERSION } from "@percale/resources";
import { openPostgresRecords, openPostgresStore } from "./index.ts";
import { startTestPostgres } from "./test-postgres.ts";

/** Of the postmaster and all its processes, which go on alone when only it is stopped. */
function signalAll(pid: number, signal: NodeJS.Signals): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  for (const each of [pid, ...children])
    try {
      process.kill(each, signal);
    } catch {
      // a passing worker, ended meanwhile
    }
}

test("a database that hangs is told and not waited for; afterwards all goes on", async () => {
  const postgres = await startTestPostgres();
  const store = await openPostgresStore({ url: postgres.url, log: silentLogger });
  const records = await openPostgresRecords({ url: postgres.url, log: silentLogger });
  const pid = postgres.server.pid!;
  const tier = { apiVersion: API_VERSION, kind: "Tier", metadata: { name: "t" }, spec: {} };
  const write = () => store.apply({ changes: [{ op: "create", object: tier }], author: "test" });
  signalAll(pid, "SIGSTOP");
  try {
    await expect(store.head()).rejects.toMatchObject({ code: 503, message: expect.stringContaining("in time") });
    await expect(records.tokens.lookup("none")).rejects.toMatchObject({ code: 503 });
    await expect.poll(() => store.isConnected(), { timeout: 20_000 }).toBe(false);
    await expect(write()).rejects.toMatchObject({ code: 503 });
    await expect(store.list({ kind: "Tier" })).rejects.toMatchObject({ code: 503 });
  } finally {
    signalAll(pid, "SIGCONT");
  }
  await expect.poll(() => store.isConnected(), { timeout: 20_000 }).toBe(true);
  await write();
  expect((await store.list({ kind: "Tier" })).items).toHaveLength(1);
  await store.close();
  await records.close();
  await postgres.stop();
}, 90_000);
