import { afterAll, beforeAll, expect, test } from "vitest";
import type { KubeObject } from "@percale/resources";
import { openPostgresStore, startTestPostgres } from "./index.ts";
import type { Datastore } from "./index.ts";
import type { TestPostgres } from "./test-postgres.ts";

let postgres: TestPostgres;
let store: Datastore;
beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openPostgresStore({ url: postgres.url });
});
afterAll(async () => {
  await store.close();
  await postgres.stop();
});

function networkSet(name: string, spec: unknown = {}): KubeObject {
  return { apiVersion: "projectcalico.org/v3", kind: "GlobalNetworkSet", metadata: { name }, spec };
}

const deep = (): unknown => JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);

test.each([
  ["NUL in a spec", networkSet("nul", { note: "\0" }), "r"],
  ["half a surrogate pair in a key", networkSet("half", { "\ud800": 1 }), "r"],
  ["NUL in a name", networkSet("na\0me"), "r"],
  ["NUL in the reason", networkSet("reason"), "\0"],
  ["nesting without end", networkSet("deep", deep()), "r"],
])("a set with %s is refused alone; those that share its group are stored", async (label, object, reason) => {
  const good = Array.from({ length: 40 }, (_, i) => networkSet(`${label.replaceAll(/\W/g, "-").toLowerCase()}-${i}`));
  const before = await store.head();
  const outcomes = await Promise.allSettled(
    [...good.slice(0, 25), object, ...good.slice(25)].map((one) =>
      store.apply({ author: "alice", reason: one === object ? reason : "r", changes: [{ op: "create", object: one }] }),
    ),
  );
  const refused = outcomes.filter(({ status }) => status === "rejected");
  expect(refused).toEqual([{ status: "rejected", reason: expect.objectContaining({ reason: "Invalid", code: 422 }) }]);
  expect(outcomes[25]!.status).toBe("rejected");
  expect(await store.head()).toBe(before + good.length);
  expect(store.isConnected()).toBe(true);
});
