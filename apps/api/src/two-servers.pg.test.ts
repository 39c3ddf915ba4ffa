import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startApi } from "./start.ts";
import { NETWORK_SETS, networkSet, startTestApi } from "./testdata/test-api.ts";

test("two servers on one database: one order, and a compacted revision is a 410 event", async () => {
  const first = await startTestApi();
  const dataDir = mkdtempSync(join(tmpdir(), "percale-api-"));
  try {
    const changes = Array.from({ length: 1_500 }, (_, i) => ({ op: "create", object: networkSet(`set-${i}`) }));
    for (let at = 0; at < changes.length; at += 500)
      await first.call("/changesets/v1", { method: "POST", body: { changes: changes.slice(at, at + 500) } });
    await first.api.store.compact({ keepRevisions: 10 });
    const second = await startApi({ dataDir, databaseUrl: first.postgres.url });
    try {
      await first.call(NETWORK_SETS, { method: "POST", body: networkSet("seen") });
      const ref = { kind: "NetworkSet", namespace: "default", name: "seen" };
      const seen = await second.store.get(ref);
      expect(seen?.metadata.resourceVersion).toBe(String(await first.api.store.head()));
    } finally {
      await second.close();
    }
    const third = await startApi({ dataDir, databaseUrl: first.postgres.url });
    const { token } = first;
    try {
      const ca = readFileSync(join(dataDir, "pki", "ca.crt"), "utf8");
      const { promise, resolve } = Promise.withResolvers<string>();
      const url = new URL(`${NETWORK_SETS}?watch=1&resourceVersion=5`, third.url);
      request(url, { ca, headers: { authorization: `Bearer ${token}` } }, (response) => {
        createInterface({ input: response }).once("line", resolve);
      }).end();
      const text = await promise;
      expect(text).toContain('"code":410');
      expect(text).toContain('"reason":"Expired"');
    } finally {
      await third.close();
    }
  } finally {
    await first.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test("owners of fields outlive the process that wrote them, and are known to the others", async () => {
  const first = await startTestApi();
  const dataDir = mkdtempSync(join(tmpdir(), "percale-api-"));
  try {
    const apply = (name: string) =>
      first.call(`${NETWORK_SETS}/${name}?fieldManager=ann`, {
        method: "PATCH",
        headers: { "content-type": "application/apply-patch+yaml" },
        body: networkSet(name),
      });
    const owners = [{ manager: "ann", operation: "Apply", fields: '{"f:spec":{"f:nets":{"v:\\"10.0.0.1\\"":{}}}}' }];
    await apply("before");
    const second = await startApi({ dataDir, databaseUrl: first.postgres.url });
    try {
      await apply("after");
      // One was read when the process started, the other in the log.
      for (const name of ["before", "after"]) {
        const object = await second.store.get({ kind: "NetworkSet", namespace: "default", name });
        expect(object?.metadata.managedFields?.entries).toEqual(owners);
      }
    } finally {
      await second.close();
    }
  } finally {
    await first.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
