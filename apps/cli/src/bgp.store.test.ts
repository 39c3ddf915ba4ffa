import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { showBgp } from "./bgp-sessions.ts";
import { readKubeconfig } from "./access/read-kubeconfig.ts";
import { call } from "./rest/client.ts";
import type { Access } from "./rest/client.ts";

let api: TestApi;
let access: Access;

beforeAll(async () => {
  api = await startAnyApi();
  access = readKubeconfig(api.kubeconfig);
});
afterAll(() => api.stop());

test("without nodes, of a node that never reported, and of one that there is not, the words are clear", async () => {
  expect(await showBgp(access, { format: "ps" })).toBe("No BGP sessions: no node has joined.\n");
  await expect(showBgp(access, { node: "web-1", format: "ps" })).rejects.toThrow(
    "no node called web-1; no node has joined",
  );
  const body = { apiVersion: "projectcalico.org/v3", kind: "Node", metadata: { name: "node-1" }, spec: {} };
  await call(access, "POST", "/apis/projectcalico.org/v3/nodes", { body });
  expect(await showBgp(access, { node: "node-1", format: "wide" })).toBe(
    "node-1 has reported no BGP sessions; its agent is not heard.\n",
  );
  expect(await showBgp(access, { format: "json" })).toBe("[]\n");
  await expect(showBgp(access, { node: "node-2", format: "ps" })).rejects.toThrow(
    "no node called node-2; there are node-1; did you mean node-1?",
  );
});

test("an API that is away is said to be", async () => {
  const away = { ...access, server: "https://127.0.0.1:1" };
  await expect(showBgp(away, { format: "ps" })).rejects.toThrow(
    /^cannot reach https:\/\/127\.0\.0\.1:1: .*is npm start running\?$/,
  );
});
