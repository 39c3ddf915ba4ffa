import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PendingChange, refOf } from "@percale/resources";
import { openPostgresStore } from "@percale/store";
import { expect, test } from "vitest";
import { startApi } from "../start.ts";
import { networkSet, startTestApi } from "../testdata/test-api.ts";

test("what became due while no server ran is turned back at the next start, by one of those that start", async () => {
  const first = await startTestApi();
  const dataDir = mkdtempSync(join(tmpdir(), "percale-api-"));
  const databaseUrl = first.postgres.url;
  try {
    const changes = [{ op: "create", object: networkSet("unconfirmed") }];
    const { code } = await first.call("/changesets/v1", { method: "POST", body: { changes, confirmWithin: 3_600 } });
    expect(code).toBe(200);
    await first.api.close();

    const store = await openPostgresStore({ url: databaseUrl });
    const [pending] = (await store.list({ kind: PendingChange.kind })).items as PendingChange[];
    const due = { ...pending!, spec: { ...pending!.spec, deadline: new Date(0).toISOString() } };
    await store.apply({ author: "test", changes: [{ op: "update", object: due }] });

    const servers = await Promise.all([
      startApi({ dataDir, databaseUrl }),
      startApi({ dataDir: join(dataDir, "b"), databaseUrl }),
    ]);
    try {
      await expect.poll(() => store.get(refOf(pending!)), { timeout: 60_000 }).toBeUndefined();
      expect(await store.get({ kind: "NetworkSet", namespace: "default", name: "unconfirmed" })).toBeUndefined();
      const done = (await store.changes({ limit: 10 })).filter(({ author }) => author.includes("pending-changes"));
      expect(new Set(done.map(({ setEnd }) => setEnd)).size).toBe(1);
    } finally {
      await Promise.all(servers.map((server) => server.close()));
      await store.close();
    }
  } finally {
    await first.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
