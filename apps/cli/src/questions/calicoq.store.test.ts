import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../config.ts";
import { run } from "../testdata/run.ts";
import type { Ran } from "../testdata/run.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startAnyApi();
  const objects = [
    endpoint("web-1", "n1", "web"),
    endpoint("db-0", "n2", "db"),
    object("GlobalNetworkPolicy", { name: "allow-dns" }, { order: 10, selector: "has(app)", types: ["Egress"] }),
    object("NetworkPolicy", { name: "web", namespace: "prod" }, { selector: "app == 'web'", types: ["Egress"] }),
    object(
      "NetworkPolicy",
      { name: "db", namespace: "prod" },
      {
        order: 500,
        selector: "app == 'db'",
        types: ["Ingress"],
        ingress: [{ action: "Allow", source: { selector: "app == 'web'" } }],
      },
    ),
    object("Profile", { name: "no-db" }, { ingress: [{ action: "Deny", source: { notSelector: "app == 'db'" } }] }),
  ];
  const body = { changes: objects.map((one) => ({ op: "create", object: one })) };
  expect((await api.call("/changesets/v1", { method: "POST", body })).code).toBe(200);
});
afterAll(() => api.stop());

const object = (kind: string, metadata: object, spec: object): object => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata,
  spec,
});
const endpoint = (pod: string, node: string, app: string): object =>
  object(
    "WorkloadEndpoint",
    { name: `${node}-k8s-${pod.replaceAll("-", "--")}-eth0`, namespace: "prod", labels: { app } },
    {
      orchestrator: "k8s",
      node,
      pod,
      endpoint: "eth0",
      interfaceName: `cali${pod}`,
      ipNetworks: [`10.0.0.${node.slice(1)}/32`],
      profiles: ["kns.prod"],
    },
  );

const calicoq = (...argv: readonly string[]): Promise<Ran> =>
  run(readConfig({ PERCALE_DATA: api.dataDir }), "query", ...argv);
const ok = (out: string): Ran => ({ code: 0, out, err: "" });

const NS = "projectcalico.org/namespace == 'prod'";

test("eval names whom a selector matches", async () => {
  expect(await calicoq("eval", "app == 'web'")).toEqual(
    ok("Endpoints matching selector app == 'web':\n  Workload endpoint n1/k8s/prod.web-1/eth0\n"),
  );
  expect(await calicoq("eval", "app ==")).toMatchObject({ code: 1, err: expect.stringMatching(/^selector: /) });
});

test("policy names the endpoints that it applies to, and those that its rules match", async () => {
  const applies = `Policy "prod/db" applies to these endpoints:
  Workload endpoint n2/k8s/prod.db-0/eth0; selector "(app == 'db') && ${NS}"
`;
  const matching = `
Endpoints matching Policy "prod/db" rules:
  Workload endpoint n1/k8s/prod.web-1/eth0
    inbound rule 1 source match; selector "(${NS}) && (app == 'web')"
`;
  expect(await calicoq("policy", "prod/db")).toEqual(ok(applies + matching));
  expect(await calicoq("policy", "networkpolicy/prod/db", "-r")).toEqual(ok(applies));
  expect((await calicoq("policy", "prod/db", "-s")).out).toBe((applies + matching).replaceAll(/; selector ".*"/g, ""));
  expect((await calicoq("policy", "allow-dns")).out).toBe(`Policy "allow-dns" applies to these endpoints:
  Workload endpoint n1/k8s/prod.web-1/eth0; selector "has(app)"
  Workload endpoint n2/k8s/prod.db-0/eth0; selector "has(app)"

Endpoints matching Policy "allow-dns" rules:
`);
  expect(await calicoq("policy", "none")).toMatchObject({ code: 1, err: expect.stringContaining('"none" not found') });
});

const web = (rules: string): string => `
Workload endpoint k8s/prod.web-1/eth0
  Policies:
    Policy "allow-dns" (order 10; selector "has(app)")
    Policy "prod/web" (order default; selector "(app == 'web') && ${NS}")
  Profiles:
    Profile "kns.prod"
${rules}`;
const WEB_RULES = `  Rule matches:
    Policy "prod/db" inbound rule 1 source match; selector "(${NS}) && (app == 'web')"
`;
const DB = `
Workload endpoint k8s/prod.db-0/eth0
  Policies:
    Policy "allow-dns" (order 10; selector "has(app)")
    Policy "prod/db" (order 500; selector "(app == 'db') && ${NS}")
  Profiles:
    Profile "kns.prod"
  Rule matches:
    Profile "no-db" inbound rule 1 source not match; selector "app == 'db'"
`;

test("endpoint tells policies, profiles and rule matches of those whose name has the text in it", async () => {
  const head = (text: string): string => `Policies and profiles for endpoints matching "${text}":\n`;
  expect(await calicoq("endpoint", "prod.")).toEqual(ok(head("prod.") + web(WEB_RULES) + DB));
  expect(await calicoq("endpoint", "web-1", "-r")).toEqual(ok(head("web-1") + web("")));
  expect((await calicoq("endpoint", "web-1", "-s")).out).toBe(
    (head("web-1") + web(WEB_RULES)).replaceAll(/; selector ".*?"(?=\)?$)/gm, ""),
  );
  expect(await calicoq("endpoint", "nobody")).toEqual(ok(head("nobody")));
});

test("host tells the same of a node's endpoints", async () => {
  expect(await calicoq("host", "n2")).toEqual(ok(`Policies and profiles for each endpoint on host "n2":\n${DB}`));
});

test("for scripts there is one shape, as YAML and as JSON", async () => {
  const { endpoints } = JSON.parse((await calicoq("host", "n2", "-o", "json")).out);
  expect(endpoints).toMatchObject([
    {
      id: "n2/k8s/prod.db-0/eth0",
      endpoint: { kind: "WorkloadEndpoint", namespace: "prod", name: "n2-k8s-db--0-eth0" },
      policies: [{ name: "allow-dns" }, { name: "db", namespace: "prod", order: 500, tier: "default" }],
      profiles: ["kns.prod"],
      rules: [
        { owner: { kind: "Profile", name: "no-db" }, direction: "ingress", rule: 0, side: "source", isNot: true },
      ],
    },
  ]);
  expect(parse((await calicoq("host", "n2", "-o", "yaml")).out)).toEqual({ endpoints });
  expect(await calicoq("host", "n2", "-o", "xml")).toMatchObject({ code: 2 });
});

test("-d shows each request", async () => {
  expect((await calicoq("host", "n2", "-d")).err).toMatch(/^(debug: GET \/\S+ 200 in \d+ ms\n){2}$/);
});
