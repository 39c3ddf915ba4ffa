import type { IncomingMessage, ServerResponse } from "node:http";
import { apiGroupList, apiVersions, groupDiscovery, groupDocuments } from "./discovery.ts";
import { VERSION } from "./core.ts";
import { openApiIndex, openApiV2, openApiV2Protobuf, openApiV3 } from "./openapi.ts";
import type { Document } from "./openapi.ts";
import { ACCEPTS_OPENAPI_PROTOBUF, OPENAPI_PROTOBUF } from "./openapi-protobuf.ts";
import { createHash } from "node:crypto";
import { sendJson } from "./respond.ts";

/** kubectl looks for the schema of a kind that OpenAPI lacks among these before it says that nobody serves it. */
const NO_CUSTOM_RESOURCES = {
  kind: "CustomResourceDefinitionList",
  apiVersion: "apiextensions.k8s.io/v1",
  metadata: { resourceVersion: "0" },
  items: [],
};

const DOCUMENTS: ReadonlyMap<string, () => object> = new Map<string, () => object>([
  ["/version", () => VERSION],
  ["/api", () => apiVersions],
  ["/apis", () => apiGroupList],
  ["/apis/apiextensions.k8s.io/v1/customresourcedefinitions", () => NO_CUSTOM_RESOURCES],
  ["/openapi/v3", openApiIndex],
  ...Array.from(groupDocuments, ([path, document]): [string, () => object] => [path, () => document]),
]);

/** Discovery, version and OpenAPI: what a client learns the server from. False if the path is none of them. */
export function serveDocument(request: IncomingMessage, response: ServerResponse, pathname: string): boolean {
  const openApi = openApiV3().get(pathname);
  if (openApi !== undefined) {
    serveOpenApi(request, response, openApi);
    return true;
  }
  if (pathname === "/openapi/v2") {
    serveSwagger(request, response);
    return true;
  }
  const document = DOCUMENTS.get(pathname);
  if (document === undefined) return false;
  const aggregated = pathname === "/api" || pathname === "/apis" ? aggregatedVersion(request) : undefined;
  if (aggregated !== undefined && (pathname === "/api" || pathname === "/apis")) {
    const type = `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`;
    sendTagged(request, response, JSON.stringify(groupDiscovery(pathname, aggregated)), { "content-type": type });
  } else sendTagged(request, response, JSON.stringify(document()));
  return true;
}

function aggregatedVersion({ headers }: IncomingMessage): "v2" | "v2beta1" | undefined {
  const wanted = /as=APIGroupDiscoveryList/.test(headers.accept ?? "");
  return wanted ? (/v=(v2beta1|v2)\b/.exec(headers.accept ?? "")?.[1] as "v2" | "v2beta1" | undefined) : undefined;
}

/** Protocol buffers for those who ask for them, JSON for everybody else. */
function serveSwagger(request: IncomingMessage, response: ServerResponse): void {
  const isProtobuf = ACCEPTS_OPENAPI_PROTOBUF.test(request.headers.accept ?? "");
  const { body, hash } = isProtobuf ? openApiV2Protobuf() : openApiV2();
  sendTagged(request, response, body, {
    etag: `"${hash}"`,
    ...(isProtobuf && { "content-type": OPENAPI_PROTOBUF }),
  });
}

/** The hash in the address makes the document immutable; another hash leads to the right one. */
function serveOpenApi(request: IncomingMessage, response: ServerResponse, { body, hash }: Document): void {
  const url = new URL(request.url ?? "/", "https://api");
  const asked = url.searchParams.get("hash");
  if (asked !== null && asked !== hash) {
    response.writeHead(301, { location: `${url.pathname}?hash=${hash}` }).end();
    return;
  }
  const cache =
    asked === null
      ? {}
      : {
          "cache-control": "public, immutable, max-age=31536000",
          expires: new Date(Date.now() + 31_536_000_000).toUTCString(),
        };
  sendTagged(request, response, body, { etag: `"${hash}"`, ...cache });
}

/** RFC 9110, section 13.1.2: tags are compared weakly. */
function isAmong(etag: string, tags = ""): boolean {
  return tags.trim() === "*" || tags.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

function sendTagged(
  request: IncomingMessage,
  response: ServerResponse,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  const etag = headers["etag"] ?? `"${createHash("sha256").update(body).digest("hex")}"`;
  if (isAmong(etag, request.headers["if-none-match"])) response.writeHead(304, { etag }).end();
  else sendJson(response, 200, body, { vary: "Accept", ...headers, etag });
}
