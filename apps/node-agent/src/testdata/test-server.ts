import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { definitionOf, formatRef, prepareObject, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { AgentStatus, ChangeSet, ClientMessage, Hello, ServerMessage } from "@percale/protocol";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

const KINDS: Readonly<Record<string, string>> = {
  nodes: "Node",
  ippools: "IPPool",
  ipamblocks: "IPAMBlock",
  blockaffinities: "BlockAffinity",
  ipamhandles: "IPAMHandle",
  ipamconfigurations: "IPAMConfiguration",
  namespaces: "Namespace",
  profiles: "Profile",
  workloadendpoints: "WorkloadEndpoint",
};

/** Certificate and key that only tests use. */
export const testCaFile = join(import.meta.dirname, "tls.crt");

/** The server's side of the contract in memory: change sets with preconditions, reads, one stream. What agents are tested against without a database. */
export class TestServer {
  readonly objects = new Map<string, KubeObject>();
  readonly hellos: Hello[] = [];
  readonly statuses: AgentStatus[] = [];
  /** What answers agents got to a change set, newest last. */
  readonly changeSets: ChangeSet[] = [];
  revision = 1;
  /** What every change set is answered, while set. */
  refusal: { readonly code: number; readonly reason: string } | undefined;
  /** Last acknowledged revisions. */
  acked = { applied: 0, programmed: 0 };
  readonly #server: Server;
  readonly #sockets = new Set<WebSocket>();
  /** Also those that are no requests yet: a server waits for them before it is closed. */
  readonly #connections = new Set<Socket>();

  constructor() {
    this.#server = createServer(
      { key: readFileSync(join(import.meta.dirname, "tls.key")), cert: readFileSync(testCaFile) },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.on("connection", (socket: Socket) => {
      this.#connections.add(socket);
      socket.once("close", () => this.#connections.delete(socket));
    });
    const wss = new WebSocketServer({ server: this.#server, path: "/sync/v1" });
    wss.on("connection", (socket) => this.#connect(socket));
  }

  async listen(path: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(path, () => resolve());
    await promise;
  }

  /** Cuts every connection; `listen` again brings it back. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const socket of this.#connections) socket.destroy();
    await promise;
  }

  /** Cuts the streams only. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  seed(objects: readonly KubeObject[]): void {
    for (const object of objects) this.#store(object);
  }

  /** One transaction: stored and streamed. */
  write(puts: readonly KubeObject[], deletes: readonly ObjectRef[] = []): readonly KubeObject[] {
    const fromRev = this.revision;
    const stored = puts.map((object) => this.#store(object));
    for (const ref of deletes) {
      this.revision++;
      this.objects.delete(formatRef(ref));
    }
    this.#send({ t: "delta", fromRev, toRev: this.revision, puts: stored, deletes });
    return stored;
  }

  /** The raw stream, for tests of what a server must not do. */
  send(message: ServerMessage): void {
    this.#send(message);
  }

  #store(object: KubeObject): KubeObject {
    this.revision++;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.revision) } };
    this.objects.set(formatRef(refOf(stored)), stored);
    return stored;
  }

  #send(message: ServerMessage): void {
    const text = JSON.stringify(message);
    for (const socket of this.#sockets) socket.send(text);
  }

  #connect(socket: WebSocket): void {
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as ClientMessage;
      if (message.t === "hello") this.#welcome(socket, message);
      else if (message.t === "ack") this.acked = message;
      else if (message.t === "status") this.statuses.push(message.status);
      else if (message.t === "ping") socket.send(JSON.stringify({ ...message, t: "pong" }));
    });
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #welcome(socket: WebSocket, hello: Hello): void {
    this.hellos.push(hello);
    const isCurrent = hello.resume?.epoch === "test" && hello.resume.revision === this.revision;
    const mode = isCurrent ? "resume" : "snapshot";
    const send = (message: ServerMessage): void => socket.send(JSON.stringify(message));
    send({ t: "welcome", server: "test", build: "0", schemaLevel: 1, epoch: "test", head: this.revision, mode, encoding: "json", scopeDigest: "", pingIntervalMs: 10_000 });
    if (mode === "snapshot") {
      const objects = [...this.objects.values()];
      send({ t: "snapshotBegin", revision: this.revision, objects: objects.length });
      for (let i = 0; i < objects.length; i += 1000) send({ t: "put", objects: objects.slice(i, i + 1000) });
      send({ t: "snapshotEnd", revision: this.revision });
    }
    send({ t: "state", state: "inSync", upstreamAgeMs: 0 });
    this.#sockets.add(socket);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (code: number, body: unknown): void => {
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === "POST") {
      if (this.refusal !== undefined) return answer(this.refusal.code, { kind: "Status", reason: this.refusal.reason, message: "refused by the test" });
      const changeSet = JSON.parse(Buffer.concat(chunks).toString()) as ChangeSet;
      const fault = this.#conflict(changeSet);
      if (fault !== undefined) return answer(409, { kind: "Status", reason: "Conflict", message: fault });
      const invalid = faultsOf(changeSet);
      if (invalid.length > 0) return answer(422, { kind: "Status", reason: "Invalid", message: invalid.join("; ") });
      this.changeSets.push(changeSet);
      const puts = changeSet.changes.flatMap((change) => (change.op === "delete" ? [] : [change.object]));
      const deletes = changeSet.changes.flatMap((change) => (change.op === "delete" ? [change.ref] : []));
      const gone = deletes.map((ref) => this.objects.get(formatRef(ref))!);
      const stored = [...this.write(puts, deletes)];
      const objects = changeSet.changes.map((change) => (change.op === "delete" ? gone.shift()! : stored.shift()!));
      return answer(200, { resourceVersion: String(this.revision), objects });
    }
    const [, namespace, plural = "", name] = /^\/(?:api\/v1|apis\/projectcalico\.org\/v3)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/.exec(request.url ?? "") ?? [];
    const kind = KINDS[plural] ?? "";
    if (name === undefined) return answer(200, { items: [...this.objects.values()].filter((object) => object.kind === kind) });
    const found = this.objects.get(formatRef({ kind, name: decodeURIComponent(name), ...(namespace !== undefined && { namespace }) }));
    return found === undefined ? answer(404, { kind: "Status", reason: "NotFound", message: "not found" }) : answer(200, found);
  }

  #conflict({ changes }: ChangeSet): string | undefined {
    for (const change of changes) {
      const ref = change.op === "delete" ? change.ref : refOf(change.object);
      const stored = this.objects.get(formatRef(ref));
      if (change.op === "create" ? stored !== undefined : stored === undefined) return `${change.op} ${formatRef(ref)}`;
      const expected = change.op === "delete" ? change.resourceVersion : change.object.metadata.resourceVersion;
      if (change.op !== "create" && expected !== undefined && expected !== stored?.metadata.resourceVersion) return `stale ${formatRef(ref)}`;
    }
    return undefined;
  }
}

/** What the API server would refuse by the schemas of kinds. */
function faultsOf({ changes }: ChangeSet): string[] {
  return changes.flatMap((change) => {
    const definition = change.op === "delete" ? undefined : definitionOf(change.object.kind);
    if (definition === undefined || change.op === "delete") return [];
    const { resourceVersion: _, ...metadata } = change.object.metadata; // what a schema says of a new one holds for any
    const prepared = prepareObject(definition, { ...change.object, metadata }, { operation: "create" });
    return "object" in prepared ? [] : [JSON.stringify(prepared)];
  });
}
