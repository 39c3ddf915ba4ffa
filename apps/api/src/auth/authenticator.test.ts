import type { IncomingMessage } from "node:http";
import { silentLogger } from "@percale/daemon";
import { memoryRecords } from "@percale/store/memory";
import { expect, test } from "vitest";
import { Failures } from "./failures.ts";
import { Authenticator, hashToken, newToken } from "./authenticator.ts";
import { SESSION_COOKIE } from "./session-cookie.ts";

const TOKEN = newToken();
const { tokens } = memoryRecords();
await tokens.create({ hash: hashToken(TOKEN), subject: "alice", groups: [] });

function request(headers: Readonly<Record<string, string>>): IncomingMessage {
  return { headers, socket: { authorized: false } } as unknown as IncomingMessage;
}

const failures = new Failures({ log: silentLogger, count: () => undefined });
const cookie = `${SESSION_COOKIE}=${TOKEN}`;

test.each([
  { name: "a script without an origin", headers: { host: "percale:3000" } },
  { name: "the dashboard's own page", headers: { host: "percale:3000", origin: "http://percale:3000" } },
  {
    name: "the dashboard's page through its server",
    headers: { host: "127.0.0.1:5443", "x-forwarded-host": "percale:3000", origin: "http://percale:3000" },
  },
])("a session serves $name", async ({ headers }) => {
  expect((await new Authenticator({ tokens, failures }).identify(request({ cookie, ...headers }))).user).toBe("alice");
});

test.each(["http://percale:8080", "https://evil.example", "null"])(
  "a session does not serve a page of %s",
  async (origin) => {
    const call = new Authenticator({ tokens, failures }).identify(request({ cookie, host: "percale:3000", origin }));
    await expect(call).rejects.toThrow("may not use this session");
  },
);

test("a token counts wherever the page is from: no browser sends one by itself", async () => {
  const headers = { authorization: `Bearer ${TOKEN}`, host: "percale:3000", origin: "https://tools.example" };
  expect((await new Authenticator({ tokens, failures }).identify(request(headers))).user).toBe("alice");
});
