import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { renderBirdConfig } from "@percale/bgp";
import type { AffinityObject, BgpConfigurationObject, BgpPeerObject, NodeObject, PoolObject } from "@percale/bgp";
import { ipamHashes } from "@percale/daemon";
import { autoAssign, releaseHandle } from "@percale/ipam";
import type { IpamChange } from "@percale/ipam";
import { applyUpdates, CalcGraph, emptyState } from "@percale/policy";
import type { NodeState } from "@percale/policy";
import { MIN_SCHEMA_LEVEL, parseServerMessage, SCHEMA_LEVEL } from "@percale/protocol";
import { API_VERSION, formatRef, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { textOfFrame } from "@percale/sync";
import type { SyncServer } from "@percale/sync";
import { syncServerOf } from "@percale/sync/testdata/sync-server.ts";
import { MemorySocket, MemorySource } from "@percale/testkit";
import fc from "fast-check";
import type { WebSocket } from "ws";
import { afterEach, expect, test } from "vitest";
import { ApiError } from "../api/client.ts";
import { NodeIpam } from "../cni/ipam.ts";
import { BEGINNING, NODES, NOW_MS, requestOf, stateOf, transaction } from "../testdata/generated-cluster.ts";
import { HeldObjects } from "./held.ts";

const sha224 = (text: string): Uint8Array => createHash("sha224").update(text).digest();
const open: ScopedAgent[] = [];
afterEach(() => {
  for (const agent of open.splice(0)) agent.cut();
});

interface ScopedAgentOptions {
  readonly node: string;
  readonly server: SyncServer;
  /** The schema level that it speaks. */
  readonly level: number;
  readonly onStep: (agent: ScopedAgent) => void;
}

/** An agent from its socket to its graph. */
class ScopedAgent {
  readonly held = new HeldObjects();
  readonly state: NodeState = emptyState();
  readonly #node: string;
  readonly #server: SyncServer;
  readonly #level: number;
  readonly #graph: CalcGraph;
  readonly #onStep: (agent: ScopedAgent) => void;
  #socket = new MemorySocket();
  /** Where what it holds is wrong. */
  fault: unknown;

  constructor({ node, server, level, onStep }: ScopedAgentOptions) {
    this.#node = node;
    this.#server = server;
    this.#level = level;
    this.#onStep = onStep;
    this.#graph = new CalcGraph({ node, sha224 });
    open.push(this);
    this.connect();
  }

  get node(): string {
    return this.#node;
  }

  connect(): void {
    this.#socket = new MemorySocket().on("heard", ({ data, isBinary }: { data: Buffer; isBinary: boolean }) => {
      try {
        const message = parseServerMessage(textOfFrame(data, isBinary));
        if (message !== undefined) this.#hear(message);
      } catch (error) {
        this.fault ??= error; // not the server's to catch
      }
    });
    this.#server.serve({ socket: this.#socket as unknown as WebSocket, refusalOf: () => undefined });
    this.#socket.say({
      t: "hello",
      node: this.#node,
      component: "test",
      build: "0",
      schemaLevel: this.#level,
      type: "agent",
      scope: "node",
      encodings: ["json+zstd", "json"],
      ...(this.held.resume !== undefined && { resume: this.held.resume }),
    });
  }

  cut(): void {
    this.#socket.terminate();
    this.held.disconnected();
  }

  #hear(message: NonNullable<ReturnType<typeof parseServerMessage>>): void {
    const step = this.held.receive(message);
    if (step.t === "fault") throw new Error(step.text);
    if (step.t === "none") return;
    for (const object of step.puts) this.#graph.put(object);
    if (step.t === "loading") return;
    for (const ref of step.deletes) this.#graph.remove(ref);
    applyUpdates(this.state, this.#graph.flush());
    this.#onStep(this);
  }
}

/** What a node makes of everything. */
function stateFrom(objects: readonly KubeObject[], node: string): NodeState {
  const graph = new CalcGraph({ node, sha224 });
  for (const object of objects) graph.put(object);
  const state = emptyState();
  applyUpdates(state, graph.flush());
  return state;
}

/** Sets have no order. */
function contentOf({ sets, ...rest }: NodeState): object {
  return {
    ...rest,
    sets: new Map([...sets].map(([id, { kind, members }]) => [id, { kind, members: new Set(members) }])),
  };
}

function birdFrom(objects: Iterable<KubeObject>, node: string) {
  const all = [...objects].sort((a, b) => (formatRef(refOf(a)) < formatRef(refOf(b)) ? -1 : 1));
  const of = <T>(kind: string): T[] => all.filter((object) => object.kind === kind) as T[];
  const { text, sessions, rejected } = renderBirdConfig({
    node,
    nodes: of<NodeObject>("Node"),
    pools: of<PoolObject>("IPPool"),
    affinities: of<AffinityObject>("BlockAffinity"),
    configurations: of<BgpConfigurationObject>("BGPConfiguration"),
    peers: of<BgpPeerObject>("BGPPeer"),
    sha256: (text) => createHash("sha256").update(text).digest(),
  });
  return { text, sessions, rejected };
}

const history = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: transaction.map((write) => ({ t: "write" as const, write })) },
    { weight: 4, arbitrary: fc.constant({ t: "pause" as const }) },
    { weight: 1, arbitrary: fc.constantFrom(...NODES.slice(0, 2)).map((node) => ({ t: "cut" as const, node })) },
  ),
  { minLength: 1, maxLength: 25 },
);
/** Everybody sees it: whoever has it has all before it. */
const END: KubeObject = { apiVersion: API_VERSION, kind: "Tier", metadata: { name: "end" }, spec: { order: 9 } };

/** Lets a history happen before the eyes of two agents, and all of it arrive. */
async function live(
  events: typeof history extends fc.Arbitrary<infer T> ? T : never,
  onStep: (agent: ScopedAgent, objects: readonly KubeObject[]) => void,
  level = SCHEMA_LEVEL,
): Promise<{ source: MemorySource; agents: ScopedAgent[] }> {
  const source = new MemorySource();
  const server = syncServerOf(source);
  source.write(BEGINNING);
  const objectsAt = new Map([[source.revision, source.objects]]);
  const agents = NODES.slice(0, 2).map(
    (node) =>
      new ScopedAgent({
        node,
        server,
        level,
        onStep: (agent) => onStep(agent, objectsAt.get(agent.held.revision)!),
      }),
  );
  for (const event of [...events, { t: "write" as const, write: () => [END] }]) {
    if (event.t === "pause") for (let i = 0; i < 5; i++) await turn();
    else if (event.t === "cut") {
      const agent = agents.find(({ node }) => node === event.node)!;
      agent.cut();
      agent.connect();
    } else {
      const changes = event.write(source);
      const byRef = new Map(
        changes.map((change) => [formatRef("metadata" in change ? refOf(change) : change), change]),
      );
      // What is written is announced before it is told.
      const writing = [...byRef.values()];
      source.write(writing);
      objectsAt.set(source.revision, source.objects);
    }
  }
  while (agents.some(({ held }) => held.revision < source.revision || !held.isComplete)) {
    const fault = agents.find((agent) => agent.fault !== undefined)?.fault;
    if (fault !== undefined) throw fault;
    await turn();
  }
  return { source, agents };
}

/** Every schema level that the server speaks. */
const level = fc.integer({ min: MIN_SCHEMA_LEVEL, max: SCHEMA_LEVEL });

test("a node computes from its scoped stream what it computes from everything, at every step", async () => {
  await fc.assert(
    fc.asyncProperty(history, level, async (events, level) => {
      const onStep = (agent: ScopedAgent, objects: readonly KubeObject[]): void => {
        expect(contentOf(agent.state)).toEqual(contentOf(stateFrom(objects, agent.node)));
        expect(birdFrom(agent.held.objects.values(), agent.node)).toEqual(birdFrom(objects, agent.node));
      };
      const { source, agents } = await live(events, onStep, level);
      expect(agents.map(({ held }) => held.revision)).toEqual(agents.map(() => source.revision));
      for (const agent of agents) agent.cut();
    }),
    { numRuns: 100 },
  );
}, 120_000);

test("a node gets its own whole, and nothing of what nobody reads", async () => {
  await fc.assert(
    fc.asyncProperty(history, level, async (events, level) => {
      const { source, agents } = await live(events, () => undefined, level);
      for (const { held, node } of agents) {
        const own = source.objects.filter(({ kind, spec }) => {
          const { node: of, affinity } = spec as { readonly node?: string; readonly affinity?: string };
          return kind === "IPAMBlock" ? affinity === `host:${node}` : of === node && kind !== "BGPPeer";
        });
        for (const object of own) expect(held.objects.get(formatRef(refOf(object)))).toEqual(object);
        const others = [...held.objects.values()].filter(({ metadata }) => metadata.resourceVersion === undefined);
        expect(held.objects.size).toBe(own.length + others.length);
        expect(
          others.filter(({ metadata }) => metadata.uid !== undefined || metadata.annotations !== undefined),
        ).toEqual([]);
      }
      for (const agent of agents) agent.cut();
    }),
    { numRuns: 30 },
  );
}, 120_000);

test("a node decides about addresses as if it saw everything", async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom("h0", "h1", "h2", "new"), async (events, handle) => {
      const { source, agents } = await live(events, () => undefined);
      const state = stateOf(source.objects, handle);
      for (const { held, node } of agents) {
        const written: (readonly IpamChange[])[] = [];
        const ipam = new NodeIpam({ api: apiOf(source, written), node, held: () => held, now: () => NOW_MS });
        const isNew = state.handles.length === 0;
        const decide = (on: typeof state) =>
          isNew ? autoAssign(on, requestOf(node, handle), ipamHashes) : releaseHandle(on, handle, ipamHashes);
        const { outcome } = await ipam.run({ handle, isNew, reason: "", decide, more: async () => [] });
        expect(outcome).toEqual(decide(state));
        expect(written).toEqual("changes" in outcome && outcome.changes.length > 0 ? [outcome.changes] : []);
      }
      for (const agent of agents) agent.cut();
    }),
    { numRuns: 200 },
  );
}, 120_000);

test("an ordinary address, and its release, ask the API for nothing", async () => {
  const { source, agents } = await live([], () => undefined);
  const { held, node } = agents[0]!;
  const written: (readonly IpamChange[])[] = [];
  const api = apiOf(source, written);
  const asked: string[] = [];
  const ipam = new NodeIpam({
    api: {
      apply: async (changeSet) => {
        await api.apply(changeSet);
        const puts = changeSet.changes.map((change) => (change.op === "delete" ? change.ref : change.object));
        source.write(puts);
        return {
          resourceVersion: String(source.revision),
          objects: changeSet.changes.map((change) =>
            change.op === "delete"
              ? source.objects[0]!
              : source.objects.find((one) => formatRef(refOf(one)) === formatRef(refOf(change.object)))!,
          ),
        };
      },
      get: async (plural, name) => (asked.push(`${plural}/${name}`), undefined),
      list: async (plural) => (asked.push(plural), []),
    },
    node,
    held: () => held,
    now: () => NOW_MS,
  });
  const more = async () => [];
  const assign = (state: Parameters<typeof autoAssign>[0]) => autoAssign(state, requestOf(node, "h"), ipamHashes);
  const release = (state: Parameters<typeof autoAssign>[0]) => releaseHandle(state, "h", ipamHashes);
  const assigned = await ipam.run({ handle: "h", isNew: true, reason: "", decide: assign, more });
  while (held.revision < source.revision) await turn();
  const released = await ipam.run({ handle: "h", isNew: false, reason: "", decide: release, more });
  expect([assigned.outcome.kind, released.outcome, asked]).toEqual([
    "assigned",
    expect.objectContaining({ kind: "released", addresses: [expect.any(String)] }),
    [],
  ]);
});

/** The API over everything: refuses what does not fit, and keeps what it would have written. */
function apiOf(
  source: MemorySource,
  written: (readonly IpamChange[])[],
): ConstructorParameters<typeof NodeIpam>[0]["api"] {
  const kinds: Readonly<Record<string, string>> = {
    nodes: "Node",
    ippools: "IPPool",
    ipamblocks: "IPAMBlock",
    ipamhandles: "IPAMHandle",
    blockaffinities: "BlockAffinity",
    ipamconfigurations: "IPAMConfiguration",
    namespaces: "Namespace",
  };
  const of = (plural: string): KubeObject[] => source.objects.filter(({ kind }) => kind === kinds[plural]!);
  return {
    get: async <T extends KubeObject>(plural: string, name: string) =>
      of(plural).find(({ metadata }) => metadata.name === name) as T | undefined,
    list: async <T extends KubeObject>(plural: string) => of(plural) as T[],
    apply: async ({ changes }) => {
      for (const change of changes) {
        const ref = change.op === "delete" ? change.ref : refOf(change.object);
        const stored = source.objects.find((object) => formatRef(refOf(object)) === formatRef(ref))?.metadata;
        const expected = change.op === "delete" ? change.resourceVersion : change.object.metadata.resourceVersion;
        if (
          change.op === "create" ? stored !== undefined : stored?.resourceVersion !== expected || expected === undefined
        )
          throw new ApiError(409, "Conflict", formatRef(ref));
      }
      written.push(changes);
      return { resourceVersion: String(source.revision), objects: [] };
    },
  };
}
