import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGoClients } from "./testdata/go-clients.ts";
import { networkSet, startTestApi } from "./testdata/test-api.ts";
import type { TestApi } from "./testdata/test-api.ts";

const run = promisify(execFile);
const built = buildGoClients();
const [program, reason] = "program" in built ? [built.program, undefined] : ["", built.reason];

describe.skipIf(reason !== undefined)(`client-go${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let server: TestApi;
  beforeAll(async () => {
    server = await startTestApi();
  });
  afterAll(() => server.stop());

  const env = (): NodeJS.ProcessEnv => ({
    ...process.env,
    PERCALE_URL: server.api.url,
    PERCALE_TOKEN: server.token,
    PERCALE_CA: server.ca,
  });

  /** What the task saw, line by line. */
  async function saw(task: string, namespace: string): Promise<unknown[]> {
    const { stdout } = await run(program, [task, namespace], { env: env() });
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
  }

  test("every verb does what its options ask, and every error is the one that programs look for", async () => {
    expect(await saw("write", "go-verbs")).toEqual([
      ["exists", true],
      ["not found", true],
      ["conflict", true],
      ["invalid", true],
      ["applied", ["10.0.0.1", "10.0.0.2"]],
      ["apply conflict", true, true],
      ["patched", ["10.0.0.3"]],
      ["page", 2],
      ["page", 1],
      ["precondition", true],
      ["left", 0],
    ]);
  });

  test("an informer begins with the state in its watch, and sees what its selector lets through come, change and go", async () => {
    const path = "/apis/projectcalico.org/v3/namespaces/go-informer/networksets";
    const put = (name: string, watched: string, net: string) => {
      const body = networkSet(name, { nets: [net] }, { namespace: "go-informer", labels: { watched } });
      return server.call(path, { method: "POST", body });
    };
    const patch = (name: string, body: unknown) =>
      server.call(`${path}/${name}`, {
        method: "PATCH",
        headers: { "content-type": "application/merge-patch+json" },
        body,
      });
    await put("old", "yes", "10.0.0.1");
    await put("other", "no", "10.0.0.1");
    const child = spawn(program, ["informer", "go-informer"], { env: env(), stdio: ["ignore", "pipe", "inherit"] });
    const lines: unknown[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, ...more] = JSON.parse(line) as [string, ...unknown[]];
      lines.push([what, ...more]);
      if (what !== "synced") continue;
      await patch("old", { spec: { nets: ["10.0.0.2"] } });
      await patch("old", { metadata: { labels: { watched: "no" } } }); // seen as gone, as it was before
      await patch("other", { metadata: { labels: { watched: "yes" } } });
      await put("last", "yes", "10.0.0.3");
      await server.call(`${path}/last`, { method: "DELETE" });
    }
    if (child.exitCode === null) await once(child, "exit");
    expect(lines).toEqual([
      ["watch-list"],
      ["added", "old", ["10.0.0.1"]],
      ["synced", 1],
      ["updated", "old", ["10.0.0.2"]],
      ["deleted", "old", { watched: "yes" }],
      ["added", "other", ["10.0.0.1"]],
      ["added", "last", ["10.0.0.3"]],
      ["deleted", "last", { watched: "yes" }],
    ]);
  });

  test("Helm's three-way merge changes what the chart says and leaves what others set", async () => {
    expect(await saw("helm", "go-helm")).toEqual([["upgraded", ["10.0.0.2"], { by: "hand", chart: "2" }]]);
  });

  test("Argo CD's server-side diff tells a change of its own fields from everybody else's", async () => {
    expect(await saw("argo", "go-argo")).toEqual([
      ["foreign label", false],
      ["own label", true],
      ["synced", false],
      ["other wish", true],
    ]);
  });
});
