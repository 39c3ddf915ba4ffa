import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAnyApi } from "../testdata/any-store-api.ts";
import type { Answer, TestApi } from "../testdata/test-api.ts";

/** A real OpenID provider, whose people are who they say they are. */
const CLIENT = { id: "percale", secret: "a-secret-of-the-client" };
const HOST = "127.0.0.1:3000";
const HEADERS = { "x-forwarded-host": HOST, "x-forwarded-proto": "http" };
let provider: Server;
let server: TestApi;

beforeAll(async () => {
  provider = createServer();
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const oidc = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`http://${HOST}/oidc/callback`],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], groups: ["groups"] },
    scopes: ["openid", "groups"],
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, groups: ["network", "system:masters"] }) }),
    cookies: { keys: ["test"] },
  });
  provider.on("request", (request, response) => void oidc.callback()(request, response));
  server = await startAnyApi({
    oidc: {
      issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      usernameClaim: "sub",
      usernamePrefix: "oidc:",
      groupsClaim: "groups",
      groupsPrefix: "oidc:",
      scopes: "openid groups",
    },
  });
});
afterAll(async () => {
  await server.stop();
  provider.closeAllConnections();
  await new Promise((resolve) => provider.close(resolve));
});

/** A browser at the provider: keeps its cookies and fills in its forms. Returns the address at which it leaves. */
async function passProvider(start: string, login: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let next: { url: string; form?: Record<string, string> } = { url: start };
  for (let steps = 0; steps < 12; steps++) {
    const { url, form } = next;
    const answer = await fetch(url, {
      method: form === undefined ? "GET" : "POST",
      redirect: "manual",
      headers: { cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join("; ") },
      ...(form !== undefined && { body: new URLSearchParams(form) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [key = "", value = ""] = cookie.split(";")[0]!.split("=");
      if (value === "") cookies.delete(key);
      else cookies.set(key, value);
    }
    const location = answer.headers.get("location");
    if (location !== null) {
      const to = new URL(location, url);
      if (to.host === HOST) return to;
      next = { url: to.href };
      continue;
    }
    const html = await answer.text();
    const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1];
    if (action === undefined) throw new Error(`no way on at ${url}: ${answer.status} ${html.slice(0, 300)}`);
    const prompt = /name="prompt" value="([^"]+)"/.exec(html)?.[1] ?? "";
    next = { url: new URL(action, url).href, form: { prompt, ...(prompt === "login" && { login, password: "any" }) } };
  }
  throw new Error("the provider goes round in circles");
}

const cookieIn = (answer: Answer, name: string): string =>
  (answer.headers["set-cookie"] ?? []).find((one) => one.startsWith(`${name}=`))!.split(";")[0]!;

async function begin(next = "/board"): Promise<{ cookie: string; url: string }> {
  const answer = await server.call(`/oidc/login?next=${encodeURIComponent(next)}`, { token: null, headers: HEADERS });
  expect(answer.code).toBe(302);
  return { cookie: cookieIn(answer, "percale_oidc"), url: answer.headers.location! };
}

function comeBack({ pathname, search }: URL, cookie: string): Promise<Answer> {
  return server.call(`${pathname}${search}`, { token: null, headers: { ...HEADERS, cookie } });
}

test("somebody signs in at the provider and comes back with a session, as whom the provider says", async () => {
  expect((await server.call("/trpc/session.methods", { token: null })).body.result.data.oidc).toBeDefined();
  const { cookie, url } = await begin();
  const back = await passProvider(url, "ada");
  const answer = await comeBack(back, cookie);
  expect(answer.code).toBe(200);
  expect(answer.body).toContain('content="0;url=/board"');
  const session = cookieIn(answer, "percale_session");
  const whoami = await server.call("/trpc/session.whoami", { token: null, headers: { cookie: session } });
  expect(whoami.body.result.data).toMatchObject({
    user: "oidc:ada",
    groups: ["oidc:network", "oidc:system:masters", "system:authenticated"], // no group of the system's
    rights: { admin: false },
  });
});

test("a code is good once, for the browser that began, and in its time", async () => {
  const { cookie, url } = await begin();
  const back = await passProvider(url, "bob");
  expect((await comeBack(back, (await begin()).cookie)).code).toBe(401);
  expect((await comeBack(back, "other=1")).code).toBe(401);
  expect((await comeBack(back, "percale_oidc=bm9uZQ")).code).toBe(400);
  expect((await comeBack(back, cookie)).code).toBe(200);
  expect((await comeBack(back, cookie)).code).toBe(401);
});

test.each(["//evil.example", "https://evil.example", "/\\evil.example", '/x"><script>'])(
  "nobody is sent on to %s",
  async (next) => {
    const { cookie, url } = await begin(next);
    expect((await comeBack(await passProvider(url, "eve"), cookie)).body).toContain('content="0;url=/"');
  },
);

test("an ID token of the provider counts as a bearer token, another's or a changed one does not", async () => {
  const { cookie, url } = await begin();
  const state = JSON.parse(Buffer.from(cookie.split("=")[1]!, "base64url").toString("utf8")) as { verifier: string };
  const back = await passProvider(url, "dora");
  const tokenUrl = new URL("/token", url);
  const answer = await fetch(tokenUrl, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString("base64")}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: back.searchParams.get("code")!,
      redirect_uri: `http://${HOST}/oidc/callback`,
      code_verifier: state.verifier,
    }),
  });
  const { id_token: token } = (await answer.json()) as { id_token: string };
  const ask = (sent: string) =>
    server.call("/apis/authentication.k8s.io/v1/selfsubjectreviews", { method: "POST", body: {}, token: sent });
  expect((await ask(token)).body.status.userInfo).toMatchObject({ username: "oidc:dora", uid: "dora" });
  const [head, body, signature] = token.split(".") as [string, string, string];
  const forged = { ...(JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as object), sub: "root" };
  const changed = [head, Buffer.from(JSON.stringify(forged)).toString("base64url"), signature].join(".");
  const unsigned = [Buffer.from('{"alg":"none"}').toString("base64url"), changed.split(".")[1], "x"].join(".");
  for (const wrong of [changed, unsigned]) expect((await ask(wrong)).code).toBe(401);
});
