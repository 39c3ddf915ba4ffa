import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { ownKinds } from "../rest/kinds.ts";
import { patchObject } from "./patch.ts";

/** What is said, and as what the patch was sent, of a server that knows no strategic merge patch, as Kubernetes' of kinds that are not its own. */
async function patched(patch: string, type: "strategic" | "json" | "merge"): Promise<{ said: string; sent: string[] }> {
  const sent: string[] = [];
  const server = createServer((request, response) => {
    const as = request.headers["content-type"]!;
    sent.push(as.split("/")[1]!.split("-")[0]!);
    const isKnown = !as.includes("strategic");
    response
      .writeHead(isKnown ? 200 : 415)
      .end(JSON.stringify({ reason: "UnsupportedMediaType", message: "no such patch" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const access = {
    server: `http://127.0.0.1:${port}`,
    ca: undefined,
    token: undefined,
    cert: undefined,
    key: undefined,
  };
  const kind = ownKinds.find((one) => one.plural === "tiers")!;
  try {
    const said = await patchObject(access, { kind, namespace: undefined, name: "a" }, patch, {
      type,
      warn: () => undefined,
    });
    return { said, sent };
  } catch (error) {
    return { said: (error as Error).message, sent };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const DONE = "Successfully patched 1 'Tier' resource\n";

test("where a server knows no strategic merge patch, one without directives is sent as a merge patch", async () => {
  expect(await patched('{"spec":{"order":5}}', "strategic")).toEqual({ said: DONE, sent: ["strategic", "merge"] });
  expect(await patched('{"spec":{"order":5}}', "merge")).toEqual({ said: DONE, sent: ["merge"] });
  expect(await patched("[]", "json")).toEqual({ said: DONE, sent: ["json"] });
});

test("one with directives says what no merge patch can", async () => {
  const refused = { said: "failed to patch 'Tier' resource: [Tier(a): no such patch]", sent: ["strategic"] };
  expect(await patched('{"spec":{"x":[{"$patch":"delete"}]}}', "strategic")).toEqual(refused);
  expect(await patched('{"spec":{"$retainKeys":["a"]}}', "strategic")).toEqual(refused);
});
