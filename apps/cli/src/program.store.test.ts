import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { VERSION } from "@percale/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "./config.ts";
import { run } from "./testdata/run.ts";
import type { Ran } from "./testdata/run.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startAnyApi();
  const changes = [endpoint("web", "10.1.0.1", 80), endpoint("db", "10.1.0.2", 5432)];
  const body = { changes: changes.map((object) => ({ op: "create", object })) };
  expect((await api.call("/changesets/v1", { method: "POST", body })).code).toBe(200);
  const set = (name: string, namespace: string, nets: string): string => `
kind: NetworkSet
apiVersion: projectcalico.org/v3
metadata: { name: ${name}, namespace: ${namespace}, labels: { in: ${namespace} } }
spec: { nets: [${nets}] }
`;
  const all = [set("a", "default", "10.0.0.1/32"), set("b", "default", "10.0.0.2/32"), set("c", "shop", "10.0.0.3/32")];
  expect(await percale("create", "-f", file(all.join("---")))).toMatchObject({ code: 0 });
});
afterAll(() => api.stop());

const endpoint = (pod: string, address: string, port: number): object => ({
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
    ports: [
      { name: "dns", protocol: "UDP", port: 53 },
      { name: "main", protocol: "TCP", port },
    ],
  },
});

const percale = (...argv: readonly string[]): Promise<Ran> => run(readConfig({ PERCALE_DATA: api.dataDir }), ...argv);
const ok = (out: string): Ran => ({ code: 0, out, err: "" });
const failed = (code: number, err: unknown): Ran => ({
  code,
  out: "",
  err: typeof err === "string" ? `${err}\n` : (err as string),
});

let files = 0;
function file(text: string): string {
  const path = join(api.dataDir, `${++files}.yaml`);
  writeFileSync(path, text);
  return path;
}
const netset = (name: string, nets: string, more = ""): string =>
  file(
    `kind: NetworkSet\napiVersion: projectcalico.org/v3\nmetadata: { name: ${name}${more} }\nspec: { nets: [${nets}] }\n`,
  );

const byOrder = (a: string, b: string): number => Number(a.split(/ +/)[1]) - Number(b.split(/ +/)[1]);

describe("get", () => {
  test("names objects of the default namespace, of another one and of all", async () => {
    expect(await percale("get", "netsets", "-o", "name")).toEqual(ok("networksets/a\nnetworksets/b\n"));
    expect(await percale("get", "netset", "-n", "shop", "-o", "name")).toEqual(ok("networksets/c\n"));
    expect((await percale("get", "NetworkSet", "-A", "-o", "name")).out.split("\n")).toHaveLength(4);
    expect(await percale("get", "networksets", "b", "a", "-o", "name")).toEqual(ok("networksets/b\nnetworksets/a\n"));
    expect(await percale("get", "networksets", "-A", "-l", "in=shop", "-o", "name")).toEqual(ok("networksets/c\n"));
  });

  test("shows calicoctl's tables: one of each answer, with the namespace where it was asked for", async () => {
    expect(await percale("get", "networksets")).toEqual(ok("NAME\na\nb\n\n"));
    expect(await percale("get", "networksets", "b", "a")).toEqual(ok("NAME\nb\n\nNAME\na\n\n"));
    expect(await percale("get", "networksets", "-A")).toEqual(
      ok("NAMESPACE   NAME\ndefault     a\ndefault     b\nshop        c\n\n"),
    );
    expect(await percale("get", "networksets", "-n", "shop", "-o", "wide")).toEqual(
      ok("NAMESPACE   NAME   NETS\nshop        c      10.0.0.3/32\n\n"),
    );
    expect(await percale("get", "networksets", "-n", "empty")).toEqual(ok("NAMESPACE   NAME\n\n"));
    expect(await percale("get", "gnps", "-o", "wide")).toEqual(ok("NAME   TIER   ORDER   SELECTOR\n\n"));
    expect((await percale("get", "tiers")).out).toBe(
      "NAME            ORDER\ndefault         1000000\nkube-admin      1000\nkube-baseline   10000000\n\n"
        .split("\n")
        .toSorted(byOrder)
        .join("\n"),
    );
    expect((await percale("get", "namespaces")).out).toMatch(/^NAME +STATUS +AGE\n/);
  });

  test("several kinds and objects may be named at once", async () => {
    expect(await percale("get", "gnp,netsets", "-o", "name")).toEqual(ok("networksets/a\nnetworksets/b\n"));
    expect(await percale("get", "networksets/b", "networksets/a", "-o", "name")).toEqual(
      ok("networksets/b\nnetworksets/a\n"),
    );
    expect(await percale("get", "networksets.projectcalico.org", "a", "-o", "name")).toEqual(ok("networksets/a\n"));
  });

  test("what is missing is told after what was found", async () => {
    expect(await percale("get", "networksets", "a", "none", "b", "-o", "name")).toEqual({
      code: 1,
      out: "networksets/a\nnetworksets/b\n",
      err: 'resource does not exist: NetworkSet(default/none) with error: networksets.projectcalico.org "none" not found\n',
    });
  });

  test("templates, columns and paths show what is asked for", async () => {
    const out = async (...argv: string[]) => (await percale("get", "networksets", ...argv)).out;
    expect(await out("-o", "custom-columns=name,nets")).toBe("NAME   NETS\na      10.0.0.1/32\nb      10.0.0.2/32\n\n");
    expect(await out("-o", "custom-columns=WHO:.metadata.name,IN:.metadata.labels.in", "a")).toBe(
      "WHO   IN\na     default\n\n",
    );
    expect(await out("-o", "go-template={{range .}}{{range .Items}}{{.ObjectMeta.Name}};{{end}}{{end}}")).toBe("a;b;");
    expect(await out("-o", 'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}')).toBe("a\nb\n");
    expect(await out("a", "b", "-o", "jsonpath={.items[*].metadata.name}")).toBe("a b");
    expect(await percale("get", "netsets", "-o", "custom-columns=CIDR")).toEqual(
      failed(1, "unknown output column: CIDR; NetworkSet has NAME, NETS, and others are HEADING:.path.of.field"),
    );
  });

  test("--export leaves out what only this cluster knows, of those that are named", async () => {
    const { metadata } = JSON.parse((await percale("get", "netset", "a", "-o", "json", "--export")).out);
    expect(metadata).toStrictEqual({ name: "a", labels: { in: "default" } });
    const all = JSON.parse((await percale("get", "netset", "-o", "json", "--export")).out);
    expect(all.items[0].metadata).toHaveProperty("uid");
  });

  test("prints what is stored as YAML or JSON: one object, a list, or an array of those named", async () => {
    const path = "/apis/projectcalico.org/v3/namespaces/shop/networksets/c";
    const { body: whole } = await api.call(path);
    const { managedFields: _, ...metadata } = whole.metadata;
    const body = { ...whole, metadata };
    expect(JSON.parse((await percale("get", "networksets", "c", "-n", "shop", "-o", "json")).out)).toEqual(body);
    const { out } = await percale("get", "networksets", "c", "-n", "shop", "-o", "yml");
    expect(out).toMatch(/^apiVersion: projectcalico.org\/v3\nkind: NetworkSet\nmetadata:\n/);
    expect(JSON.parse((await percale("get", "networksets", "-n", "shop", "-o", "json")).out).items).toEqual([body]);
    expect(JSON.parse((await percale("get", "networksets", "a", "b", "-o", "json")).out)).toMatchObject([
      { metadata: { name: "a" } },
      { metadata: { name: "b" } },
    ]);
  });

  test("who owns which field is shown to whoever asks for it", async () => {
    const { metadata } = (await api.call("/apis/projectcalico.org/v3/namespaces/shop/networksets/c")).body;
    const shown = async (...more: string[]) =>
      JSON.parse((await percale("get", "networkset", "c", "-n", "shop", "-o", "json", ...more)).out).metadata;
    expect(metadata).toHaveProperty("managedFields");
    expect(await shown("--show-managed-fields")).toEqual(metadata);
    expect(await shown()).not.toHaveProperty("managedFields");
  });

  test("of several kinds only those in namespaces are asked for in one, or in all", async () => {
    const tiers = (await percale("get", "tiers", "-o", "name")).out;
    const names = (...argv: string[]) => percale("get", "tiers,networksets", "-o", "name", ...argv);
    expect(await names("-n", "shop")).toEqual(ok(`${tiers}networksets/c\n`));
    expect(await names("-A")).toEqual(ok(`${tiers}networksets/a\nnetworksets/b\nnetworksets/c\n`));
  });

  test.each<[string[], number, unknown]>([
    [["networksets", "-n", "shop", "-A"], 1, "-n and -A exclude each other"],
    [["tiers", "-n", "shop"], 1, "Tier is not namespaced"],
    [["tiers", "-A"], 1, "Tier is not namespaced"],
    [["networksets", "a", "-A"], 1, "a name needs one namespace: use -n, not -A"],
    [["networksets", "-o", "xml"], 2, expect.stringMatching(/^unrecognized output format 'xml': must be ps, wide, /)],
    [["networksets", ""], 2, "resource name may not be empty"],
    [[], 2, "name a kind (percale get tiers), or files with -f"],
  ])("%j is refused", async (argv, code, words) => {
    expect(await percale("get", ...argv)).toEqual(failed(code, words));
  });
});

describe("create, apply, replace and delete", () => {
  test("an object is created once, applied again and again, replaced only where it is", async () => {
    const path = netset("life", "10.0.0.9/32");
    expect(await percale("replace", "-f", path)).toMatchObject({ code: 1, out: "" });
    expect(await percale("create", "-f", path)).toEqual(ok("Successfully created 1 'NetworkSet' resource(s)\n"));
    expect(await percale("create", "-f", path)).toEqual(
      failed(1, "failed to create 'NetworkSet' resource: [resource already exists: NetworkSet(default/life)]"),
    );
    const nets = async () => JSON.parse((await percale("get", "networksets", "life", "-o", "json")).out).spec.nets;
    expect(await percale("apply", "-f", netset("life", "10.0.0.8/32"))).toEqual(
      ok("Successfully applied 1 'NetworkSet' resource(s)\n"),
    );
    expect(await nets()).toEqual(["10.0.0.8/32"]);
    expect(await percale("replace", "-f", netset("life", "10.0.0.7/32"), "--dry-run")).toEqual(
      ok("Successfully replaced 1 'NetworkSet' resource(s)\n"),
    );
    expect(await nets()).toEqual(["10.0.0.8/32"]);
    expect(await percale("replace", "-f", netset("life", "10.0.0.7/32"))).toMatchObject({ code: 0 });
    expect(await nets()).toEqual(["10.0.0.7/32"]);
    const stale = await percale("replace", "-f", netset("life", "10.0.0.6/32", ', resourceVersion: "1"'));
    expect(stale).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^failed to replace 'NetworkSet' resource: \[update conflict: NetworkSet\(default\/life\): /,
      ),
    });
    expect(await nets()).toEqual(["10.0.0.7/32"]);
    expect(await percale("delete", "-f", path)).toEqual(ok("Successfully deleted 1 'NetworkSet' resource(s)\n"));
    expect(await percale("delete", "-f", path)).toMatchObject({ code: 1 });
    expect(await percale("delete", "-f", path, "-s")).toMatchObject({ code: 0 });
  });

  test("apply makes what is missing; --dry-run does not", async () => {
    const path = netset("fresh", "10.0.0.9/32");
    const found = async () => (await percale("get", "networksets", "fresh", "-n", "made", "-o", "name")).code;
    expect((await percale("apply", "-f", path, "-n", "made", "--dry-run")).code).toBe(0);
    expect(await found()).toBe(1);
    expect((await percale("apply", "-f", path, "-n", "made")).code).toBe(0);
    expect(await found()).toBe(0);
    expect(await percale("delete", "networksets", "fresh", "-n", "made")).toEqual(
      ok("Successfully deleted 1 'NetworkSet' resource(s)\n"),
    );
  });

  test("a refusal is told at the end, and the others are written", async () => {
    const tier = "---\nkind: Tier\napiVersion: projectcalico.org/v3\nmetadata: { name: fine }\nspec: { order: 5 }\n";
    const bad =
      "kind: NetworkSet\napiVersion: projectcalico.org/v3\nmetadata: { name: bad }\nspec: { nets: [nonsense] }\n";
    const path = file(bad + tier);
    expect(await percale("apply", "-f", path)).toEqual({
      code: 1,
      out: "Partial success: applied the first 1 out of 2 resources:\n",
      err: `hit error: [${path}:4:16: error with field spec.nets[0] = 'nonsense' (must be a CIDR such as 10.0.0.0/8, or an IP address, got "nonsense")]\n`,
    });
    expect(await percale("delete", "tier", "fine")).toEqual(ok("Successfully deleted 1 'Tier' resource(s)\n"));
  });

  test("what is not there is a fault of a deletion unless it may be missing", async () => {
    const { code, err } = await percale("delete", "networksets", "none", "nil");
    expect([code, err.trim().split("\n")]).toEqual([
      1,
      ["none", "nil"].map(
        (name) =>
          `Failed to delete 'NetworkSet' resource: resource does not exist: NetworkSet(default/${name}) with error: networksets.projectcalico.org "${name}" not found`,
      ),
    ]);
    expect((await percale("delete", "networksets", "none", "-s")).code).toBe(0);
  });

  test.each([
    [["delete"], 2, "name a kind and objects, or a file with -f"],
    [["delete", "tiers"], 2, "name a kind and objects, or a file with -f"],
    [
      ["apply", "-f", "/nowhere.yaml"],
      1,
      "failed to execute command: cannot read /nowhere.yaml: ENOENT: no such file or directory, open '/nowhere.yaml'",
    ],
  ])("%j is refused", async (argv, code, words) => {
    expect(await percale(...argv)).toEqual(failed(code, words));
  });

  test("an object of another namespace than the one that is named is refused", async () => {
    const path = netset("x", "10.0.0.1/32", ", namespace: shop");
    expect(await percale("create", "-f", path, "-n", "default")).toEqual(
      failed(
        1,
        `failed to execute command: ${path}:3:22: resource namespace does not match client namespace. shop != default`,
      ),
    );
    expect(await percale("create", "-f", path, "-n", "shop", "--dry-run")).toMatchObject({ code: 0 });
  });

  test("what was dropped of an object is told on stderr; kubectl's words for it are understood", async () => {
    const odd = file("kind: Tier\napiVersion: projectcalico.org/v3\nmetadata: { name: odd }\nspec: { ordr: 5 }\n");
    const validate = (how: string) => percale("apply", "--dry-run", "-f", odd, `--validate=${how}`);
    expect(await validate("warn")).toMatchObject({ code: 0, err: 'Warning: Tier(odd): unknown field "spec.ordr"\n' });
    expect(await validate("false")).toMatchObject({ code: 0, err: "" });
    expect(await validate("true")).toMatchObject({ code: 1 });
    expect(await percale("apply", "--dry-run", "-f", odd)).toMatchObject({ code: 1 });
  });
});

describe("questions", () => {
  test("who one is, and which versions speak", async () => {
    expect(await percale("whoami")).toEqual(ok("admin (system:masters, system:authenticated)\n"));
    const client = `Client Version:    ${VERSION}\nGit commit:        unknown\n`;
    expect(await percale("version", "--client")).toEqual(ok(client));
    expect(await percale("version")).toEqual(
      ok(`${client}Cluster Version:   ${VERSION}\nCluster Type:      percale\n`),
    );
  });

  test("why one may reach another: to its first port of the protocol, or the one that is named", async () => {
    const { out } = await percale("why", "web", "shop/db");
    expect(out.replace(/revision \d+/, "revision R")).toMatchInlineSnapshot(`
      "allow: shop/n1-k8s-web-eth0 (10.1.0.1) → shop/n1-k8s-db-eth0 (10.1.0.2), TCP port 5432, at revision R
        leaving: allow. Allow: egress rule 1 of Profile projectcalico-default-allow
          profile projectcalico-default-allow allow  Profile/projectcalico-default-allow: rule 1 says Allow
        arriving: allow. Allow: ingress rule 1 of Profile projectcalico-default-allow
          profile projectcalico-default-allow allow  Profile/projectcalico-default-allow: rule 1 says Allow
      "
    `);
    expect((await percale("why", "web", "db", "--port", "80")).out).toContain("TCP port 80, at");
    expect((await percale("why", "web", "db", "--proto", "udp")).out).toContain("UDP port 53, at");
    expect((await percale("why", "web", "db", "--proto", "icmp")).out).toContain("(10.1.0.2), ICMP, at");
    expect((await percale("why", "web", "192.0.2.1")).out).toContain("→ 192.0.2.1, TCP, at");
    expect(await percale("why", "web", "db", "--port", "0")).toEqual(failed(2, "--port must be 1 to 65535, got 0"));
    expect(await percale("why", "web", "db", "--proto", "tpc")).toMatchObject({ code: 2 });
  });

  test("history, BGP and addresses", async () => {
    const history = (await percale("history", "--limit", "1")).out.split("\n");
    expect([history[0], history.length]).toEqual([
      expect.stringMatching(/^REVISION +WHEN +WHO +WHAT +REQUEST +REASON$/),
      3,
    ]);
    expect(await percale("history", "--limit", "0")).toEqual(
      failed(2, "--limit must be a whole number, 1 to 999999999, got 0"),
    );
    expect(await percale("bgp")).toEqual(ok("No BGP sessions: no node has joined.\n"));
    expect(await percale("bgp", "sessions", "-o", "json")).toEqual(ok("[]\n"));
    expect(await percale("ipam", "release", "--ip", "10.9.9.9")).toMatchObject({ code: 1, out: "" });
  });
});

test.each([
  [["--help"], 0, /^Usage: percale /, /^$/],
  [["nonsense"], 2, /^$/, /^error: unknown command 'nonsense'\n\nUsage: percale /],
  [["label"], 2, /^$/, /^error: missing required argument 'kind'\n\nUsage: percale label /],
  [["get", "--namespace"], 2, /^$/, /^error: option '-n, --namespace <namespace>' argument missing/],
  [["--kubeconfig", "/nowhere", "whoami"], 1, /^$/, /^no kubeconfig at \/nowhere; npm start writes it\n$/],
])("%j ends with %i", async (argv, code, out, err) => {
  expect(await percale(...argv)).toEqual({ code, out: expect.stringMatching(out), err: expect.stringMatching(err) });
});
