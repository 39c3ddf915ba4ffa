import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAnyApi } from "../testdata/any-store-api.ts";
import type { TestApi } from "../testdata/test-api.ts";

const folder = mkdtempSync(join(tmpdir(), "percale-csr-"));
let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** As people make one. */
function requestFor(subject: string, ...key: string[]): { readonly key: string; readonly request: string } {
  const [keyFile, requestFile] = [join(folder, "key"), join(folder, "csr")];
  const kind = key.length > 0 ? key : ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  execFileSync(
    "openssl",
    ["req", "-new", "-newkey", ...kind, "-nodes", "-keyout", keyFile, "-out", requestFile, "-subj", subject],
    { stdio: "pipe" },
  );
  return { key: readFileSync(keyFile, "utf8"), request: readFileSync(requestFile, "utf8") };
}

const sign = (body: object, token = server.token) => server.call("/certificates/v1", { method: "POST", body, token });

async function whoami(cert: string, key: string): Promise<unknown> {
  const agent = new Agent({ ca: server.ca, cert, key });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  httpsRequest(
    new URL("/apis/authentication.k8s.io/v1/selfsubjectreviews", server.api.url),
    { method: "POST", agent },
    (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString("utf8"))).on("end", () => resolve(text));
    },
  )
    .on("error", reject)
    .end("{}");
  const text = await promise;
  agent.destroy();
  return (JSON.parse(text) as { status: { userInfo: unknown } }).status.userInfo;
}

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!hasOpenssl)(`certificates for requests${hasOpenssl ? "" : " (skipped: no openssl)"}`, () => {
  test.each([
    ["an EC key", []],
    ["an RSA key", ["rsa:2048"]],
  ])("a request with %s becomes a certificate that lets in whom it names, until it ends", async (_, kind) => {
    const { key, request } = requestFor("/CN=ada/O=devs/O=percale:viewers", ...kind);
    const { code, body } = await sign({ request, expirationSeconds: 3_600 });
    expect(code).toBe(201);
    const certificate = new X509Certificate(body.certificate as string);
    expect(certificate.verify(new X509Certificate(server.ca).publicKey)).toBe(true);
    const secondsLeft = (Date.parse(certificate.validTo) - Date.now()) / 1_000;
    expect(secondsLeft > 3_500 && secondsLeft <= 3_600).toBe(true);
    expect(await whoami(body.certificate as string, key)).toEqual({
      username: "ada",
      groups: ["devs", "percale:viewers", "system:authenticated"],
    });
  });

  test.each<[name: string, body: () => object, code: number]>([
    ["no request", () => ({}), 400],
    ["what is no request", () => ({ request: "hello" }), 400],
    ["a request for nobody", () => ({ request: requestFor("/O=devs").request }), 400],
    ["a certificate for ever", () => ({ request: requestFor("/CN=ada").request, expirationSeconds: 1e9 }), 400],
  ])("%s is refused", async (_, body, code) => {
    expect((await sign(body())).code).toBe(code);
  });

  test("a request is signed for those who may act as the one it names", async () => {
    const made = await server.call("/trpc/access.createToken", {
      method: "POST",
      body: { subject: "ed", groups: ["percale:editors"] },
    });
    const { request } = requestFor("/CN=root/O=system:masters");
    expect((await sign({ request }, made.body.result.data.token as string)).code).toBe(403);
  });
});
