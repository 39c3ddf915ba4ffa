import { createInterface } from "node:readline";
import { createLogger } from "@percale/daemon";
import { expect, test } from "vitest";
import { NETWORK_SETS, networkSet, startTestApi } from "./testdata/test-api.ts";
import { conditionsOf } from "./testdata/conditions-of.ts";

test("Postgres gone: 503 with the reason, watches hold, all recovers by itself", async () => {
  const lines: { readonly msg: string; readonly component: string }[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  const server = await startTestApi({ log: createLogger({ component: "api", write }) });
  /** Whose connections were lost, and found again. */
  const told = (msg: string): string[] =>
    [...new Set(lines.filter((line) => line.msg === msg).map(({ component }) => component))].sort();
  try {
    const create = (name: string) => server.call(NETWORK_SETS, { method: "POST", body: networkSet(name) });
    await create("before");
    const all = await conditionsOf(server);
    const conditions = async () => (await all())?.map(({ code }) => code);
    const watch = await server.open(`${NETWORK_SETS}?watch=1&resourceVersion=0`);
    watch.on("error", () => undefined); // cut at the end
    const seen: string[] = [];
    createInterface({ input: watch }).on("line", (line) => {
      seen.push((JSON.parse(line) as { object: { metadata: { name: string } } }).object.metadata.name);
    });
    await server.postgres.server.stop();
    const refused = await create("during");
    expect(refused).toMatchObject({ code: 503, body: { reason: "ServiceUnavailable" } });
    expect(refused.body.message).toContain("database");
    await expect.poll(async () => (await server.call("/readyz")).code, { timeout: 10_000 }).toBe(503);
    expect((await server.call("/livez")).code).toBe(200);
    const trpc = await server.call("/trpc/changes.list?input=%7B%7D");
    expect(trpc).toMatchObject({ code: 503, body: { error: { data: { status: { reason: "ServiceUnavailable" } } } } });
    await expect.poll(conditions, { timeout: 10_000 }).toEqual(["DatabaseUnreachable"]);
    await server.postgres.server.restart();
    await expect.poll(async () => (await server.call("/readyz")).code, { timeout: 20_000 }).toBe(200);
    await expect.poll(async () => (await create("after")).code, { timeout: 10_000 }).toBe(201);
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual(["before", "after"]);
    await expect.poll(conditions, { timeout: 10_000 }).toEqual([]);
    await expect.poll(() => told("database is back"), { timeout: 20_000 }).toEqual(["records", "store"]);
    expect(told("database connection lost")).toEqual(["records", "store"]);
    watch.destroy();
  } finally {
    await server.stop();
  }
});
