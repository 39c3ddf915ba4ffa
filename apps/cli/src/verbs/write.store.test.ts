import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeObjects } from "./write.ts";
import { readKubeconfig } from "../access/read-kubeconfig.ts";
import { call } from "../rest/client.ts";
import { resolveKind } from "../rest/kinds.ts";
import type { Access } from "../rest/client.ts";

let api: TestApi;
let access: Access;

beforeAll(async () => {
  api = await startAnyApi();
  access = readKubeconfig(api.kubeconfig);
});
afterAll(() => api.stop());

/** A policy whose `notNets` is misspelt: without it the rule allows everybody. */
function misspelt(name: string): string {
  const path = join(api.dataDir, `${name}.yaml`);
  const policy = {
    apiVersion: "projectcalico.org/v3",
    kind: "GlobalNetworkPolicy",
    metadata: { name },
    spec: { ingress: [{ action: "Allow", source: { notNet: ["10.0.0.0/8"] } }] },
  };
  writeFileSync(path, JSON.stringify(policy));
  return path;
}

const isStored = (name: string): Promise<boolean> =>
  call(access, "GET", `/apis/projectcalico.org/v3/globalnetworkpolicies/${name}`).then(
    () => true,
    () => false,
  );

test.each(["create", "apply"] as const)("%s refuses a field that the kind does not have", async (verb) => {
  const done = writeObjects(async () => access, verb, [misspelt(`strict-${verb}`)], {});
  await expect(done).rejects.toThrow(
    /:1:\d+: field in document is not recognized or is in the wrong location: spec.ingress\[0\].source.notNet$/,
  );
  expect(await isStored(`strict-${verb}`)).toBe(false);
});

test("--validate=warn stores the rest and says what was dropped", async () => {
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  expect(await writeObjects(async () => access, "apply", [misspelt("warned")], { validate: "warn", warn })).toContain(
    "Success",
  );
  expect(warnings).toStrictEqual([
    'Warning: GlobalNetworkPolicy(warned): unknown field "spec.ingress[0].source.notNet"',
  ]);
  expect(await isStored("warned")).toBe(true);
});

test("--validate=ignore stores the rest and says nothing", async () => {
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  await writeObjects(async () => access, "apply", [misspelt("ignored")], { validate: "ignore", warn });
  expect(warnings).toStrictEqual([]);
});

test.each([
  ["networkpolicys", "; there are ", "tiers", "; did you mean networkpolicy?"],
  ["pods", "; there are ", "tiers"],
])("the kind %s is told from those there are", async (typed, ...words) => {
  for (const one of words) await expect(resolveKind(async () => access, typed)).rejects.toThrow(one);
});
