/** Two hundred agents and whoever writes what they are told, in a process of their own. Each line of input starts a stage, whose findings are a line of JSON. */
import { createHash } from "node:crypto";
import { Agent, request } from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { zstdDecompressSync } from "node:zlib";
import type { Change, ChangeSetResult } from "@percale/protocol";
import { SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import type { KubeObject } from "@percale/resources";
import { WebSocket } from "ws";

export interface Task {
  readonly url: string;
  readonly token: string;
  readonly ca: string;
  readonly nodes: number;
  readonly endpoints: number;
  readonly perSecond: number;
  readonly seconds: number;
}

/** Bytes that came over all streams during the stage; how long writes took from their answer until all agents had them. */
export interface Findings {
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const API_VERSION = "projectcalico.org/v3";
const ACK_MS = 1_000;

const task = JSON.parse(process.argv[2] ?? "{}") as Task; // written by bench/stream.ts
const https = new Agent({ ca: task.ca, keepAlive: true });
const headers = { authorization: `Bearer ${task.token}` };

/** An agent as far as the server can tell: takes whatever comes, acknowledges once a second, comes again when sent away. */
class StreamAgent {
  readonly #node: string;
  #socket: WebSocket | undefined;
  #acked = 0;
  revision = 0;
  isInSync = false;
  #bytesOfFormer = 0;
  readonly #onRevision: () => void;

  constructor(node: string, onRevision: () => void) {
    this.#node = node;
    this.#onRevision = onRevision;
    setInterval(() => this.#ack(), ACK_MS).unref();
  }

  /** Decrypted. */
  get bytes(): number {
    const { _socket } = (this.#socket ?? {}) as { readonly _socket?: { readonly bytesRead: number } };
    return this.#bytesOfFormer + (_socket?.bytesRead ?? 0);
  }

  open(): void {
    const socket = new WebSocket(task.url.replace("https", "wss") + SYNC_PATH, SYNC_SUBPROTOCOL, {
      agent: https,
      headers,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    socket.on("open", () =>
      this.#send({
        t: "hello",
        node: this.#node,
        component: "bench",
        build: "0",
        schemaLevel: 2,
        minSchemaLevel: 1,
        type: "agent",
        scope: "node",
        encodings: ["json+zstd", "json"],
      }),
    );
    socket.on("message", (data: Buffer, isBinary) => this.#hear(isBinary ? zstdDecompressSync(data) : data));
    socket.on("error", () => undefined); // ends in a close
    socket.on("close", () => {
      this.#bytesOfFormer = this.bytes;
      this.#socket = undefined;
      void delay(500 + Math.random() * 1_000).then(() => this.open());
    });
  }

  #hear(data: Buffer): void {
    // Only what the bench asks: a server is not made faster by agents that parse.
    const [tail, head] = [data.toString("latin1", Math.max(0, data.length - 100)), data.toString("latin1", 0, 120)];
    if (head.includes('"state":"inSync"')) this.isInSync = true;
    if (head.includes('"t":"put"')) return;
    const revision = /"(?:toRev|revision)":(\d+)/.exec(head)?.[1];
    if (revision === undefined || tail.endsWith('"more":true}')) return;
    this.revision = Math.max(this.revision, Number(revision));
    this.#onRevision();
  }

  #ack(): void {
    if (this.revision === this.#acked) return;
    this.#acked = this.revision;
    this.#send({ t: "ack", applied: this.revision, programmed: this.revision });
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

const nodes = Array.from({ length: task.nodes }, (_, i) => `worker-${i}`);
const pending = new Map<number, (at: number) => void>();
const agents = nodes.map(
  (node) =>
    new StreamAgent(node, () => {
      if (pending.size === 0) return;
      const least = Math.min(...agents.map(({ revision }) => revision));
      for (const [revision, resolve] of pending)
        if (revision <= least) {
          pending.delete(revision);
          resolve(performance.now());
        }
    }),
);
let stored: KubeObject[] = [];

async function makeEndpoints(): Promise<void> {
  await post(
    nodes.map((name) => ({
      op: "create",
      object: { apiVersion: API_VERSION, kind: "Node", metadata: { name }, spec: {} },
    })),
  );
  const all: KubeObject[] = [];
  for (let from = 0; from < task.endpoints; from += 500) {
    const some = Array.from({ length: Math.min(500, task.endpoints - from) }, (_, i) => endpointOf(from + i));
    all.push(...(await post(some.map((object) => ({ op: "create", object })))).objects);
  }
  stored = all;
}

function endpointOf(index: number): KubeObject {
  const node = nodes[index % nodes.length]!;
  const hash = createHash("sha256").update(String(index)).digest("hex");
  const app = `app-${index % 40}`;
  const pod = `${app}-${createHash("sha256").update(app).digest("hex").slice(0, 10)}-${hash.slice(0, 5)}`;
  const dashed = (text: string): string => text.replaceAll("-", "--"); // upstream's escape inside the name
  return {
    apiVersion: API_VERSION,
    kind: "WorkloadEndpoint",
    metadata: {
      name: `${dashed(node)}-k8s-${dashed(pod)}-eth0`,
      namespace: `team-${index % 10}`,
      labels: { app, "pod-template-hash": pod.split("-")[2]! },
    },
    spec: {
      orchestrator: "k8s",
      node,
      pod,
      endpoint: "eth0",
      containerID: hash,
      interfaceName: `cali${hash.slice(0, 11)}`,
      mac: "ee:ee:ee:ee:ee:ee",
      ipNetworks: [`10.${65 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}/32`],
      profiles: [`kns.team-${index % 10}`, `ksa.team-${index % 10}.default`],
      serviceAccountName: "default",
    },
  };
}

async function join(): Promise<void> {
  for (const agent of agents) agent.open();
  while (!agents.every(({ isInSync }) => isInSync)) await delay(20);
}

/** Each write another endpoint's label, so that every agent has to know. */
async function write(seconds: number): Promise<number[]> {
  const delays: Promise<number>[] = [];
  const startedAt = performance.now();
  for (let i = 0; i < seconds * task.perSecond; i++) {
    await delay(Math.max(0, startedAt + (i * 1000) / task.perSecond - performance.now()));
    const index = (i * 37) % stored.length;
    const { metadata, ...rest } = stored[index]!;
    const labels = { ...metadata.labels, turn: `${i}-${Math.round(startedAt)}` };
    const answer = post([{ op: "update", object: { ...rest, metadata: { ...metadata, labels } } }]);
    delays.push(
      answer.then(async ({ resourceVersion, objects }) => {
        stored[index] = objects[0]!;
        const answeredAt = performance.now();
        const { promise, resolve } = Promise.withResolvers<number>();
        pending.set(Number(resourceVersion), resolve);
        if (agents.every(({ revision }) => revision >= Number(resourceVersion))) {
          pending.delete(Number(resourceVersion));
          return 0; // all had it before its writer
        }
        return (await promise) - answeredAt;
      }),
    );
  }
  return Promise.all(delays);
}

async function post(changes: readonly Change[]): Promise<ChangeSetResult> {
  const text = JSON.stringify({ changes, reason: "bench" });
  const { promise, resolve, reject } = Promise.withResolvers<ChangeSetResult>();
  const all = { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  request(new URL("/changesets/v1", task.url), { method: "POST", agent: https, headers: all }, (response) => {
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
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0;

const stages: readonly (() => Promise<readonly number[] | void>)[] = [
  makeEndpoints,
  join,
  () => write(10),
  () => write(task.seconds),
];
let next = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  const before = agents.reduce((sum, { bytes }) => sum + bytes, 0);
  const delays = (await stages[next++]!()) ?? [];
  const bytes = agents.reduce((sum, agent) => sum + agent.bytes, 0) - before;
  const findings: Findings = { bytes, p50Ms: quantile(delays, 0.5), p99Ms: quantile(delays, 0.99) };
  console.log(JSON.stringify(findings));
}
