import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readKubeconfig } from "../access/read-kubeconfig.ts";
import { parseOutput } from "../output/format.ts";
import type { Access } from "../rest/client.ts";
import { call } from "../rest/client.ts";
import { parseAsked } from "./asked.ts";
import { watchAsked } from "./watch.ts";
import type { WatchOptions } from "./watch.ts";

let api: TestApi;
let access: Access;
beforeAll(async () => {
  api = await startAnyApi();
  access = readKubeconfig(api.kubeconfig);
});
afterAll(() => api.stop());

const SETS = "/apis/projectcalico.org/v3/namespaces";
const body = (name: string, labels: object = {}): object => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkSet",
  metadata: { name, labels },
  spec: { nets: ["10.0.0.1/32"] },
});
const create = (namespace: string, name: string, labels?: object): Promise<unknown> =>
  call(access, "POST", `${SETS}/${namespace}/networksets`, { body: body(name, labels) });
const remove = (namespace: string, name: string): Promise<unknown> =>
  call(access, "DELETE", `${SETS}/${namespace}/networksets/${name}`);

/** What is said until the last of these words comes. */
async function watching(
  words: readonly string[],
  options: Partial<WatchOptions> & { readonly format?: string },
  act: (said: (text: string) => Promise<void>) => Promise<void>,
): Promise<string> {
  let out = "";
  const stop = new AbortController();
  const said = (text: string): Promise<void> => vi.waitFor(() => expect(out).toContain(text), { timeout: 30_000 });
  const asked = await parseAsked(async () => access, words);
  const { format = "ps", ...more } = options;
  const done = watchAsked(access, asked, {
    output: parseOutput(format),
    events: false,
    say: (text) => (out += text),
    signal: stop.signal,
    ...more,
  });
  await act(said);
  stop.abort();
  await done;
  return out;
}

test("what there is comes first, then every change; columns grow with what they hold", async () => {
  await create("first", "a");
  const out = await watching(["netsets"], { namespace: "first", events: true, format: "wide" }, async (said) => {
    await said("ADDED");
    await create("first", "a-longer-name");
    await said("a-longer-name");
    await remove("first", "a");
    await said("DELETED");
  });
  expect(out).toBe(
    [
      "EVENT   NAME   NETS",
      "ADDED   a      10.0.0.1/32",
      "ADDED   a-longer-name   10.0.0.1/32",
      "DELETED   a               10.0.0.1/32",
      "",
    ].join("\n"),
  );
});

test("of all namespaces each line says which; a selector leaves out the others", async () => {
  const out = await watching(["netsets"], { allNamespaces: true, labels: "x=1" }, async (said) => {
    await create("second", "b", { x: "2" });
    await create("second", "c", { x: "1" });
    await said("c\n");
  });
  expect(out).toBe("NAMESPACE   NAME\nsecond      c\n");
});

test("scripts get an object a line, with what happened to it or without; names alone are names", async () => {
  await create("third", "d");
  const json = await watching(["netsets", "d"], { namespace: "third", format: "json" }, (said) => said("\n"));
  expect(JSON.parse(json)).toMatchObject({ kind: "NetworkSet", metadata: { name: "d", namespace: "third" } });
  const events = await watching(["netsets"], { namespace: "third", format: "json", events: true }, (said) =>
    said("\n"),
  );
  expect(JSON.parse(events)).toMatchObject({ type: "ADDED", object: { metadata: { name: "d" } } });
  expect(await watching(["netsets"], { namespace: "third", format: "name" }, (said) => said("\n"))).toBe(
    "networksets/d\n",
  );
});

test("a refusal ends it with the server's words; several objects are too many for one watch", async () => {
  const ask = (words: readonly string[], labels?: string) =>
    watching(words, labels === undefined ? {} : { labels }, async () => undefined);
  await expect(ask(["netsets", "a", "b"])).rejects.toThrow("a watch is of one object or of all of a kind");
  const asked = await parseAsked(async () => access, ["netsets"]);
  const options = { output: parseOutput("ps"), events: false, say: () => undefined, labels: "a in (" };
  await expect(watchAsked(access, asked, options)).rejects.toThrow("a in (");
});
