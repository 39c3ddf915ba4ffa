import { expect, onTestFinished, test } from "vitest";
import { NETWORK_SETS, networkSet, startMemoryApi } from "./testdata/test-api.ts";

test("a page whose moment is gone is 410, with a token that goes on in the state of now", async () => {
  const server = await startMemoryApi({ windowSize: 1 });
  onTestFinished(() => server.stop());
  const create = (name: string) => server.call(NETWORK_SETS, { method: "POST", body: networkSet(name) });
  for (const name of ["a", "b", "c"]) await create(name);
  const { body: first } = await server.call(`${NETWORK_SETS}?limit=1`);
  await create("bb");
  await create("d");
  await server.api.store.compact({ keepRevisions: 1 });
  const lost = await server.call(`${NETWORK_SETS}?limit=1&continue=${first.metadata.continue}`);
  expect([lost.code, lost.body.reason]).toEqual([410, "Expired"]);
  const next = await server.call(`${NETWORK_SETS}?limit=2&continue=${lost.body.metadata.continue}`);
  expect(next.body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(["b", "bb"]);
  const last = await server.call(`${NETWORK_SETS}?limit=9&continue=${next.body.metadata.continue}`);
  expect(last.body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(["c", "d"]);
  expect(last.body.metadata.resourceVersion).toBe(next.body.metadata.resourceVersion);
});
