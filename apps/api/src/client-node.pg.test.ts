import {
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
} from "@kubernetes/client-node";
import type { KubernetesListObject, KubernetesObject } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi } from "./testdata/test-api.ts";
import type { TestApi } from "./testdata/test-api.ts";

let server: TestApi;
let config: KubeConfig;
beforeAll(async () => {
  server = await startTestApi();
  config = new KubeConfig();
  config.loadFromFile(server.kubeconfig);
});
afterAll(() => server.stop());

const NAMESPACE = "client-node";
const SETS = { group: "projectcalico.org", version: "v3", namespace: NAMESPACE, plural: "networksets" };

interface NetworkSet extends KubernetesObject {
  readonly spec?: { readonly nets?: readonly string[] };
}

function networkSet(name: string, nets: readonly string[], labels: Record<string, string> = {}): NetworkSet {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkSet",
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { nets },
  };
}

test("an informer of @kubernetes/client-node lists, then hears of what comes, changes and goes", async () => {
  const custom = config.makeApiClient(CustomObjectsApi);
  const api = KubernetesObjectApi.makeApiClient(config);
  await api.create(networkSet("one", ["10.0.0.1"]));
  const list = () => custom.listNamespacedCustomObject(SETS) as Promise<KubernetesListObject<NetworkSet>>;
  const informer = makeInformer(config, `/apis/projectcalico.org/v3/namespaces/${NAMESPACE}/networksets`, list);
  const seen: string[] = [];
  const { promise: gone, resolve, reject } = Promise.withResolvers<void>();
  const note = (what: string) => (set: NetworkSet) => {
    seen.push(`${what} ${set.metadata?.name} ${set.spec?.nets?.join()}`);
    if (what === "delete" && set.metadata?.name === "two") resolve();
  };
  informer.on("add", note("add"));
  informer.on("update", note("update"));
  informer.on("delete", note("delete"));
  informer.on("error", reject);
  await informer.start();
  await api.create(networkSet("two", ["10.0.0.2"]));
  await api.patch(
    networkSet("two", ["10.0.0.3"]),
    undefined,
    undefined,
    undefined,
    undefined,
    PatchStrategy.MergePatch,
  );
  await api.delete(networkSet("two", []));
  await gone;
  await informer.stop();
  expect(seen).toEqual(["add one 10.0.0.1", "add two 10.0.0.2", "update two 10.0.0.3", "delete two 10.0.0.3"]);
});

test("it applies on the server, and is told of conflicts", async () => {
  const api = KubernetesObjectApi.makeApiClient(config);
  const apply = (value: string, manager: string) => {
    const set = networkSet("applied", [], { value });
    return api.patch(set, undefined, undefined, manager, undefined, PatchStrategy.ServerSideApply);
  };
  await apply("1", "ann");
  await expect(apply("2", "ben")).rejects.toMatchObject({ code: 409 });
  expect((await apply("1", "ben")).metadata?.managedFields?.map(({ manager }) => manager)).toEqual(["ann", "ben"]);
});
