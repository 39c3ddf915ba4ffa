import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";
import { createLogger } from "@percale/daemon";
import { expect, test } from "vitest";
import { NETWORK_SETS, networkSet, startTestApi } from "./testdata/test-api.ts";
import type { TestApi } from "./testdata/test-api.ts";
import { clientCertificate } from "./testdata/client-certificate.ts";

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
    const conditions = await conditionsOf(server);
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

/** Asks with a client certificate, as the kubeconfig has one: no database is needed to believe it. */
async function conditionsOf({ api, ca, dataDir }: TestApi): Promise<() => Promise<string[] | undefined>> {
  const subject = "CN=admin, O=system:masters";
  const pair = await clientCertificate(join(dataDir, "pki"), { subject, endsAt: Date.now() + 59_000 });
  const options = { ca, cert: pair.certificate, key: pair.key };
  return async () => {
    const [answer] = (await once(get(`${api.url}/trpc/health.conditions`, options), "response")) as [IncomingMessage];
    const { result } = (await json(answer)) as { readonly result?: { readonly data: readonly { code: string }[] } };
    return result?.data.map(({ code }) => code);
  };
}
