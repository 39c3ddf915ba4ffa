/** What attaching and detaching workloads leaves behind in the API server's memory: `node apps/api/bench/attachments.ts [CYCLES]`. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
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
import type { Change, ChangeSetResult } from "@percale/protocol";
import { formatRef, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";
import { startApiProcess } from "../src/testdata/api-process.ts";
import type { ApiProcess } from "../src/testdata/api-process.ts";

const API_VERSION = "projectcalico.org/v3";
const NODES = 8;
/** Workloads that stay on each node, so that its block is worth something. */
const RESIDENTS = 40;
/** Until the window of events is full and the heap has found its size: what counts is whether it goes on from there. */
const WARM_UP_CYCLES = 2_000;
const SETTLE_MS = 5_000;

const hashes: IpamHashes = {
  sha256Hex: (text) => createHash("sha256").update(text).digest("hex"),
  sha3Base32: (text) => createHash("sha3-256").update(text).digest("hex").slice(0, 52),
};
const pool: IPPoolObject = {
  apiVersion: API_VERSION,
  kind: "IPPool",
  metadata: { name: "bench" },
  spec: { cidr: "10.88.0.0/16" },
};

export async function benchAttachments(cycles = 10_000): Promise<Figure[]> {
  const api = await startApiProcess();
  const agent = new Agent({ ca: api.ca, keepAlive: true });
  try {
    const post = poster(api, agent);
    await post([{ op: "create", object: pool }]);
    const nodes = await Promise.all(Array.from({ length: NODES }, (_, i) => BenchNode.open(`bench-${i}`, post)));
    await Promise.all(nodes.map((node) => node.cycles(WARM_UP_CYCLES / NODES)));
    await delay(SETTLE_MS);
    const before = rssMegabytes(api);
    await Promise.all(nodes.map((node) => node.cycles(cycles / NODES)));
    await delay(SETTLE_MS);
    const after = rssMegabytes(api);
    console.error(`API: RSS ${before} MB before, ${after} MB after`);
    const growth = Math.round((100 * (after - before)) / before);
    return [atMost(`API: RSS growth over ${cycles.toLocaleString("en")} attachments`, growth, "%", 20)];
  } finally {
    agent.destroy();
    await api.stop();
  }
}

type Post = (changes: readonly Change[]) => Promise<ChangeSetResult>;

/** One node's IPAM as its agent does it: a change set for each ADD and DEL. */
class BenchNode {
  readonly #name: string;
  readonly #post: Post;
  readonly #objects = new Map<string, KubeObject>();
  #made = 0;

  private constructor(name: string, post: Post) {
    this.#name = name;
    this.#post = post;
  }

  static async open(name: string, post: Post): Promise<BenchNode> {
    const node = new BenchNode(name, post);
    await node.#write([
      { op: "create", object: { apiVersion: API_VERSION, kind: "Node", metadata: { name }, spec: {} } },
    ]);
    for (let i = 0; i < RESIDENTS; i++) await node.#attach();
    return node;
  }

  async cycles(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.#detach(await this.#attach());
  }

  async #attach(): Promise<string> {
    const id = `${this.#name}-${this.#made++}`;
    const attributes = { node: this.#name, pod: id, namespace: "bench", timestamp: new Date().toISOString() };
    const request = {
      node: this.#name,
      handle: `net.${id}`,
      attributes,
      use: "Workload" as const,
      count4: 1,
      count6: 0,
    };
    const outcome = autoAssign(this.#state(), request, hashes);
    if (outcome.kind !== "assigned") throw new Error(outcome.message);
    const endpoint = endpointOf(this.#name, id, outcome.addresses[0]!.address);
    await this.#write([...outcome.changes, { op: "create", object: endpoint }]);
    return id;
  }

  async #detach(id: string): Promise<void> {
    const outcome = releaseHandle(this.#state(), `net.${id}`, hashes);
    if (outcome.kind !== "released") throw new Error(outcome.message);
    const ref = refOf(endpointOf(this.#name, id, "10.88.0.1"));
    await this.#write([...outcome.changes, { op: "delete", ref }]);
  }

  #state(): IpamState {
    const all = [...this.#objects.values()];
    const of = <T extends KubeObject>(kind: string): T[] => all.filter((object) => object.kind === kind) as T[];
    return {
      pools: [pool],
      blocks: of<IPAMBlock>("IPAMBlock"),
      affinities: of<BlockAffinity>("BlockAffinity"),
      handles: of<IPAMHandle>("IPAMHandle"),
      reservations: [],
      config: DEFAULT_IPAM_CONFIG,
      nodeLabels: new Map([[this.#name, {}]]),
      namespaceLabels: new Map(),
      nowMs: Date.now(),
    };
  }

  async #write(changes: readonly (IpamChange | Change)[]): Promise<void> {
    const { objects } = await this.#post(changes);
    for (const [i, change] of changes.entries())
      if (change.op === "delete") this.#objects.delete(formatRef(change.ref));
      else this.#objects.set(formatRef(refOf(objects[i]!)), objects[i]!);
  }
}

function endpointOf(node: string, pod: string, address: string): KubeObject {
  const dashed = (text: string): string => text.replaceAll("-", "--"); // upstream's escape inside the name
  return {
    apiVersion: API_VERSION,
    kind: "WorkloadEndpoint",
    metadata: { name: `${dashed(node)}-k8s-${dashed(pod)}-eth0`, namespace: "bench", labels: { app: "bench" } },
    spec: {
      orchestrator: "k8s",
      node,
      pod,
      endpoint: "eth0",
      interfaceName: `cali${hashes.sha256Hex(pod).slice(0, 11)}`,
      ipNetworks: [`${address}/32`],
      profiles: ["kns.bench"],
    },
  };
}

function poster(api: ApiProcess, agent: Agent): Post {
  return async (changes) => {
    const text = JSON.stringify({ changes, reason: "bench" });
    const { promise, resolve, reject } = Promise.withResolvers<ChangeSetResult>();
    const headers = {
      authorization: `Bearer ${api.token}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
    };
    request(new URL("/changesets/v1", api.url), { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const answer = Buffer.concat(chunks).toString("utf8");
        if (response.statusCode === 200) resolve(JSON.parse(answer) as ChangeSetResult); // the server's own type
        else reject(new Error(answer));
      });
    })
      .on("error", reject)
      .end(text);
    return promise;
  };
}

function rssMegabytes({ child }: ApiProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

if (process.argv[1] === import.meta.filename) console.log(await benchAttachments(Number(process.argv[2] ?? 10_000)));
