import { execFile, execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { resourceDefinitions } from "@percale/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi } from "./testdata/test-api.ts";
import type { TestApi } from "./testdata/test-api.ts";

/** Older ones read OpenAPI v2 only, which tells next to nothing here. */
const OLDEST_MINOR = 27;
/** Of any version: the newest and the oldest are tried by hand. */
const KUBECTL = process.env["PERCALE_KUBECTL"] ?? "kubectl";
const reason = kubectlFault();
const POLICY = `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  order: 10
  selector: role == 'web'
  ingress:
    - { action: Allow, protocol: TCP, destination: { ports: [80] } }
`;

describe.skipIf(reason !== undefined)(`kubectl${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let server: TestApi;
  beforeAll(async () => {
    server = await startTestApi();
  });
  afterAll(() => server.stop());

  interface Run {
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }

  function kubectl(args: readonly string[], input?: string, env: Record<string, string> = {}): Promise<Run> {
    const { promise, resolve } = Promise.withResolvers<Run>();
    const options = { env: { ...process.env, ...env, KUBECONFIG: server.kubeconfig, HOME: server.dataDir } };
    const child = execFile(KUBECTL, args, options, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, out, err });
    });
    child.stdin?.end(input ?? "");
    return promise;
  }

  test("api-resources names the public kinds with their short names", async () => {
    const { out } = await kubectl(["api-resources", "--api-group=projectcalico.org", "--no-headers"]);
    expect(out).toMatch(/^networkpolicies +cnp,\S+ +projectcalico.org\/v3 +true +NetworkPolicy$/m);
    expect(out).toMatch(/^tiers +projectcalico.org\/v3 +false +Tier$/m);
    expect(out).not.toContain("WorkloadEndpoint");
  });

  test("get shows the kind's own columns", async () => {
    const { out } = await kubectl(["get", "tiers"]);
    expect(out.split("\n")[0]).toMatch(/^NAME +ORDER +DEFAULTACTION +STATUS$/);
    expect(out).toMatch(/^kube-admin +1000 +Pass/m);
  });

  test("explain teaches fields from the schema", async () => {
    const { out } = await kubectl(["explain", "networkpolicy.spec.ingress.action"]);
    expect(out).toContain("FIELD: action <string>");
    expect(out).toMatch(/ENUM:\s+Allow\s+Deny\s+Log\s+Pass/);
  });

  test("the examples of every kind apply from their folder, twice; each kind is explained and listed", async () => {
    const folder = resolve(import.meta.dirname, "../../../docs/examples");
    const applied = await kubectl(["apply", "-f", folder]);
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.out).toContain("networkpolicy.networking.k8s.io/test-network-policy created");
    expect(applied.out).toContain("serviceaccount/api created");
    const again = await kubectl(["apply", "-f", folder]);
    expect(again.out).not.toContain(" created");
    // Durations are kept in one spelling, so kubectl sends those again.
    const changed = [...again.out.matchAll(/^(\w+)\S* configured$/gm)].map(([, kind]) => kind);
    expect(changed).toEqual([
      "bfdconfiguration",
      "bgpconfiguration",
      "felixconfiguration",
      "kubecontrollersconfiguration",
    ]);
    const onServer = await kubectl(["apply", "--server-side", "--force-conflicts", "-f", folder]);
    expect(onServer).toMatchObject({ code: 0 });
    expect(onServer.out).toContain("networkpolicy.networking.k8s.io/test-network-policy serverside-applied");
    const kinds = resourceDefinitions.filter(({ internal }) => !internal);
    const runs = kinds.map(async ({ kind, servedPlural, apiVersion, flat, group }) => {
      const fields = flat ? "" : ".spec";
      const explained = await kubectl(["explain", `${servedPlural}${fields}`, `--api-version=${apiVersion}`]);
      const listed = await kubectl(["get", group === "" ? servedPlural : `${servedPlural}.${group}`, "-A"]);
      return {
        kind,
        codes: [explained.code, listed.code],
        err: explained.err,
        says: explained.out.includes("DESCRIPTION:"),
      };
    });
    expect(await Promise.all(runs)).toEqual(kinds.map(({ kind }) => ({ kind, codes: [0, 0], err: "", says: true })));
    const { out } = await kubectl(["get", "netpol", "-n", "production"]);
    expect(out).toMatch(/^NAME +POD-SELECTOR +AGE\ntest-network-policy +role=db /);
    expect((await kubectl(["get", "svc,endpointslices", "-n", "production"])).out).toMatch(
      /service\/web +ClusterIP +None +<none> +80\/TCP,9100\/TCP[^]*web-abc12 +IPv4 +8080 +10\.244\.0\.5/,
    );
    expect((await kubectl(["delete", "-f", folder, "--ignore-not-found"])).err).not.toContain("panic");
  }, 120_000);

  test("apply creates, leaves alone, diffs and configures", async () => {
    expect(await kubectl(["apply", "-f", "-"], POLICY)).toMatchObject({
      code: 0,
      out: expect.stringContaining("created"),
    });
    expect((await kubectl(["apply", "-f", "-"], POLICY)).out).toContain("unchanged");
    const other = POLICY.replace("order: 10", "order: 20");
    const diff = await kubectl(["diff", "-f", "-"], other);
    expect(diff).toMatchObject({ code: 1, out: expect.stringContaining("+  order: 20") });
    expect((await kubectl(["apply", "-f", "-"], other)).out).toContain("configured");
    expect((await kubectl(["get", "cnp", "web", "-n", "shop", "-o", "jsonpath={.spec.order}"])).out).toBe("20");
  });

  test("label, annotate, patch and edit write one field each", async () => {
    const web = ["cnp", "web", "-n", "shop"];
    expect((await kubectl(["label", ...web, "team=a"])).out).toContain("labeled");
    expect((await kubectl(["annotate", ...web, "note=hi"])).out).toContain("annotated");
    expect((await kubectl(["patch", ...web, "--type=merge", "-p", '{"spec":{"order":30}}'])).out).toContain("patched");
    const operation = '[{"op":"replace","path":"/spec/order","value":40}]';
    expect((await kubectl(["patch", ...web, "--type=json", "-p", operation])).out).toContain("patched");
    const edited = await kubectl(["edit", ...web], undefined, { EDITOR: "sed -i 's/order: 40/order: 50/'" });
    expect(edited.out).toContain("edited");
    const wait = ["wait", "cnp/web", "-n", "shop", "--for=jsonpath={.spec.order}=50", "--timeout=10s"];
    expect((await kubectl(wait)).out).toContain("condition met");
    const { out } = await kubectl(["describe", ...web]);
    expect(out).toContain("team=a");
    expect(out).toContain("Order:       50");
  });

  test("auth can-i asks and is answered", async () => {
    expect((await kubectl(["auth", "can-i", "create", "networkpolicies.projectcalico.org"])).out.trim()).toBe("yes");
    expect((await kubectl(["auth", "can-i", "create", "pods"])).out).toMatch(/^no/);
  });

  test.each([
    ["a kind that is not served", "projectcalico.org/v3"],
    ["a group that is not served", "example.org/v1"],
  ])("%s is told in words, in every verb", async (_, apiVersion) => {
    const gizmo = `{"apiVersion":"${apiVersion}","kind":"Gizmo","metadata":{"name":"g","namespace":"shop"}}`;
    for (const verb of ["apply", "create", "replace", "delete", "get"]) {
      const { code, err } = await kubectl([verb, "-f", "-"], gizmo);
      expect({ verb, code, err }).toEqual({ verb, code: 1, err: expect.stringMatching(/no matches for kind "Gizmo"/) });
      expect(err).not.toMatch(/proto|[^\x20-\x7e\n]/);
    }
    const { err } = await kubectl(["explain", "gizmos"]);
    expect(err).toMatch(/doesn't have a resource type "gizmos"|couldn't find resource/);
  });

  test("the old OpenAPI form, asked for by old clients, is one they can read", async () => {
    const { code, out } = await kubectl(["explain", "tier.spec.order", "--output=plaintext-openapiv2"]);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("FIELD:    order") });
  });

  test("a strategic merge patch is refused with what to send", async () => {
    const { code, err } = await kubectl(["patch", "cnp", "web", "-n", "shop", "-p", '{"spec":{"order":1}}']);
    expect(code).toBe(1);
    expect(err).toContain("application/merge-patch+json");
  });

  test("apply --server-side creates, names the owner of what it would change, and takes it by force", async () => {
    const apply = (policy: string, ...flags: string[]) =>
      kubectl(["apply", "--server-side", ...flags, "-f", "-"], policy.replace("name: web", "name: ssa"));
    expect(await apply(POLICY)).toMatchObject({ code: 0, out: expect.stringContaining("serverside-applied") });
    await kubectl(["patch", "cnp", "ssa", "-n", "shop", "--type=merge", "-p", '{"spec":{"order":11}}']);
    const refused = await apply(POLICY);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('conflict with "kubectl-patch"') });
    expect(refused.err).toContain(".spec.order");
    expect((await apply(POLICY, "--force-conflicts")).out).toContain("serverside-applied");
    const { out } = await kubectl(["get", "cnp", "ssa", "-n", "shop", "-o", "yaml", "--show-managed-fields"]);
    expect(out).toMatch(/manager: kubectl\n {4}operation: Apply/);
    expect((await kubectl(["get", "cnp", "ssa", "-n", "shop", "-o", "yaml"])).out).not.toContain("managedFields");
    expect(
      (await apply(POLICY.replace("order: 10\n", "selector: all()\n").replace("  selector: role == 'web'\n", ""))).code,
    ).toBe(0);
    expect((await kubectl(["get", "cnp", "ssa", "-n", "shop", "-o", "jsonpath={.spec.order}"])).out).toBe("");
  });

  test("what client-side apply made is server-side apply's to go on with, and the way back stays", async () => {
    const mine = POLICY.replace("name: web", "name: migrated");
    await kubectl(["apply", "-f", "-"], mine);
    const seen = await kubectl(["apply", "view-last-applied", "cnp", "migrated", "-n", "shop"]);
    expect(seen.out).toContain("order: 10");
    const changed = mine.replace("order: 10", "order: 20");
    expect(await kubectl(["apply", "--server-side", "-f", "-"], changed)).toMatchObject({
      code: 0,
      out: expect.stringContaining("serverside-applied"),
    });
    const { out } = await kubectl(["get", "cnp", "migrated", "-n", "shop", "-o", "json", "--show-managed-fields"]);
    const { metadata } = JSON.parse(out) as { metadata: { managedFields: { manager: string; operation: string }[] } };
    expect(metadata.managedFields.map(({ manager, operation }) => `${operation} ${manager}`)).toEqual([
      "Apply kubectl",
      "Apply kubectl-last-applied", // kubectl's own, so that client-side apply can go on
    ]);
    expect((await kubectl(["apply", "view-last-applied", "cnp", "migrated", "-n", "shop"])).out).toContain("order: 20");
    expect((await kubectl(["apply", "-f", "-"], changed)).out).toMatch(/unchanged|configured/);
    expect((await kubectl(["diff", "--server-side", "-f", "-"], mine)).code).toBe(1);
  });

  test("create, replace, page, prune and delete by label, each as its verb says", async () => {
    const set = (name: string, net: string) =>
      `apiVersion: projectcalico.org/v3\nkind: NetworkSet\nmetadata: { name: ${name}, namespace: verbs, labels: { of: verbs } }\nspec: { nets: [${net}] }\n`;
    const netsOf = async (name: string) =>
      (await kubectl(["get", "netsets", name, "-n", "verbs", "-o", "jsonpath={.spec.nets}"])).out;
    expect((await kubectl(["create", "-f", "-"], set("a", "10.0.0.1"))).out).toContain("created");
    expect((await kubectl(["create", "-f", "-"], set("a", "10.0.0.1"))).err).toContain("already exists");
    expect((await kubectl(["replace", "-f", "-"], set("a", "10.0.0.2"))).out).toContain("replaced");
    expect((await kubectl(["replace", "--force", "-f", "-"], set("a", "10.0.0.3"))).out).toContain("replaced");
    expect(await netsOf("a")).toBe('["10.0.0.3"]');
    const all = [set("a", "10.0.0.3"), set("b", "10.0.0.4"), set("c", "10.0.0.5")].join("---\n");
    await kubectl(["apply", "-f", "-"], all);
    const paged = await kubectl(["get", "netsets", "-n", "verbs", "--chunk-size=1", "-o", "name"]);
    expect(paged.out.trim().split("\n")).toHaveLength(3);
    const prune = ["apply", "--prune", "-l", "of=verbs", "-n", "verbs"];
    const allowed = ["--prune-allowlist=projectcalico.org/v3/NetworkSet", "-f", "-"];
    const pruned = await kubectl([...prune, ...allowed], [set("a", "10.0.0.3"), set("b", "10.0.0.4")].join("---\n"));
    expect(pruned.out).toContain("networkset.projectcalico.org/c pruned");
    const dry = ["delete", "netsets", "-l", "of=verbs", "-n", "verbs", "--dry-run=server"];
    expect((await kubectl(dry)).out).toContain("(server dry run)");
    expect(await netsOf("b")).toBe('["10.0.0.4"]');
    const gone = await kubectl(["delete", "netsets", "-l", "of=verbs", "-n", "verbs", "--cascade=foreground"]);
    expect(gone.out).toMatch(/"a".* deleted[\s\S]*"b".* deleted/);
    expect((await kubectl(["delete", "netsets", "--all", "-n", "verbs"])).out).toContain("No resources found");
  });

  test("Kubernetes' own kinds are applied, patched strategically and explained as anywhere", async () => {
    const service =
      "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: own }\nspec:\n  ports: [{ name: a, port: 80 }]\n";
    expect((await kubectl(["apply", "-f", "-"], service)).out).toContain("service/web created");
    const patch = '{"spec":{"ports":[{"name":"b","port":81}]}}';
    expect((await kubectl(["patch", "svc", "web", "-n", "own", "-p", patch])).out).toContain("patched");
    const ports = ["get", "svc", "web", "-n", "own", "-o", "jsonpath={.spec.ports[*].port}"];
    expect((await kubectl(ports)).out.split(" ").toSorted()).toEqual(["80", "81"]);
    expect((await kubectl(["apply", "-f", "-"], service)).code).toBe(0);
    const policy =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: deny, namespace: own }\nspec: { podSelector: {} }\n";
    expect((await kubectl(["apply", "--server-side", "-f", "-"], policy)).out).toContain("serverside-applied");
    expect((await kubectl(["get", "netpol", "-n", "own", "-o", "name"])).out).toBe(
      "networkpolicy.networking.k8s.io/deny\n",
    );
    expect((await kubectl(["api-versions"])).out).toContain("networking.k8s.io/v1\n");
  });

  test("get -w prints a row for each change", async () => {
    const args = ["get", "cnp", "-n", "shop", "-w", "--no-headers"];
    const watch = spawn(KUBECTL, args, { env: { ...process.env, KUBECONFIG: server.kubeconfig } });
    const { promise, resolve } = Promise.withResolvers<void>();
    let seen = "";
    let asked = false;
    watch.stdout.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      if (!asked) {
        asked = true;
        void kubectl(["patch", "cnp", "web", "-n", "shop", "--type=merge", "-p", '{"spec":{"order":60}}']);
      }
      if (/web +default +60/.test(seen)) resolve();
    });
    await promise;
    watch.kill();
  });

  test("the output forms yaml, json, wide and name", async () => {
    const get = ["get", "cnp", "web", "-n", "shop", "-o"];
    expect((await kubectl([...get, "yaml"])).out).toContain("kind: NetworkPolicy");
    expect((JSON.parse((await kubectl([...get, "json"])).out) as { kind: string }).kind).toBe("NetworkPolicy");
    expect((await kubectl([...get, "name"])).out.trim()).toBe("networkpolicy.projectcalico.org/web");
    expect((await kubectl([...get, "wide"])).out).toMatch(/web +default +60/);
  });

  test("faults name the field, the value and what is asked", async () => {
    const unknown = await kubectl(["apply", "-f", "-"], POLICY.replace("order:", "ordr:").replace("web,", "new,"));
    expect(unknown.err).toContain('unknown field "spec.ordr"');
    const selector = await kubectl(["apply", "-f", "-"], POLICY.replace("role ==", "role ===").replace("web,", "new,"));
    expect(selector.err).toMatch(/spec\.selector: .*offset 7/);
    const path = join(server.dataDir, "broken.yaml");
    writeFileSync(path, "apiVersion: projectcalico.org/v3\nkind: [");
    expect((await kubectl(["apply", "-f", path])).code).toBe(1);
  });

  test("namespaces are made, labelled, explained and selected like any object", async () => {
    expect((await kubectl(["create", "namespace", "made"])).out).toContain("namespace/made created");
    expect((await kubectl(["create", "namespace", "made"])).err).toContain('namespaces "made" already exists');
    const within = (...args: readonly string[]) => kubectl(["create", ...args, "-n", "made"]);
    expect((await within("serviceaccount", "api")).out).toContain("serviceaccount/api created");
    expect((await within("service", "clusterip", "web", "--tcp=80:8080")).out).toContain("service/web created");
    const target = ["get", "svc", "web", "-n", "made", "-o", "jsonpath={.spec.ports[0].targetPort}"];
    expect((await kubectl(target)).out).toBe("8080");
    expect((await kubectl(["label", "ns", "made", "team=a"])).out).toContain("labeled");
    const listed = await kubectl(["get", "ns", "-l", "team=a", "--no-headers"]);
    expect(listed.out).toMatch(/^made +Active +\S+\n$/);
    expect((await kubectl(["get", "ns", "made", "-o", "yaml"])).out).toMatch(/^apiVersion: v1\nkind: Namespace$/m);
    expect((await kubectl(["explain", "namespace"])).out).toContain("deleting it deletes what is in it");
    const manifest = "apiVersion: v1\nkind: Namespace\nmetadata: { name: made, labels: { team: b } }\n";
    expect((await kubectl(["apply", "-f", "-"], manifest)).out).toContain("namespace/made configured");
  });

  test("deleting a namespace waits until all in it is gone", async () => {
    await kubectl(["apply", "-f", "-"], POLICY.replace("namespace: shop", "namespace: doomed"));
    expect((await kubectl(["get", "ns", "doomed", "-o", "name"])).out.trim()).toBe("namespace/doomed");
    expect((await kubectl(["delete", "ns", "doomed", "--timeout=20s"])).out).toContain('namespace "doomed" deleted');
    expect((await kubectl(["get", "cnp", "-n", "doomed"])).err).toContain("No resources found");
    expect((await kubectl(["delete", "ns", "default"])).err).toContain("this namespace may not be deleted");
  });

  test("pools and tiers say on which condition one can wait", async () => {
    const pool = "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: { name: p }\nspec: { cidr: 10.9.0.0/24 }\n";
    await kubectl(["apply", "-f", "-"], pool);
    const wait = (what: string, condition: string) =>
      kubectl(["wait", what, `--for=condition=${condition}`, "--timeout=10s"]);
    expect((await wait("ippool/p", "Allocatable")).out).toContain("condition met");
    expect((await wait("tier/default", "Ready")).out).toContain("condition met");
    await kubectl(["patch", "ippool", "p", "--type=merge", "-p", '{"spec":{"disabled":true}}']);
    expect((await wait("ippool/p", "Allocatable=false")).out).toContain("condition met");
    expect((await kubectl(["get", "ippool", "p"])).out).toMatch(/^p +10\.9\.0\.0\/24 .* False /m);
    expect((await kubectl(["delete", "ippool", "p", "--timeout=10s"])).out).toContain("deleted");
  });

  test("delete removes, and a second delete says not found", async () => {
    expect((await kubectl(["delete", "cnp", "web", "-n", "shop"])).out).toContain("deleted");
    const again = await kubectl(["delete", "cnp", "web", "-n", "shop"]);
    expect(again.err).toContain('networkpolicies.projectcalico.org "web" not found');
  });
});

function kubectlFault(): string | undefined {
  try {
    const text = execFileSync(KUBECTL, ["version", "--client", "-o", "json"], { encoding: "utf8" });
    const { gitVersion } = (JSON.parse(text) as { clientVersion: { gitVersion: string } }).clientVersion;
    const minor = Number(/^v1\.(\d+)/.exec(gitVersion)?.[1]);
    return minor >= OLDEST_MINOR ? undefined : `kubectl ${gitVersion} is older than v1.${OLDEST_MINOR}`;
  } catch {
    return "kubectl is not installed";
  }
}
