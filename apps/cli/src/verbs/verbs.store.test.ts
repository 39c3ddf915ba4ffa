import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { run } from "../testdata/run.ts";
import type { Ran } from "../testdata/run.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startAnyApi();
  mkdirSync(join(api.dataDir, "files/deep"), { recursive: true });
});
afterAll(() => api.stop());

const percale = (...argv: readonly string[]): Promise<Ran> => run(readConfig({ PERCALE_DATA: api.dataDir }), ...argv);
const ok = (out: string): Ran => ({ code: 0, out, err: "" });
const failed = (err: string, code = 1): Ran => ({ code, out: "", err: `${err}\n` });

function file(name: string, text: string): string {
  const path = join(api.dataDir, "files", name);
  writeFileSync(path, text);
  return path;
}
const set = (name: string, more = "", nets = "10.0.0.1/32"): string =>
  `apiVersion: projectcalico.org/v3\nkind: NetworkSet\nmetadata: { name: ${name}${more} }\nspec: { nets: [${nets}] }\n`;
const stored = async (name: string, namespace = "default") =>
  JSON.parse((await percale("get", "networkset", name, "-n", namespace, "-o", "json")).out || "{}");

describe("patch", () => {
  beforeEach(async () => {
    await percale("delete", "networkset", "p", "-s");
    await percale("create", "-f", file("p.yaml", set("p", ", labels: { a: x }")));
  });
  const patch = (...argv: readonly string[]): Promise<Ran> => percale("patch", "networkset", "p", ...argv);

  test.each([
    ["strategic, which is the default", ["-p", '{"spec":{"nets":["10.0.0.2/32"]}}']],
    ["merge, in YAML", ["-t", "merge", "-p", "spec: { nets: [10.0.0.2/32] }"]],
    ["json", ["--type", "json", "-p", '[{"op":"replace","path":"/spec/nets/0","value":"10.0.0.2/32"}]']],
  ])("%s, changes what it names and nothing else", async (_, argv) => {
    expect(await patch(...argv)).toEqual(ok("Successfully patched 1 'NetworkSet' resource\n"));
    expect(await stored("p")).toMatchObject({ metadata: { labels: { a: "x" } }, spec: { nets: ["10.0.0.2/32"] } });
  });

  test("--dry-run changes nothing, and an object may be named as KIND/NAME", async () => {
    const argv = ["patch", "networkset/p", "-p", '{"spec":{"nets":[]}}', "--dry-run"];
    expect(await percale(...argv)).toEqual(ok("Successfully patched 1 'NetworkSet' resource\n"));
    expect((await stored("p")).spec.nets).toEqual(["10.0.0.1/32"]);
  });

  test("what is refused is told in calicoctl's words", async () => {
    expect(await patch("-p", '{"spec":{"nets":["x"]}}')).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^failed to patch 'NetworkSet' resource: \[error with field spec.nets\[0\] \(must be /,
      ),
    });
    expect(await patch("-p", '{"spec":{"nest":[]}}')).toMatchObject({
      code: 1,
      err: expect.stringContaining("field in document is not recognized or is in the wrong location: spec.nest"),
    });
    expect(await patch("-p", "nonsense")).toEqual(failed("the patch must be JSON or YAML, got nonsense"));
    expect(await patch("-p", "{ [")).toEqual(failed("the patch must be JSON or YAML, got { ["));
    expect(await patch("-p", "{}", "-t", "merg")).toEqual(
      failed("--type must be strategic, json or merge, got merg; did you mean merge?", 2),
    );
    expect(await percale("patch", "networkset", "none", "-p", "{}")).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^failed to patch 'NetworkSet' resource: \[resource does not exist: NetworkSet\(default\/none\) with error: /,
      ),
    });
    expect(await percale("patch", "networksets", "-p", "{}")).toEqual(
      failed("name one object: KIND NAME, or KIND/NAME", 2),
    );
    expect(await percale("patch", "tiers,np", "x", "-p", "{}")).toMatchObject({ code: 2 });
  });
});

describe("label", () => {
  test("sets, updates and removes one, and says which", async () => {
    await percale("create", "-f", file("l.yaml", set("l")));
    const label = (...argv: readonly string[]): Promise<Ran> => percale("label", "netset", "l", ...argv);
    const labels = async () => (await stored("l")).metadata.labels;
    expect(await label("a=1")).toEqual(ok("Successfully set label a on NetworkSet l\n"));
    expect(await label("a=1")).toEqual(ok("Successfully updated label a on NetworkSet l\n"));
    expect(await label("a=2")).toEqual(
      failed(
        "failed to update label of NetworkSet l, key a is already present. please use '--overwrite' to set a new value",
      ),
    );
    expect(await labels()).toEqual({ a: "1" });
    expect(await label("a=2", "--overwrite")).toEqual(ok("Successfully updated label a on NetworkSet l\n"));
    expect(await label("b=")).toEqual(ok("Successfully set label b on NetworkSet l\n"));
    expect(await labels()).toEqual({ a: "2", b: "" });
    expect(await label("a", "--remove")).toEqual(ok("Successfully removed label a from NetworkSet l\n"));
    expect(await label("a", "--remove")).toEqual(failed("cannot remove label of NetworkSet l, key a does not exist"));
    expect(await labels()).toEqual({ b: "" });
    for (const wrong of ["a", "=1", "a=b=c"]) expect(await label(wrong)).toEqual(failed(`invalid label ${wrong}`));
    expect(await label("a=1", "--remove")).toEqual(
      failed("invalid label a=1: with --remove it is the key alone, such as a"),
    );
    expect(await label("a/b/c=1")).toMatchObject({
      code: 1,
      err: expect.stringContaining("error with field metadata.labels"),
    });
    expect(await percale("label", "netset", "none", "a=1")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^resource does not exist: /),
    });
  });
});

describe("validate", () => {
  const nobody = (...argv: readonly string[]): Promise<Ran> =>
    run(readConfig({ PERCALE_SERVER: "https://127.0.0.1:1" }), ...argv);

  test("asks no server, and finds what one would find without looking at what it holds", async () => {
    const good = file("good.yaml", `${set("a")}---\n${set("b")}`);
    expect(await nobody("validate", "-f", good)).toEqual(ok("Successfully validated 2 'NetworkSet' resource(s)\n"));
    const bad = file("bad.yaml", `${set("a", "", "x")}---\n${set("b")}---\n${set("C")}`);
    expect(await nobody("validate", "-f", bad)).toEqual({
      code: 1,
      out: "Partial success: validated the first 1 out of 3 'NetworkSet' resources:\n",
      err: expect.stringMatching(
        /^hit error: \[.*bad.yaml:4:16: error with field spec.nets\[0\] = 'x' \(must be .*\), .*bad.yaml:13:13: error with field metadata.name = 'C' \(/,
      ),
    });
    expect(await nobody("validate", "-f", file("odd.yaml", set("a").replace("nets", "nest")))).toEqual(
      failed(
        `failed to validate 'NetworkSet' resource: [${join(api.dataDir, "files/odd.yaml")}:4:9: field in document is not recognized or is in the wrong location: spec.nest]`,
      ),
    );
    const read = file("read.yaml", set("a", ', resourceVersion: "5"'));
    expect(await nobody("validate", "-f", read)).toMatchObject({ code: 0 });
    const made = file("made.yaml", set("a").replace("name: a", "generateName: a-"));
    expect(await nobody("validate", "-f", made)).toMatchObject({ code: 0 });
    expect(await nobody("validate")).toEqual(failed("name files with -f: a file, a folder, or - for stdin", 2));
  });
});

describe("files", () => {
  test("a folder's objects, and those of folders in it where it is asked for", async () => {
    file("deep/one.yaml", set("one", ", namespace: folders"));
    const folder = join(api.dataDir, "files/deep");
    mkdirSync(join(folder, "er"), { recursive: true });
    file(
      "deep/er/two.json",
      JSON.stringify({
        apiVersion: "projectcalico.org/v3",
        kind: "NetworkSet",
        metadata: { name: "two", namespace: "folders" },
      }),
    );
    expect(await percale("create", "-f", folder)).toEqual(ok("Successfully created 1 'NetworkSet' resource(s)\n"));
    expect(await percale("apply", "-f", folder, "-R")).toEqual(ok("Successfully applied 2 'NetworkSet' resource(s)\n"));
    expect(await percale("get", "-f", folder, "-R", "-o", "name")).toEqual(ok("networksets/two\nnetworksets/one\n"));
    expect(JSON.parse((await percale("get", "-f", folder, "-R", "-o", "json")).out)).toMatchObject([
      { metadata: { name: "two" } },
      { metadata: { name: "one" } },
    ]);
    expect(await percale("delete", "-f", folder, "-R")).toEqual(
      ok("Successfully deleted 2 'NetworkSet' resource(s)\n"),
    );
  });

  test("what exists may be fine to create; what holds no object may be fine to apply", async () => {
    const path = file("twice.yaml", set("twice"));
    expect(await percale("create", "-f", path)).toMatchObject({ code: 0 });
    expect(await percale("create", "-f", path)).toMatchObject({ code: 1 });
    expect(await percale("create", "-f", path, "--skip-exists")).toEqual(
      ok("Successfully created 1 'NetworkSet' resource(s)\n"),
    );
    const empty = file("empty.yaml", "# nothing\n");
    expect(await percale("apply", "-f", empty)).toEqual(
      failed(`failed to execute command: no resources specified in file ${empty}`),
    );
    expect(await percale("apply", "-f", empty, "--skip-empty")).toEqual(ok("No resources specified\n"));
    expect(await percale("get", "-f", empty, "--skip-empty")).toEqual(ok("No resources specified\n"));
  });

  test("nothing is written when a document cannot be read", async () => {
    const path = file("half.yaml", `${set("half")}---\n${set("other").replace("NetworkSet", "NetworkSte")}`);
    expect(await percale("apply", "-f", path)).toEqual(
      failed(
        `failed to execute command: ${path}:7:1: unknown resource type (NetworkSte) and/or version (projectcalico.org/v3)`,
      ),
    );
    expect(await stored("half")).toEqual({});
    expect(await percale("delete", "-f", path)).toMatchObject({ code: 1 });
  });

  test("what was read can be applied again, and must then be the newest", async () => {
    await percale("apply", "-f", file("round.yaml", set("round")));
    const text = (await percale("get", "netset", "round", "-o", "yaml")).out;
    expect(await percale("apply", "-f", file("read.yaml", text))).toMatchObject({ code: 0 });
    await percale("apply", "-f", file("round.yaml", set("round", "", "10.0.0.9/32")));
    expect(await percale("apply", "-f", file("read.yaml", text))).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^failed to apply 'NetworkSet' resource: \[update conflict: NetworkSet\(default\/round\): /,
      ),
    });
    await percale("delete", "netset", "round");
    expect(await percale("apply", "-f", file("read.yaml", text))).toMatchObject({ code: 0 });
    expect((await stored("round")).spec.nets).toEqual(["10.0.0.1/32"]);
  });

  test("what only the system writes is refused here, and what Kubernetes' own policies are called", async () => {
    const info = "apiVersion: projectcalico.org/v3\nkind: ClusterInformation\nmetadata: { name: default }\nspec: {}\n";
    expect(await percale("apply", "-f", file("info.yaml", info))).toEqual(
      failed(
        "failed to apply 'ClusterInformation' resource: [operation apply is not supported on ClusterInformation: resource is readonly]",
      ),
    );
    expect(await percale("delete", "clusterinfo", "default")).toEqual(
      failed(
        "Failed to delete 'ClusterInformation' resource: operation delete is not supported on ClusterInformation: resource is readonly",
      ),
    );
    const knp = "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: { name: knp.default.a }\n";
    expect(await percale("create", "-f", file("knp.yaml", knp))).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        "operation create is not supported on NetworkPolicy(default/knp.default.a): kubernetes network policies",
      ),
    });
  });
});

test("get -w goes on with every change, watch says what happened too, and both end with the server's words", async () => {
  for (const argv of [
    ["get", "netset", "-w"],
    ["watch", "netset"],
  ])
    expect(await percale(...argv, "-l", "a in (")).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("a in ("),
    });
  expect(await percale("watch")).toEqual(failed("name a kind (percale watch tiers), or files with -f", 2));
  expect(await percale("watch", "--watch")).toMatchObject({
    code: 2,
    err: expect.stringContaining("unknown option '--watch'"),
  });
});

test("help names the first steps, and commands by what they are for", async () => {
  const { out } = await percale("--help");
  expect(out.match(/^\w[\w ]*:$/gm)).toEqual([
    "Options:",
    "Objects:",
    "Changes:",
    "Questions:",
    "This machine:",
    "Commands:",
    "First steps:",
  ]);
  expect((await percale("get", "--help")).out).toContain("Examples:\n  percale get tiers ");
});

describe("every command", () => {
  test("takes where the server is before it and behind it, and shows requests where it is asked to", async () => {
    const nobody = (...argv: readonly string[]): Promise<Ran> =>
      run(readConfig({ HOME: "/none", PERCALE_ROOT: "/none" }), ...argv);
    const reach = ["--kubeconfig", api.kubeconfig];
    expect(await nobody(...reach, "get", "tier", "default", "-o", "name")).toEqual(ok("tiers/default\n"));
    expect(await nobody("get", "tier", "default", "-o", "name", ...reach)).toEqual(ok("tiers/default\n"));
    const debug =
      /^debug: GET \/apis\/projectcalico.org\/v3\/clusterinformations\/default 200 in \d+ ms\ndebug: GET .*\/tiers\/default 200 in \d+ ms\n$/;
    for (const argv of [
      ["-l", "debug", "get"],
      ["get", "-l", "debug"],
      ["get", "--log-level", "debug"],
    ])
      expect(await nobody(...argv, "tier", "default", "-o", "name", ...reach)).toEqual({
        code: 0,
        out: "tiers/default\n",
        err: expect.stringMatching(debug),
      });
    expect(await nobody("-l", "loud", "whoami", ...reach)).toMatchObject({ code: 2 });
    expect(await nobody("whoami", "--config", "/none/x")).toEqual({
      code: 1,
      out: "Error reading config file: /none/x\n",
      err: "",
    });
    expect(await nobody("whoami", "--server", "nonsense")).toEqual(
      failed("the server must be an address such as https://127.0.0.1:5443, got nonsense"),
    );
  });

  test("holds back where the cluster is of another version, unless that is fine", async () => {
    const { store } = api.api;
    const ref = { kind: "ClusterInformation", name: "default" };
    const info = (await store.get(ref))!;
    const become = async (calicoVersion: string): Promise<void> => {
      const { metadata } = (await store.get(ref))!;
      const spec = { ...(info.spec as object), calicoVersion };
      await store.apply({ changes: [{ op: "update", object: { ...info, metadata, spec } }], author: "test" });
    };
    const own = (info.spec as { readonly calicoVersion: string }).calicoVersion;
    await become("v9.8.7");
    expect(await percale("get", "tiers")).toEqual(
      failed(
        `Version mismatch.\nClient Version:   ${own}\nCluster Version:  v9.8.7\nUse --allow-version-mismatch to override.`,
      ),
    );
    expect(await percale("get", "tiers", "--allow-version-mismatch")).toMatchObject({ code: 0 });
    expect((await percale("version")).out).toContain("Cluster Version:   v9.8.7\n");
    await become(`v${own}-3-gabc`);
    expect(await percale("get", "tiers")).toMatchObject({ code: 0 });
    await become("");
    expect(await percale("get", "tiers")).toMatchObject({ code: 0 });
    expect((await percale("version")).out).toContain("Cluster Version:   unknown\n");
    await become(own);
  });
});

test("of a word that is no kind it is told once which there are, and no question is one of them", async () => {
  const { code, err } = await percale("get", "pods");
  const kinds = /^resource type 'pods' is not supported; there are (.*)\n$/.exec(err)?.[1]?.split(", ") ?? [];
  expect(code).toBe(2);
  expect(kinds).toEqual([...new Set(kinds)]);
  expect(kinds).toEqual(expect.arrayContaining(["nodes", "workloadendpoints", "tiers"]));
  expect(kinds.filter((kind) => kind.endsWith("reviews"))).toEqual([]);
});
