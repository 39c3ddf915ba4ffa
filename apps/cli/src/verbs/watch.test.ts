import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { parseOutput } from "../output/format.ts";
import { ownKinds } from "../rest/kinds.ts";
import { watchAsked } from "./watch.ts";

const tier = (name: string, resourceVersion: string): object => ({ kind: "Tier", metadata: { name, resourceVersion } });
const list = (resourceVersion: string, ...items: object[]): string =>
  JSON.stringify({ metadata: { resourceVersion }, items });
const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

/** What a watch says, and what it asked, of a server that gives these answers one after another and then is done. */
async function watchOf(
  ...answers: readonly (string | number)[]
): Promise<{ said: string[]; asked: string[]; error?: string }> {
  const asked: string[] = [];
  const said: string[] = [];
  const stop = new AbortController();
  let next = 0;
  const server = createServer((request, response) => {
    asked.push(String(new URL(request.url!, "http://x").searchParams));
    const answer = answers[next++];
    if (answer === undefined) stop.abort();
    else if (typeof answer === "number")
      response.writeHead(answer).end(JSON.stringify({ code: answer, message: "why" }));
    else response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const none = { ca: undefined, token: undefined, cert: undefined, key: undefined };
  try {
    await watchAsked(
      { ...none, server: `http://127.0.0.1:${port}/behind/` },
      [{ kind: ownKinds.find(({ kind }) => kind === "Tier")!, names: ["a"] }],
      {
        output: parseOutput("json"),
        events: true,
        fields: "spec.x=1",
        say: (text) => said.push(text),
        signal: stop.signal,
      },
    );
    return { said: said.map(short), asked };
  } catch (error) {
    return { said: said.map(short), asked, error: (error as Error).message };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function short(text: string): string {
  const { type, object } = JSON.parse(text) as { type: string; object: { metadata: { name: string } } };
  return `${type} ${object.metadata.name}`;
}

const SELECTED = "fieldSelector=spec.x%3D1%2Cmetadata.name%3Da";
const from = (version: string): string => `${SELECTED}&watch=1&resourceVersion=${version}&allowWatchBookmarks=true`;

test("a watch that ends in good order goes on from the last change, or the last bookmark", async () => {
  const bookmark = event("BOOKMARK", { metadata: { resourceVersion: "12" } });
  expect(await watchOf(list("5", tier("a", "3")), event("MODIFIED", tier("a", "7")), bookmark, "")).toEqual({
    said: ["ADDED a", "MODIFIED a"],
    asked: [SELECTED, from("5"), from("7"), from("12"), from("12")],
  });
});

test.each([
  ["in the stream", event("ERROR", { code: 410, message: "too old" })],
  ["at once", 410],
])(
  "a server that has forgotten where the watch was, %s, is asked anew; only what changed is told",
  async (_, forgotten) => {
    const first = list("5", tier("a", "1"), tier("b", "2"), tier("d", "3"));
    const second = list("9", tier("b", "7"), tier("c", "8"), tier("d", "3"));
    expect(await watchOf(first, event("DELETED", tier("d", "6")), forgotten, second)).toEqual({
      said: ["ADDED a", "ADDED b", "ADDED d", "DELETED d", "DELETED a", "MODIFIED b", "ADDED c", "ADDED d"],
      asked: [SELECTED, from("5"), from("6"), SELECTED, from("9")],
    });
  },
);

test("every other refusal ends it with the server's words", async () => {
  expect((await watchOf(403)).error).toBe("why");
  for (const status of [400, 403]) expect((await watchOf(list("5"), status)).error).toBe("why");
  expect((await watchOf(list("5"), event("ERROR", { code: 500, message: "broken" }))).error).toBe("broken");
  expect((await watchOf(list("5"), event("ERROR", { code: 500 }))).error).toBe("the watch failed");
});
