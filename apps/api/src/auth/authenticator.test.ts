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

test("a session lives as long as somebody comes with it, and ends when nobody has for a while", async () => {
  let now = Date.now();
  const records = memoryRecords({ now: () => new Date(now) });
  const value = newToken();
  await records.tokens.create({ hash: hashToken(value), subject: "alice", groups: [], idleSeconds: 600 });
  const authenticator = new Authenticator({ tokens: records.tokens, failures, now: () => now });
  const come = () => authenticator.identify(request({ cookie: `${SESSION_COOKIE}=${value}`, host: "percale:3000" }));
  for (let minutes = 0; minutes < 60; minutes += 9) {
    expect((await come()).user).toBe("alice");
    now += 9 * 60_000;
  }
  now += 2 * 60_000;
  await expect(come()).rejects.toThrow("the session has ended");
});

test("what stays open by a session does not keep it", async () => {
  let now = Date.now();
  const records = memoryRecords({ now: () => new Date(now) });
  const value = newToken();
  await records.tokens.create({ hash: hashToken(value), subject: "alice", groups: [], idleSeconds: 600 });
  const authenticator = new Authenticator({ tokens: records.tokens, failures, now: () => now });
  const ask = () => authenticator.judge(request({ cookie: `${SESSION_COOKIE}=${value}`, host: "percale:3000" }));
  for (let seconds = 0; seconds < 600; seconds += 60, now += 60_000) expect((await ask()).user).toBe("alice");
  now += 1_000;
  await expect(ask()).rejects.toThrow("the session has ended");
});
