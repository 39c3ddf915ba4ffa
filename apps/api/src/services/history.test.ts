import { silentLogger } from "@percale/daemon";
import type { Change } from "@percale/protocol";
import { API_VERSION } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { MemoryStore } from "@percale/store/memory";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Judge } from "../policy/judge.ts";
import { changeSetsInput } from "../trpc/inputs.ts";
import type { ChangeSetEffect, LabMatrixView } from "../trpc/views.ts";
import { historyServices } from "./history.ts";

const object = (kind: string, name: string, spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...metadata },
  spec,
});
const pod = (name: string, last: number): KubeObject =>
  object(
    "WorkloadEndpoint",
    `n1-k8s-${name}-eth0`,
    { node: "n1", orchestrator: "k8s", pod: name, profiles: ["open"], ipNetworks: [`10.0.0.${last}/32`] },
    { namespace: "shop", labels: { app: name } },
  );
const open = object("Profile", "open", { ingress: [{ action: "Allow" }], egress: [{ action: "Allow" }] });
const policy = (app: string, ingress: readonly object[] = []): KubeObject =>
  object("NetworkPolicy", app, { selector: `app == '${app}'`, types: ["Ingress"], ingress }, { namespace: "shop" });
const probe = (from: string, to: string) => ({
  from,
  to,
  proto: "tcp",
  port: 80,
  allowed: true,
  at: "2026-11-30T00:00:00Z",
});

let store: MemoryStore;
let judge: Judge;
let lab: LabMatrixView;
let history: ReturnType<typeof historyServices>;
const judges: Judge[] = [];
afterAll(() => Promise.all(judges.map((each) => each.close())));

beforeEach(() => {
  store = new MemoryStore({ windowSize: 1_000 });
  judges.push((judge = new Judge({ store, log: silentLogger })));
  lab = { workloads: [], probes: [probe("web", "db"), probe("db", "web"), probe("nobody", "web")] };
  history = historyServices({ store, judge, lab: { matrix: async () => lab } });
});

const create = (...objects: readonly KubeObject[]): Change[] => objects.map((one) => ({ op: "create", object: one }));
const gone = (name: string): Change => ({ op: "delete", ref: { kind: "NetworkPolicy", namespace: "shop", name } });
async function write(changes: readonly Change[], author = "alice", reason = ""): Promise<number> {
  return Number((await store.apply({ author, reason, changes: [...changes] })).resourceVersion);
}
const identity = { user: "ada", groups: ["system:masters"], method: "token" } as const;
const sets = async (asked: object = {}) => history.sets(changeSetsInput.parse(asked), identity);

describe("change sets are told", () => {
  test("each once, with who, why and what, without what was written", async () => {
    const revision = await write(create(open, pod("web", 1)), "alice", "a start");
    const { sets: told, next } = await sets();
    expect(next).toBeUndefined();
    expect(told).toMatchObject([{ revision, author: "alice", reason: "a start", requestId: "" }]);
    expect(told[0]!.entries.map(({ op, ref }) => `${op} ${ref.kind}`)).toEqual(
      expect.arrayContaining(["ADDED Profile", "ADDED WorkloadEndpoint"]),
    );
    expect(JSON.stringify(told)).not.toContain("10.0.0.1");
  });

  test("in pages that go on where the one before ended", async () => {
    for (let i = 0; i < 5; i++) await write(create(object("Tier", `t${i}`, { order: i })));
    const first = await sets({ limit: 3 });
    const second = await sets({ limit: 3, before: first.next });
    const names = [...first.sets, ...second.sets].map(({ entries }) => entries[0]!.ref.name);
    expect(names).toEqual(["t4", "t3", "t2", "t1", "t0"]);
    expect(second.next).toBeUndefined();
  });

  test("a large one by its first entries and the number of all", async () => {
    await write(create(...Array.from({ length: 30 }, (_, i) => object("Tier", `t${i}`, { order: i }))));
    const [set] = (await sets()).sets;
    expect([set!.entries.length, set!.objects]).toEqual([20, 30]);
  });

  test.each<[asked: object, told: readonly string[]]>([
    [{}, ["cart", "t"]],
    [{ system: true }, ["pool", "cart", "t"]],
    [{ author: "bob" }, ["cart"]],
    [{ author: "!bob" }, ["t"]],
    [{ kind: "Tier,IPPool" }, ["t"]],
    [{ q: "networkPolicy /cart" }, ["cart"]],
    [{ q: "tidy" }, ["t"]],
    [{ q: "no such" }, []],
  ])("behind the filter %j", async (asked, told) => {
    await write(create(object("Tier", "t", { order: 1 })), "alice", "Tidy up");
    await write(create(object("GlobalNetworkPolicy", "cart", { selector: "all()" })), "bob");
    await write(create(object("IPPool", "pool", { cidr: "10.0.0.0/8" })), "system:node:n1");
    const names = (await sets(asked)).sets.map(({ entries }) => entries.at(-1)!.ref.name);
    expect(names).toEqual(told);
  });

  test("whole, where one asks for one", async () => {
    const revision = await write(create(policy("web")));
    const whole = await history.set(revision, identity);
    expect(whole.map(({ object: written }) => written.metadata.name)).toContain("web");
    await expect(history.set(99, identity)).rejects.toMatchObject({
      code: 400,
      message: "revision 99 is not in the log any more, or never was",
    });
  });

  test("not whole where that is longer than an answer may be", async () => {
    const nets = Array.from({ length: 60_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
    const sets = Array.from({ length: 6 }, (_, i) => object("GlobalNetworkSet", `s${i}`, { nets }));
    const revision = await write(create(...sets));
    await expect(history.set(revision, identity)).rejects.toMatchObject({
      code: 400,
      message: "what its 6 changes wrote is longer than an answer may be",
    });
  });
});

describe("what change sets did", () => {
  const effect = (revision: number, more: Partial<ChangeSetEffect>): ChangeSetEffect => ({
    revision,
    allowed: 0,
    denied: 0,
    pairs: 2,
    endpoints: 0,
    ...more,
  });

  test("is told in pairs of the lab and in endpoints, each among what there was at its time", async () => {
    const start = await write(create(open, pod("web", 1), pod("db", 2)));
    const closing = await write(create(policy("db")));
    const other = await write(create(object("IPPool", "pool", { cidr: "10.0.0.0/8" })));
    const opening = await write([gone("db")]);
    const closedAgain = await write([...create(policy("web")), ...create(policy("db"))]);
    expect(await history.effects([closedAgain, opening, other, closing, start])).toEqual([
      effect(closedAgain, { denied: 2, endpoints: 2 }),
      effect(opening, { allowed: 1, endpoints: 1 }),
      effect(other, {}),
      effect(closing, { denied: 1, endpoints: 1 }),
      effect(start, { endpoints: 2 }),
    ]);
  });

  test("is judged without what came later", async () => {
    await write(create(open, pod("web", 1), pod("db", 2)));
    const closing = await write(create(policy("db")));
    const stored = await store.get({ kind: "Profile", name: "open" });
    await write([{ op: "update", object: { ...stored!, spec: {} } }]); // by now everything is denied
    expect(await history.effects([closing])).toEqual([effect(closing, { denied: 1, endpoints: 1 })]);
  });

  test("of an object that came and went in one set is nothing", async () => {
    await write(create(open, pod("web", 1), pod("db", 2)));
    const revision = await write([...create(policy("db")), gone("db")]);
    expect(await history.effects([revision])).toMatchObject([{ allowed: 0, denied: 0 }]);
  });

  test("stays what it was, whatever comes later, and without a lab it is endpoints alone", async () => {
    await write(create(open, pod("web", 1), pod("db", 2)));
    const closing = await write(create(policy("db")));
    const before = await history.effects([closing]);
    await write([gone("db")]);
    expect(await history.effects([closing])).toEqual(before);
    lab = { workloads: [], probes: [] };
    expect(await history.effects([closing])).toEqual([effect(closing, { pairs: 0, endpoints: 1 })]);
  });

  test("of a set that wrote much is told in pairs alone", async () => {
    await write(create(open, pod("web", 1), pod("db", 2)));
    const policies = Array.from({ length: 41 }, (_, i) => ({
      ...policy("db"),
      metadata: { namespace: "shop", name: `p${i}` },
    }));
    const revision = await write(create(...policies));
    expect(await history.effects([revision])).toEqual([{ revision, allowed: 0, denied: 1, pairs: 2 }]);
  });

  test("of a set that is not in the log nothing is told", async () => {
    await write(create(open));
    expect(await history.effects([999])).toEqual([]);
  });
});
