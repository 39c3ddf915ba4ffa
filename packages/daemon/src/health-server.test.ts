import { request } from "node:http";
import { expect, test } from "vitest";
import { answerHealth, serveHealth } from "./health-server.ts";
import { HealthRegistry } from "./health.ts";
import { createMetrics } from "./metrics.ts";

const health = new HealthRegistry();
const sources = { health, metrics: createMetrics({ health }) };

test("a failing readiness check answers 503 with the reason, and liveness stays", async () => {
  health.addCheck("ready", "store", () => "connecting");
  expect(await answerHealth("/readyz", sources)).toMatchObject({
    status: 503,
    body: "[-] store: connecting\nfailed\n",
  });
  expect(await answerHealth("/livez", sources)).toMatchObject({ status: 200, body: "ok\n" });
});

test("standing conditions are metrics", async () => {
  health.set({ code: "DiskFull", severity: "error", title: "", detail: "", advice: "" });
  const answer = await answerHealth("/metrics", sources);
  expect(answer?.body).toContain('percale_condition{code="DiskFull",severity="error"} 1');
});

test("other paths are not ours", async () => {
  expect(await answerHealth("/", sources)).toBeUndefined();
});

test.each(["//", "/livez?verbose", "http://x/livez"])("the path %s is answered and ends nothing", async (path) => {
  const server = await serveHealth({ ...sources, port: 0 });
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request({ host: "127.0.0.1", port: server.port, path }, (response) => resolve(response.resume().statusCode))
    .on("error", reject)
    .end();
  expect(await promise).toBe(path.startsWith("/livez") ? 200 : 404);
  await server.close();
});
