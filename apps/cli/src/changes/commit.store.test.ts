import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { run } from "../testdata/run.ts";
import type { Ran } from "../testdata/run.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startAnyApi();
  mkdirSync(join(api.dataDir, "files"));
});
afterAll(() => api.stop());

const percale = (...argv: readonly string[]): Promise<Ran> => run(readConfig({ PERCALE_DATA: api.dataDir }), ...argv);

/** A file of network sets, each with these nets. */
function sets(name: string, nets: Readonly<Record<string, string>>): string {
  const path = join(api.dataDir, "files", `${name}.yaml`);
  const documents = Object.entries(nets).map(
    ([set, net]) =>
      `apiVersion: projectcalico.org/v3\nkind: NetworkSet\nmetadata: { name: ${set} }\nspec: { nets: [${net}] }\n`,
  );
  writeFileSync(path, documents.join("---\n"));
  return path;
}

const plain = (text: string): string =>
  text
    .replaceAll(/revision \d+/g, "revision R")
    .replaceAll(/change-\w{5}/g, "change-x")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "THEN");
const names = async (): Promise<string> => (await percale("get", "networksets", "-o", "name")).out;

test("files are written whole or not at all", async () => {
  const { code, err } = await percale("commit", "-f", sets("bad", { good: "10.0.0.0/8", bad: "10.0.0.300" }));
  expect([code, err, await names()]).toEqual([
    1,
    expect.stringMatching(/^refused:\n.*bad.yaml:9:16: .*spec.nets\[0\]/),
    "",
  ]);
  const path = sets("good", { one: "10.0.0.0/8", two: "10.1.0.0/16" });
  const done = await percale("commit", "-f", path, "--reason", "try");
  expect({ ...done, out: plain(done.out) }).toMatchObject({
    err: "",
    out: "Successfully committed 2 resource(s) at revision R\n",
  });
  expect((await percale("commit", "-f", path)).out).toBe("Nothing to commit: all is stored as the files say\n");
});

test("what is to be confirmed says how, and stays once it is", async () => {
  expect((await percale("confirm")).err).toBe(
    "nothing of admin is pending: percale get pendingchanges shows others'\n",
  );
  const { out } = await percale("commit", "-f", sets("c", { three: "10.2.0.0/16" }), "--confirm-within", "600");
  expect(plain(out)).toBe(
    "Successfully committed 1 resource(s) at revision R\nTurned back at THEN unless confirmed: percale confirm change-x\n",
  );
  const { out: confirmed } = await percale("confirm");
  expect(plain(confirmed)).toBe("Confirmed change-x: it stays\n");
  const name = /change-\w+/.exec(confirmed)![0];
  expect((await percale("confirm", name)).err).toBe(`${name} is not pending: it was confirmed, or turned back\n`);
});

test("of several the name has to be said", async () => {
  for (const name of ["four", "five"])
    await percale("commit", "-f", sets(name, { [name]: "10.3.0.0/16" }), "--confirm-within", "600", "--reason", name);
  const { code, err } = await percale("confirm");
  expect([code, plain(err)]).toEqual([
    1,
    expect.stringMatching(/^2 changes of admin are pending, say which:\n(  change-x  THEN  (four|five)\n){2}$/),
  ]);
});
