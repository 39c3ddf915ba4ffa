import { expect, test } from "vitest";
import { silentLogger } from "@percale/daemon";
import { PATIENCE } from "@percale/protocol";
import { API_VERSION } from "@percale/resources";
import { openPostgresRecords, openPostgresStore } from "./index.ts";
import { pausePostgres, startTestPostgres } from "./test-postgres.ts";

test("a database that hangs is told and not waited for; afterwards all goes on", async () => {
  const postgres = await startTestPostgres();
  const store = await openPostgresStore({ url: postgres.url, log: silentLogger });
  const records = await openPostgresRecords({ url: postgres.url, log: silentLogger });
  const pid = postgres.server.pid!;
  const tier = { apiVersion: API_VERSION, kind: "Tier", metadata: { name: "t" }, spec: {} };
  const write = () => store.apply({ changes: [{ op: "create", object: tier }], author: "test" });
  pausePostgres(pid, true);
  try {
    await expect(store.head()).rejects.toMatchObject({ code: 503, message: expect.stringContaining("in time") });
    await expect(records.tokens.lookup("none")).rejects.toMatchObject({ code: 503 });
    await expect.poll(() => store.isConnected(), { timeout: 60_000 }).toBe(false);
    await expect(write()).rejects.toMatchObject({ code: 503 });
    await expect(store.list({ kind: "Tier" })).rejects.toMatchObject({ code: 503 });
    expect(store.heardMs()).toBeGreaterThan(PATIENCE.heardMs);
  } finally {
    pausePostgres(pid, false);
  }
  await expect.poll(() => store.isConnected(), { timeout: 20_000 }).toBe(true);
  await expect.poll(() => store.heardMs(), { timeout: 20_000 }).toBeLessThan(PATIENCE.heardMs);
  await write();
  expect((await store.list({ kind: "Tier" })).items).toHaveLength(1);
  await store.close();
  await records.close();
  await postgres.stop();
}, 120_000);
