/** Sends the hostile requests, each when told its number; the process that measures the server must not be the one that parses answers. */
import { Agent, request } from "node:https";
import { hostileRequests } from "./hostile.ts";
import type { HostileRequest } from "./hostile.ts";

const [target = ""] = process.argv.slice(2);
const { url, token, ca } = JSON.parse(target) as { readonly url: string; readonly token: string; readonly ca: string };
const agent = new Agent({ ca, keepAlive: true });
const requests = hostileRequests();

process.on("message", (index: number) => {
  send(requests[index]!).then(
    (code) => process.send?.(code),
    (error: unknown) => {
      throw error;
    },
  );
});

function send({ path, method = "GET", body, type }: HostileRequest): Promise<number> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { "content-type": type, "content-length": Buffer.byteLength(body) }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request(new URL(path, url), { method, agent, headers }, (response) => {
    response.resume().on("end", () => resolve(response.statusCode ?? 0));
  })
    .on("error", reject)
    .end(body);
  return promise;
}
