import { expect, test } from "vitest";
import { sessionCookie, sessionOf } from "./session-cookie.ts";

test.each([
  [undefined, undefined],
  ["percale_session=abc", "abc"],
  ["theme=dark; percale_session=abc; other=1", "abc"],
  ["percale_session=; percale_session=abc", "abc"],
  ["percale_session=", undefined],
  ["percale_session", undefined],
  ["not_percale_session=abc", undefined],
])("the cookies %j bring the session %j", (cookie, session) => {
  expect(sessionOf({ headers: cookie === undefined ? {} : { cookie } })).toBe(session);
});

const secure = "Path=/; HttpOnly; SameSite=Strict; Secure";
const plain = "Path=/; HttpOnly; SameSite=Strict";

test.each<[what: string, headers: Readonly<Record<string, string>>, flags: string]>([
  ["straight", {}, secure],
  ["through a proxy that says nothing of it", { "x-forwarded-host": "percale:3000" }, plain],
  ["through a proxy over HTTP", { "x-forwarded-host": "percale:3000", "x-forwarded-proto": "http" }, plain],
  ["through a proxy over TLS", { "x-forwarded-host": "percale", "x-forwarded-proto": "https" }, secure],
])("a browser that asks %s keeps its session in a cookie that comes back", (_, headers, flags) => {
  const session = { value: "abc", maxAgeSeconds: 60 };
  expect(sessionCookie(session, { headers })).toBe(`percale_session=abc; Max-Age=60; ${flags}`);
  expect(sessionCookie(undefined, { headers })).toBe(`percale_session=; Max-Age=0; ${flags}`);
});
