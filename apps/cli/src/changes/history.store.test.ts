import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { showHistory } from "./history.ts";
import { readKubeconfig } from "../access/read-kubeconfig.ts";
import { call } from "../rest/client.ts";
import type { Access } from "../rest/client.ts";

let api: TestApi;
let access: Access;

beforeAll(async () => {
  api = await startAnyApi();
  access = readKubeconfig(api.kubeconfig);
  for (const [name, id] of [
    ["a", "request-a"],
    ["b", "request-b"],
  ] as const)
    await call(access, "POST", "/changesets/v1", {
      body: {
        changes: [
          {
            op: "create",
            object: { apiVersion: "projectcalico.org/v3", kind: "GlobalNetworkSet", metadata: { name } },
          },
        ],
        reason: `wanted ${name}`,
      },
      headers: { "audit-id": id },
    });
});
afterAll(() => api.stop());

/** Without revisions and times, which are those of this run. */
const shown = (text: string): string[][] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {3,}/).slice(2));

test("the newest writes come first, each with who, what, which request and why", async () => {
  expect(shown(await showHistory(access, { limit: 2 }))).toEqual([
    ["WHO", "WHAT", "REQUEST", "REASON"],
    ["admin", "created GlobalNetworkSet b", "request-b", "wanted b"],
    ["admin", "created GlobalNetworkSet a", "request-a", "wanted a"],
  ]);
});

test("the beginning of a request's id, as messages show it, finds what it wrote", async () => {
  expect(shown(await showHistory(access, { limit: 20, request: "request-a" }))).toEqual([
    ["WHO", "WHAT", "REQUEST", "REASON"],
    ["admin", "created GlobalNetworkSet a", "request-a", "wanted a"],
  ]);
});

test("of a request that wrote nothing it is said where else to look", async () => {
  await expect(showHistory(access, { limit: 20, request: "request-c" })).rejects.toThrow(
    "no write of request request-c is in the log; if it was refused, the API server's log has it (requestId)",
  );
});
