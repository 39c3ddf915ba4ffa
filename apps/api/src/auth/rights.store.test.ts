import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { autoAssign, DEFAULT_IPAM_CONFIG, releaseHandle } from "@percale/ipam";
import type {
  BlockAffinity,
  IPAMBlock,
  IpamChange,
  IPAMHandle,
  IpamHashes,
  IpamState,
  IPPoolObject,
} from "@percale/ipam";
import {
  API_VERSION,
  definitionOf,
  profileOfNamespace,
  profileOfNetwork,
  profileOfServiceAccount,
} from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAnyApi } from "../testdata/any-store-api.ts";
import type { Answer, TestApi } from "../testdata/test-api.ts";

let server: TestApi;
const tokens = new Map<string, string | null>([["nobody", null]]);
const CREDENTIALS = {
  admin: ["admin", "system:masters"],
  editor: ["ed", "percale:editors"],
  viewer: ["vi", "percale:viewers"],
  stranger: ["stan", "others"],
  n1: ["system:node:n1", "system:nodes"],
  n2: ["system:node:n2", "system:nodes"],
} as const;
type Who = keyof typeof CREDENTIALS | "nobody";

const hashes: IpamHashes = {
  sha256Hex: (text) => createHash("sha256").update(text).digest("hex"),
  sha3Base32: (text) => createHash("sha3-256").update(text).digest("hex").slice(0, 52),
};

beforeAll(async () => {
  server = await startAnyApi();
  for (const [who, [subject, group]] of Object.entries(CREDENTIALS)) {
    const body = { subject, groups: [group] };
    const answer = await server.call("/trpc/access.createToken", { method: "POST", body });
    tokens.set(who, answer.body.result.data.token as string);
  }
  const pool = { spec: { cidr: "10.0.0.0/28", blockSize: 30 }, ...meta("IPPool", "pool") };
  const set = { spec: { nets: ["10.0.0.1"] }, ...meta("GlobalNetworkSet", "set") };
  expect(
    (
      await submit(
        "admin",
        [pool, set].map((object) => ({ op: "create", object })),
      )
    ).code,
  ).toBe(200);
  // As their agents do it.
  for (const node of ["n1", "n2"] as const) {
    const object = { spec: {}, ...meta("Node", node) };
    expect((await submit(node, [{ op: "create", object }])).code).toBe(200);
    expect((await attach(node, "web")).code).toBe(200);
  }
});
afterAll(() => server.stop());

const meta = (kind: string, name: string, more: object = {}) => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...more },
});

function submit(who: Who, changes: readonly object[], more: object = {}): Promise<Answer> {
  return server.call("/changesets/v1", { method: "POST", token: tokens.get(who)!, body: { changes, ...more } });
}

async function stateNow(): Promise<IpamState> {
  const items = async <T>(kind: string) => (await server.api.store.list({ kind })).items as readonly T[];
  const nodes = await items<KubeObject>("Node");
  return {
    pools: await items<IPPoolObject>("IPPool"),
    blocks: await items<IPAMBlock>("IPAMBlock"),
    affinities: await items<BlockAffinity>("BlockAffinity"),
    handles: await items<IPAMHandle>("IPAMHandle"),
    reservations: [],
    config: DEFAULT_IPAM_CONFIG,
    nodeLabels: new Map(nodes.map(({ metadata }) => [metadata.name, metadata.labels ?? {}])),
    namespaceLabels: new Map(),
    nowMs: Date.now(),
  };
}

/** The change set of an attachment, with more said of the endpoint. */
async function attachment(node: string, pod: string, more: object = {}, labels: object = {}): Promise<IpamChange[]> {
  const handle = `net.${node}-${pod}`;
  const request = { node, handle, attributes: { node, pod }, use: "Workload", count4: 1, count6: 0 } as const;
  const outcome = autoAssign(await stateNow(), request, hashes);
  if (outcome.kind !== "assigned") throw new Error(outcome.message);
  const spec = {
    orchestrator: "k8s",
    node,
    pod,
    endpoint: "eth0",
    containerID: `${node}${pod}`,
    ipNetworks: outcome.addresses.map(({ address }) => `${address}/32`),
    profiles: ["kns.shop"],
    interfaceName: "cali1",
    mac: "ee:ee:ee:ee:ee:ee",
    ...more,
  };
  const metadata = { name: `${node}-k8s-${pod}-eth0`, namespace: "shop", labels: { app: pod, ...labels } };
  return [
    ...outcome.changes,
    { op: "create", object: { apiVersion: API_VERSION, kind: "WorkloadEndpoint", metadata, spec } },
  ];
}

const attach = async (node: Who, pod: string): Promise<Answer> => submit(node, await attachment(node, pod));

/** What each node has after its attachment, by kind; `own` is n1's, as the table is asked by n1. */
const OBJECTS: Readonly<Record<string, Readonly<Record<"own" | "other", string>>>> = {
  Node: { own: "n1", other: "n2" },
  WorkloadEndpoint: { own: "n1-k8s-web-eth0", other: "n2-k8s-web-eth0" },
  IPAMHandle: { own: "net.n1-web", other: "net.n2-web" },
};

async function nameOf(kind: string, whose: "own" | "other"): Promise<string> {
  const known = OBJECTS[kind]?.[whose];
  if (known !== undefined) return known;
  const node = whose === "own" ? "n1" : "n2";
  const { blocks, affinities } = await stateNow();
  if (kind === "IPAMBlock") return blocks.find(({ spec }) => spec.affinity === `host:${node}`)!.metadata.name;
  if (kind === "BlockAffinity") return affinities.find(({ spec }) => spec.node === node)!.metadata.name;
  return {
    IPPool: "pool",
    GlobalNetworkSet: "set",
    Profile: "projectcalico-default-allow",
    IPAMConfiguration: "default",
  }[kind]!;
}

/** A change that its owner may make. */
function edited(object: KubeObject): KubeObject {
  const spec = object.spec as Record<string, unknown>;
  const free = (allocations: readonly unknown[]) => ({
    allocations: allocations.map(() => null),
    unallocated: allocations.map((_, ordinal) => ordinal),
    attributes: [],
    sequenceNumberForAllocation: {},
    sequenceNumber: Number(spec["sequenceNumber"]) + 1,
  });
  const edits: Record<string, () => object> = {
    Node: () => ({ bgp: { asNumber: 64_512 } }),
    WorkloadEndpoint: () => ({ mac: "ee:ee:ee:ee:ee:01" }),
    IPAMBlock: () => free(spec["allocations"] as readonly unknown[]),
    BlockAffinity: () => ({ state: "pending" }),
    GlobalNetworkSet: () => ({ nets: ["10.0.0.9"] }),
  };
  return { ...object, spec: { ...spec, ...edits[object.kind]?.() } };
}

async function codeOf(who: Who, verb: string, kind: string, whose: "own" | "other"): Promise<number> {
  const definition = definitionOf(kind)!;
  const name = await nameOf(kind, whose);
  const base = `/apis/projectcalico.org/v3${definition.namespaced ? "/namespaces/shop" : ""}/${definition.plural}`;
  const token = tokens.get(who)!;
  switch (verb) {
    case "get":
      return (await server.call(`${base}/${name}`, { token })).code;
    case "list":
      return (await server.call(base, { token })).code;
    case "watch":
      return endless(await server.open(`${base}?watch=1`, { token }));
    case "update": {
      const stored = await server.call(`${base}/${name}`);
      return (await server.call(`${base}/${name}?dryRun=All`, { method: "PUT", token, body: edited(stored.body) }))
        .code;
    }
    default:
      return (
        await server.call(`${verb === "delete" ? `${base}/${name}` : base}?dryRun=All`, { method: "DELETE", token })
      ).code;
  }
}

function endless(answer: IncomingMessage): number {
  answer.destroy();
  return answer.statusCode ?? 0;
}

/** Verbs that each may use, by kind; a trailing `!` also on what is another's. */
const RIGHTS: readonly (readonly [who: Who, refusal: number, rights: Readonly<Record<string, string>>])[] = [
  [
    "admin",
    403,
    Object.fromEntries(
      ["Node", "WorkloadEndpoint", "IPAMBlock", "BlockAffinity", "IPAMHandle", "GlobalNetworkSet", "IPPool"].map(
        (kind) => [kind, "get! list! watch! update! delete! deletecollection!"],
      ),
    ),
  ],
  [
    "editor",
    403,
    {
      GlobalNetworkSet: "get! list! watch! update! delete! deletecollection!",
      IPAMBlock: "get! list! watch!",
      Node: "get! list! watch!",
    },
  ],
  [
    "viewer",
    403,
    { GlobalNetworkSet: "get! list! watch!", IPAMBlock: "get! list! watch!", WorkloadEndpoint: "get! list! watch!" },
  ],
  ["stranger", 403, { GlobalNetworkSet: "", Node: "", WorkloadEndpoint: "", IPAMBlock: "", IPPool: "" }],
  ["nobody", 401, { GlobalNetworkSet: "", Node: "", WorkloadEndpoint: "", IPAMBlock: "", IPPool: "" }],
  [
    "n1",
    403,
    {
      Node: "get update delete",
      WorkloadEndpoint: "get update delete",
      IPAMBlock: "get! list! update delete",
      BlockAffinity: "get! list! update delete",
      IPAMHandle: "get! update delete",
      Profile: "get!",
      IPPool: "get! list!",
      IPAMConfiguration: "get! list!",
      GlobalNetworkSet: "",
    },
  ],
];
const VERBS = ["get", "list", "watch", "update", "delete", "deletecollection"] as const;

describe.each(RIGHTS)("the rights of %s", (who, refusal, rights) => {
  test.each(Object.entries(rights))("%s: %s", async (kind, granted) => {
    const expected = VERBS.flatMap((verb) => [
      `${verb} own ${granted.split(/[ !]+/).includes(verb) ? "may" : refusal}`,
      `${verb} other ${granted.includes(`${verb}!`) ? "may" : refusal}`,
    ]);
    const found: string[] = [];
    for (const verb of VERBS)
      for (const whose of ["own", "other"] as const) {
        const code = await codeOf(who, verb, kind, whose);
        found.push(`${verb} ${whose} ${code === 401 || code === 403 ? code : "may"}`);
      }
    expect(found).toStrictEqual(expected);
  });
});

test("an agent attaches, borrows from another's full pool and detaches", async () => {
  for (let i = 0; i < 13; i++) expect((await attach("n1", `p${i}`)).body).toHaveProperty("resourceVersion");
  const { blocks } = await stateNow();
  const foreign = blocks.find(({ spec }) => spec.affinity === "host:n2")!;
  expect(foreign.spec.attributes.some(({ secondary }) => secondary?.["node"] === "n1")).toBe(true);
  for (let i = 0; i < 13; i++) {
    const outcome = releaseHandle(await stateNow(), `net.n1-p${i}`, hashes);
    if (outcome.kind !== "released") throw new Error(outcome.message);
    const ref = { kind: "WorkloadEndpoint", namespace: "shop", name: `n1-k8s-p${i}-eth0` };
    expect((await submit("n1", [...outcome.changes, { op: "delete", ref }])).body).toHaveProperty("resourceVersion");
  }
});

test.each([
  ["an address of another node", { ipNetworks: ["10.0.0.99/32"] }, {}, "is not given out to n1"],
  [
    "source addresses to spoof",
    { allowSpoofedSourcePrefixes: ["0.0.0.0/0"] },
    {},
    "allowSpoofedSourcePrefixes: a node may not",
  ],
  ["an address outside", { ipNATs: [] }, {}, "ipNATs: a node may not"],
  ["another namespace's profile", { profiles: ["kns.prod"] }, {}, "kns.prod is none of this workload's"],
  ["a label of its namespace", {}, { "pcns.team": "admins" }, "pcns.team comes from a namespace"],
  ["an endpoint of another node", { node: "n2" }, {}, "metadata.name"],
])("an agent that claims %s for its endpoint is refused", async (_, spec, labels, words) => {
  const answer = await submit("n1", await attachment("n1", "bad", spec, labels), { dryRun: true });
  expect(answer.body.message).toContain(words);
  expect([403, 422]).toContain(answer.code);
});

test("an agent makes the profile of a namespace as it always is, and no other", async () => {
  const usual = profileOfNamespace("fresh");
  const codes = [];
  for (const object of [
    usual,
    { ...usual, spec: { ...usual.spec, labelsToApply: { role: "database" } } },
    { ...usual, metadata: { name: "percale" } },
  ])
    codes.push((await submit("n1", [{ op: "create", object }], { dryRun: true })).code);
  expect(codes).toStrictEqual([200, 403, 403]);
});

test.each([
  ["a legal name", "net"],
  ["a name with capitals", "My_Net"],
  ["a name too long for an object", `${"n".repeat(300)}_`],
])(
  "an agent attaches a container that is no pod to a network of %s, and makes its profile no other way",
  async (_, network) => {
    const profile = profileOfNetwork(network);
    const containerID = "0123456789ab";
    const spec = { orchestrator: "cni", pod: undefined, containerID, profiles: [profile.metadata.name] };
    const changes = await attachment("n1", `c-${network.length}`, spec);
    const endpoint = changes.at(-1)!;
    if (endpoint.op !== "create") throw new Error("the endpoint is made last");
    const object = {
      ...endpoint.object,
      metadata: { ...endpoint.object.metadata, name: `n1-cni-${containerID}-eth0` },
    };
    const all = [...changes.slice(0, -1), { op: "create", object: profile }, { op: "create", object }];
    expect((await submit("n1", all, { dryRun: true })).body).toHaveProperty("resourceVersion");
    const wider = { ...profile, spec: { ...profile.spec, ingress: [{ action: "Allow" }] } };
    expect((await submit("n1", [{ op: "create", object: wider }], { dryRun: true })).code).toBe(403);
  },
);

test("an agent holds no endpoint or profile back from deletion, which would hold their namespace", async () => {
  const held = (object: KubeObject) => ({ ...object, metadata: { ...object.metadata, finalizers: ["a/b"] } });
  const changes = (await attachment("n1", "held")).map((change) =>
    change.op === "create" && change.object.kind === "WorkloadEndpoint"
      ? { ...change, object: held(change.object) }
      : change,
  );
  const profile = { op: "create", object: held(profileOfNamespace("held")) };
  const answers = [await submit("n1", changes, { dryRun: true }), await submit("n1", [profile], { dryRun: true })];
  expect(answers.map(({ code, body }) => `${code} ${/finalizers.*/.exec(body.message)?.[0]}`)).toEqual(
    Array(2).fill("403 finalizers: a node may not change them"),
  );
});

test("an agent attaches a pod whose service account has a name longer than a label's value", async () => {
  const serviceAccountName = "till".repeat(30);
  const profile = profileOfServiceAccount("shop", serviceAccountName);
  const spec = { serviceAccountName, profiles: ["kns.shop", profile.metadata.name] };
  const changes = [{ op: "create", object: profile }, ...(await attachment("n1", "long", spec))];
  expect((await submit("n1", changes, { dryRun: true })).body).toHaveProperty("resourceVersion");
});

test.each([
  ["/metrics", 403, 200],
  ["/openapi/v2", 403, 200],
  ["/openapi/v3", 403, 200],
  ["/trpc/overview.summary", 403, 200],
  ["/apis", 200, 200],
  ["/apis/projectcalico.org/v3", 200, 200],
  ["/livez", 200, 200],
  ["/readyz", 200, 200],
])("%s answers %i to those without a right, %i to viewers", async (path, without, viewer) => {
  const ask = async (who: Who) => (await server.call(path, { token: tokens.get(who)! })).code;
  expect([await ask("stranger"), await ask("n1"), await ask("viewer")]).toStrictEqual([without, without, viewer]);
});

test("namespaces are listed for those who read, and for nodes, whose pools may select by their labels", async () => {
  const ask = async (who: Who) => (await server.call("/api/v1/namespaces", { token: tokens.get(who)! })).code;
  expect([await ask("stranger"), await ask("n1"), await ask("viewer")]).toStrictEqual([403, 200, 200]);
});

test("a token of the group system:monitoring scrapes, and nothing else", async () => {
  const body = { subject: "prometheus", groups: ["system:monitoring"] };
  const made = await server.call("/trpc/access.createToken", { method: "POST", body });
  const token = made.body.result.data.token as string;
  expect((await server.call("/metrics", { token })).body).toContain("percale_api_request_seconds");
  expect((await server.call("/api/v1/namespaces", { token })).code).toBe(403);
});

test("wrong tokens, sessions and sign-ins are counted", async () => {
  const wrong = "percale_wrong";
  await server.call("/apis", { token: wrong });
  await server.call("/trpc/overview.summary", { token: null, headers: { cookie: `percale_session=${wrong}` } });
  await server.call("/trpc/session.signIn", { method: "POST", token: null, body: { token: wrong } });
  expect((await server.call("/metrics")).body).toContain("percale_api_refused_credentials_total 3\n");
});

test("a node that roles let in at another door reads there, too, only what is its own", async () => {
  const role = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "nodes-read-sets" };
  const rules = [{ verbs: ["get"], apiGroups: ["projectcalico.org"], resources: ["networksets"] }];
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const metadata = { name: role.name };
  const objects = [
    { apiVersion, kind: "ClusterRole", metadata, rules },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata,
      roleRef: role,
      subjects: [{ kind: "Group", name: "system:nodes" }],
    },
  ];
  const changes = objects.map((object) => ({ op: "create", object }));
  expect((await submit("admin", changes)).code).toBe(200);
  const ask = (name: string) => {
    const input = encodeURIComponent(JSON.stringify({ kind: "Node", name }));
    return server.call(`/trpc/objects.get?input=${input}`, { token: tokens.get("n1")! });
  };
  let own = await ask("n1");
  for (let tries = 0; own.code !== 200 && tries < 500; tries++) own = await ask("n1"); // rights follow the log
  const other = await ask("n2");
  expect([own.code, other.code, other.body.error?.message]).toEqual([
    200,
    403,
    expect.stringContaining("another node"),
  ]);
});
