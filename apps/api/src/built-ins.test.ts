import { MemoryStore } from "@percale/store/memory";
import { expect, test } from "vitest";
import { ensureBuiltIns } from "./built-ins.ts";

test("the cluster's version is that of the server that was started last; what else is known of it stays", async () => {
  const store = new MemoryStore();
  const read = async () => (await store.get({ kind: "ClusterInformation", name: "default" }))!;
  await ensureBuiltIns(store, "v1.0.0");
  const first = await read();
  expect(first.spec).toMatchObject({ calicoVersion: "v1.0.0", clusterGUID: expect.stringMatching(/^[0-9a-f]{32}$/) });
  await ensureBuiltIns(store, "v1.0.0");
  expect(await read()).toStrictEqual(first);
  await ensureBuiltIns(store, "v1.1.0");
  expect((await read()).spec).toStrictEqual({ ...(first.spec as object), calicoVersion: "v1.1.0" });
});
