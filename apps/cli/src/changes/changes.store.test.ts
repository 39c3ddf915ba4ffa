import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { run } from "../testdata/run.ts";
import type { Ran } from "../testdata/run.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startAnyApi();
  const changes = [endpoint("web", "10.1.0.1"), endpoint("db", "10.1.0.2")].map((object) => ({ op: "create", object }));
  expect((await api.call("/changesets/v1", { method: "POST", body: { changes } })).code).toBe(200);
  mkdirSync(join(api.dataDir, "files"));
});
afterAll(() => api.stop());

const endpoint = (pod: string, address: string): object => ({
  apiVersion: "projectcalico.org/v3",
  kind: "WorkloadEndpoint",
  metadata: { name: `n1-k8s-${pod}-eth0`, namespace: "shop", labels: { app: pod } },
  spec: {
    orchestrator: "k8s",
    node: "n1",
    pod,
    endpoint: "eth0",
    interfaceName: `cali${pod}`,
    ipNetworks: [`${address}/32`],
    profiles: ["projectcalico-default-allow"],
    ports: [{ name: "main", protocol: "TCP", port: 80 }],
  },
});

const percale = (...argv: readonly string[]): Promise<Ran> => run(readConfig({ PERCALE_DATA: api.dataDir }), ...argv);

function file(name: string, text: string): string {
  const path = join(api.dataDir, "files", name);
  writeFileSync(path, text);
  return path;
}

const policy = (name: string, action: string, more = ""): string => `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec:
  selector: app == 'db'
  ingress:
    - action: ${action}${more}
`;

const withoutRevisions = (text: string): string => text.replaceAll(/revision \d+/g, "revision R");

describe("plan and diff", () => {
  test("say what would change and who would reach whom, end with 3, and change nothing", async () => {
    const path = file("deny.yaml", policy("db", "Deny"));
    const { code, out, err } = await percale("plan", "-f", path);
    expect([code, err]).toEqual([3, ""]);
    expect(withoutRevisions(out).replaceAll(api.dataDir, "DATA")).toMatchInlineSnapshot(`
      "+ create NetworkPolicy shop/db (DATA/files/deny.yaml:1:1)
      1 object changes, 0 are as the files say.
      Of 2 pairs and ports at revision R, 1 would be newly denied and 0 newly allowed.
        denied   shop/web → shop/db, TCP port 80
                   now: Allow: ingress rule 1 of Profile projectcalico-default-allow
                  then: Deny: ingress rule 1 of NetworkPolicy shop/db in tier default
      "
    `);
    expect(await percale("diff", "-f", path)).toMatchInlineSnapshot(`
      {
        "code": 3,
        "err": "",
        "out": "--- /dev/null
      +++ applied/networkpolicies/shop/db
      @@ -0,0 +1,14 @@
      +apiVersion: projectcalico.org/v3
      +kind: NetworkPolicy
      +metadata:
      +  labels:
      +    projectcalico.org/tier: default
      +  name: db
      +  namespace: shop
      +spec:
      +  ingress:
      +    - action: Deny
      +  selector: app == 'db'
      +  tier: default
      +  types:
      +    - Ingress
      ",
      }
    `);
    expect((await percale("get", "np", "-A", "-o", "name")).out).toBe("");
  });

  test("-o json has byte by byte what the dashboard is answered", async () => {
    const path = file("deny.yaml", policy("db", "Deny"));
    const { out } = await percale("plan", "-f", path, "-o", "json");
    const object = {
      apiVersion: "projectcalico.org/v3",
      kind: "NetworkPolicy",
      metadata: { name: "db", namespace: "shop" },
      spec: { selector: "app == 'db'", ingress: [{ action: "Deny" }] },
    };
    const { body } = await api.call("/trpc/policy.impact", {
      method: "POST",
      body: { changes: [{ op: "create", object }] },
    });
    expect(body.result.data.changes).toHaveLength(1);
    const objects = [{ op: "create", kind: "NetworkPolicy", namespace: "shop", name: "db", at: `${path}:1:1` }];
    expect(out).toBe(`${JSON.stringify({ objects, impact: body.result.data })}\n`);
  });

  test("end with 0 where everything is as the files say", async () => {
    const path = file("same.yaml", policy("same", "Allow"));
    expect(await percale("apply", "-f", path)).toMatchObject({ code: 0 });
    expect(await percale("plan", "-f", path)).toEqual({
      code: 0,
      out: "Nothing changes: 1 object is as the files say.\n",
      err: "",
    });
    expect(await percale("diff", "-f", path)).toEqual({ code: 0, out: "", err: "" });
    const changed = file("same.yaml", policy("same", "Pass"));
    expect(await percale("diff", "-f", changed)).toMatchInlineSnapshot(`
      {
        "code": 3,
        "err": "",
        "out": "--- stored/networkpolicies/shop/same
      +++ applied/networkpolicies/shop/same
      @@ -7,7 +7,7 @@
         namespace: shop
       spec:
         ingress:
      -    - action: Allow
      +    - action: Pass
         selector: app == 'db'
         tier: default
         types:
      ",
      }
    `);
    expect((await percale("plan", "-f", changed)).out).toMatch(
      /^~ update NetworkPolicy shop\/same \(.*same.yaml:1:1\)\n1 object changes, 0 are as the files say.\nOf \d+ pairs/,
    );
    expect((await percale("plan", "-f", changed, "-f", file("other.yaml", policy("other", "Pass")))).out).toContain(
      "2 objects change, 0 are as the files say.",
    );
    expect(await percale("delete", "np", "same", "-n", "shop")).toMatchObject({ code: 0 });
  });

  test("end with 1 and every refusal, each with its place", async () => {
    const one = file("one.yaml", policy("one", "Allow", "\n      icmp: { type: 8 }"));
    const two = file("two.yaml", policy("two", "Alow"));
    const fine = file("fine.yaml", policy("fine", "Allow"));
    const { code, out, err } = await percale("plan", "-f", one, two, fine);
    expect([code, out]).toEqual([1, ""]);
    expect(err.replaceAll(join(api.dataDir, "files"), "FILES")).toMatchInlineSnapshot(`
      "refused:
        FILES/one.yaml:8:7: error with field spec.ingress[0].icmp = '{"type":8}' (needs protocol ICMP or ICMPv6, got protocol nothing)
        FILES/two.yaml:7:7: error with field spec.ingress[0].action = 'Alow' (must be one of "Allow", "Deny", "Log", "Pass", got "Alow")
      "
    `);
    expect(await percale("plan", "-f", file("odd.yaml", policy("odd", "Allow", "\n      protocl: TCP")))).toMatchObject(
      {
        code: 1,
        err: expect.stringMatching(
          /^failed to execute command: .*odd.yaml:8:7: field in document is not recognized or is in the wrong location: spec.ingress\[0\].protocl\n$/,
        ),
      },
    );
    const info = "apiVersion: projectcalico.org/v3\nkind: ClusterInformation\nmetadata: { name: default }\nspec: {}\n";
    expect((await percale("plan", "-f", file("info.yaml", info))).err).toBe(
      "refused:\n  operation apply is not supported on ClusterInformation: resource is readonly\n",
    );
  });
});

test("an object of Kubernetes' own is called as its file calls it, in plans, differences and history", async () => {
  const path = file(
    "kubernetes.yaml",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: own, namespace: shop }\nspec: { podSelector: {} }\n",
  );
  expect((await percale("diff", "-f", path)).out).toContain("\n+kind: NetworkPolicy\n");
  expect(await percale("apply", "-f", path)).toMatchObject({ code: 0, err: "" });
  expect(await percale("plan", "-f", path)).toMatchObject({
    code: 0,
    out: "Nothing changes: 1 object is as the files say.\n",
  });
  expect(await percale("diff", "-f", path)).toEqual({ code: 0, out: "", err: "" });
  expect((await percale("history", "netpol", "own", "-n", "shop", "--diff")).out).toContain("\n+kind: NetworkPolicy\n");
  const [, row] = (await percale("history", "netpol", "own", "-n", "shop")).out.split("\n");
  const [revision] = row!.split(" ");
  expect((await percale("revert", "netpol", "own", "-n", "shop", "--to", revision!)).out).toBe(
    `KubernetesNetworkPolicy(shop/own) is what it was at revision ${revision}\n`,
  );
});

describe("history and revert", () => {
  const set = (name: string, net: string): string =>
    file(
      "set.yaml",
      `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkSet\nmetadata: { name: ${name} }\nspec: { nets: [${net}] }\n`,
    );
  const nets = async (name: string) =>
    JSON.parse((await percale("get", "gns", name, "-o", "json")).out || "{}").spec?.nets;
  const revisions = async (name: string): Promise<string[]> =>
    (await percale("history", "gns", name)).out
      .split("\n")
      .slice(1, -1)
      .map((line) => line.split(" ")[0]!);

  test("an object's history is its writes, the newest first, and what each changed", async () => {
    for (const net of ["10.0.0.1/32", "10.0.0.2/32"]) await percale("apply", "-f", set("told", net));
    await percale("delete", "gns", "told");
    const { out } = await percale("history", "gns/told");
    expect(out.split("\n").map((line) => line.split(/ {3,}/).filter((_, i) => i !== 0 && i !== 1 && i !== 4))).toEqual([
      ["WHO", "WHAT", "REASON"],
      ["admin", "deleted", "-"],
      ["admin", "updated", "-"],
      ["admin", "created", "-"],
      [],
    ]);
    const diff = (await percale("history", "gns", "told", "--diff", "--limit", "2")).out;
    expect(diff.replaceAll(/\d+-\d+-\d+T[\d:.]+Z/g, "TIME").replaceAll(/revision \d+/g, "revision R"))
      .toMatchInlineSnapshot(`
        "deleted at revision R, TIME, by admin
        --- before
        +++ revision R
        @@ -1,7 +0,0 @@
        -apiVersion: projectcalico.org/v3
        -kind: GlobalNetworkSet
        -metadata:
        -  name: told
        -spec:
        -  nets:
        -    - 10.0.0.2/32

        updated at revision R, TIME, by admin
        --- before
        +++ revision R
        @@ -4,4 +4,4 @@
           name: told
         spec:
           nets:
        -    - 10.0.0.1/32
        +    - 10.0.0.2/32
        "
      `);
    expect(await percale("history", "gns", "never")).toEqual({
      code: 1,
      out: "",
      err: "nothing is known of GlobalNetworkSet never: it never was, or its last write is not in the log any more\n",
    });
  });

  test("an object becomes what it was at a revision: changed, gone, or there again", async () => {
    await percale("apply", "-f", set("back", "10.0.0.1/32"));
    await percale("apply", "-f", set("back", "10.0.0.2/32"));
    const [second, first] = await revisions("back");
    const revert = (to: string | number, ...more: string[]) =>
      percale("revert", "gns", "back", "--to", String(to), ...more);
    expect((await revert(first!, "--dry-run")).out).toMatch(
      /^--- stored\n\+\+\+ revision \d+\n[^]*-    - 10.0.0.2\/32\n\+    - 10.0.0.1\/32\n/,
    );
    expect(await nets("back")).toEqual(["10.0.0.2/32"]);
    expect((await revert(first!, "--reason", "wrong net")).out).toMatch(
      new RegExp(String.raw`^Successfully reverted GlobalNetworkSet\(back\) to revision ${first}, at revision \d+\n$`),
    );
    expect(await nets("back")).toEqual(["10.0.0.1/32"]);
    expect((await percale("history", "--limit", "1")).out).toContain("updated GlobalNetworkSet back");
    expect((await percale("history", "--limit", "1")).out).toMatch(/ wrong net\n$/);
    expect((await revert(first!)).out).toBe(`GlobalNetworkSet(back) is what it was at revision ${first}\n`);
    await percale("delete", "gns", "back");
    const [gone] = await revisions("back");
    expect(await revert(second!)).toMatchObject({ code: 0, err: "" });
    expect(await nets("back")).toEqual(["10.0.0.2/32"]);
    expect(await revert(gone!)).toMatchObject({ code: 0, err: "" });
    expect(await nets("back")).toBe(undefined);
    expect((await revert(1)).err).toBe(
      `what GlobalNetworkSet(back) was at revision 1 is not in the log: it begins at revision ${first}\n`,
    );
  });

  test("what the history of everything shows is what a change set is turned back by, once", async () => {
    await percale("apply", "-f", set("shown", "10.0.0.1/32"));
    const [, row] = (await percale("history", "--limit", "1")).out.split("\n");
    const [revision, , , what] = row!.split(/ {3,}/);
    expect(what).toBe("created GlobalNetworkSet shown");
    expect(await percale("revert", revision!)).toMatchObject({ code: 0, err: "" });
    expect(await nets("shown")).toBe(undefined);
    expect(await percale("revert", revision!)).toEqual({
      code: 1,
      out: "",
      err: `nothing that revision ${revision} wrote is left to turn back\n`,
    });
  });

  test("a change set is turned back by its revision", async () => {
    await percale("apply", "-f", set("whole", "10.0.0.1/32"));
    const [made] = await revisions("whole");
    expect((await percale("revert", made!)).out).toMatch(
      new RegExp(String.raw`^Successfully reverted revision ${made}, at revision \d+\n$`),
    );
    expect(await revisions("whole")).toHaveLength(2);
    expect(await nets("whole")).toBe(undefined);
    expect(await percale("revert", "999999")).toMatchObject({
      code: 1,
      err: expect.stringContaining("revision 999999 is not in the log"),
    });
    expect(await percale("revert", "0")).toMatchObject({ code: 2 });
    expect((await percale("revert", "gns", "never", "--to", "5")).err).toBe(
      "nothing is known of GlobalNetworkSet(never): it never was, or its last write is not in the log any more\n",
    );
    expect(await percale("revert", "gns", "whole")).toEqual({
      code: 2,
      out: "",
      err: "say which revision with --to: percale history KIND NAME shows them\n",
    });
  });
});
