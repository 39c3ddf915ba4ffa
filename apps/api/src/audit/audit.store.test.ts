import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAnyApi } from "../testdata/any-store-api.ts";
import { NETWORK_SETS, networkSet } from "../testdata/test-api.ts";
import type { TestApi } from "../testdata/test-api.ts";
import type { AuditEvent } from "./event.ts";
import { parseAuditPolicy } from "./policy.ts";

let server: TestApi;
beforeAll(async () => {
  const auditPolicy = parseAuditPolicy({
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    rules: [
      { level: "None", verbs: ["list"] },
      { level: "RequestResponse", verbs: ["create"] },
      { level: "Request", verbs: ["patch"] },
      { level: "Metadata" },
    ],
  });
  server = await startAnyApi({ auditPolicy });
});
afterAll(() => server.stop());

async function eventOf(auditID: string): Promise<AuditEvent> {
  const { items } = (await server.call("/audit/v1/events?limit=500")).body as { items: AuditEvent[] };
  const event = items.find((one) => one.auditID === auditID);
  if (event === undefined) throw new Error(`no event of ${auditID}`);
  return event;
}

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string;

test("a creation is kept with what was sent and answered, who sent it, and what it was about", async () => {
  const headers = { "impersonate-user": "ed", "impersonate-group": "percale:editors", "user-agent": "curl/8" };
  const body = networkSet("one");
  const { headers: answered, body: made } = await server.call(NETWORK_SETS, { method: "POST", body, headers });
  delete made.metadata.managedFields; // who owns which field is in the object itself
  expect(await eventOf(answered["audit-id"] as string)).toEqual({
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: answered["audit-id"],
    stage: "ResponseComplete",
    requestURI: NETWORK_SETS,
    verb: "create",
    user: { username: "admin" },
    impersonatedUser: { username: "ed", groups: ["percale:editors", "system:authenticated"] },
    sourceIPs: ["127.0.0.1"],
    userAgent: "curl/8",
    objectRef: {
      resource: "networksets",
      namespace: "default",
      apiGroup: "projectcalico.org",
      apiVersion: "v3",
    },
    responseStatus: { metadata: {}, code: 201 },
    annotations: { "authorization.k8s.io/decision": "allow" },
    requestObject: body,
    responseObject: { ...made, metadata: { ...made.metadata, managedFields: undefined } }, // as omitManagedFields has it
    requestReceivedTimestamp: TIME,
    stageTimestamp: TIME,
  });
});

test("a refusal is kept with its reason", async () => {
  const headers = { "impersonate-user": "stan" };
  const answer = await server.call(`${NETWORK_SETS}/one`, { method: "DELETE", headers });
  expect(await eventOf(answer.headers["audit-id"] as string)).toMatchObject({
    level: "Metadata",
    verb: "delete",
    objectRef: { resource: "networksets", name: "one" },
    responseStatus: { code: 403, status: "Failure", reason: "Forbidden", message: answer.body.message },
    annotations: { "authorization.k8s.io/decision": "forbid" },
  });
});

test("secrets are masked wherever they stand", async () => {
  const review = "/apis/authentication.k8s.io/v1/tokenreviews";
  const body = { spec: { token: server.token } };
  await server.call(review, { method: "POST", body, headers: { "content-type": "application/json" } });
  await server.call(`${NETWORK_SETS}?token=${server.token}`, {
    method: "POST",
    body: { spec: { Password: server.token } },
  });
  const made = await server.call("/trpc/access.createToken", { method: "POST", body: { subject: "x", groups: [] } });
  const { items } = (await server.call("/audit/v1/events")).body as { items: AuditEvent[] };
  const text = JSON.stringify(items);
  expect(text).toContain("[masked]");
  for (const secret of [server.token, made.body.result.data.token as string]) expect(text).not.toContain(secret);
});

test("what the policy leaves out is not kept", async () => {
  const { headers } = await server.call(NETWORK_SETS);
  await expect(eventOf(headers["audit-id"] as string)).rejects.toThrow("no event");
});

test("pages go on where they ended", async () => {
  for (let i = 0; i < 5; i++) await server.call(`${NETWORK_SETS}/none-${i}`, { method: "DELETE" });
  const names: string[] = [];
  for (let next: string | undefined = ""; next !== undefined && names.length < 5;) {
    const { body } = await server.call(`/audit/v1/events?limit=2&continue=${next}`);
    const items = body.items as { objectRef?: { name?: string } }[];
    names.push(...items.flatMap(({ objectRef }) => (objectRef?.name?.startsWith("none-") ? [objectRef.name] : [])));
    next = body.metadata.continue as string | undefined;
  }
  expect(names).toEqual(["none-4", "none-3", "none-2", "none-1", "none-0"]);
});

test("events are for administrators, and for those who are given them", async () => {
  const made = await server.call("/trpc/access.createToken", {
    method: "POST",
    body: { subject: "vi", groups: ["percale:viewers"] },
  });
  expect((await server.call("/audit/v1/events", { token: made.body.result.data.token as string })).code).toBe(403);
});

test("the file has each event as a line, for its owner alone", async () => {
  const { headers } = await server.call(`${NETWORK_SETS}/filed`, { method: "DELETE" });
  await eventOf(headers["audit-id"] as string);
  const path = join(server.dataDir, "audit.log");
  await expect
    .poll(
      () =>
        readFileSync(path, "utf8")
          .split("\n")
          .filter((line) => line.includes(headers["audit-id"] as string)).length,
      { timeout: 10_000 },
    )
    .toBe(1);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
