import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { definitionOf, formatRef, prepareObject, refOf, resourceDefinitions, StatusError } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { AgentStatus, Change, ChangeSet, ClientMessage, Hello } from "@percale/protocol";
import { MemoryStore } from "@percale/store/memory";
import { syncServerOf } from "@percale/sync/testdata/sync-server.ts";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

const KIND_BY_PLURAL: ReadonlyMap<string, string> = new Map(resourceDefinitions.map(({ plural, kind }) => [plural, kind]));
/** One change set takes so many objects of a large load. */
const SEED = 1_000;

/** Certificate and key that only tests use. */
export const testCaFile = join(import.meta.dirname, "tls.crt");

/** The server's side of the contract over a store in memory: change sets, reads, streams. What agents are tested against without a database. */
export class TestServer {
  readonly hellos: Hello[] = [];
  readonly statuses: AgentStatus[] = [];
  /** What answers agents got to a change set, newest last. */
  readonly changeSets: ChangeSet[] = [];
  /** What every change set is answered, while set. */
  refusal: { readonly code: number; readonly reason: string } | undefined;
  /** Last acknowledged revisions. */
  acked = { applied: 0, programmed: 0 };
  readonly #store = new MemoryStore();
  readonly #sync = syncServerOf({
    epoch: this.#store.epoch,
    isConnected: () => true,
    head: async () => this.#store.revision,
    snapshot: () => this.#store.snapshot(),
    follow: (options) => this.#store.watch({ ...options, bookmarks: true }),
  });
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

  get epoch(): string {
    return this.#store.epoch;
  }

  get revision(): number {
    return this.#store.revision;
  }

  /** By `Kind/namespace/name` or `Kind/name`. */
  get objects(): ReadonlyMap<string, KubeObject> {
    return new Map(this.#all().map((object) => [formatRef(refOf(object)), object]));
  }

  seed(objects: readonly KubeObject[]): void {
    for (let i = 0; i < objects.length; i += SEED) this.write(objects.slice(i, i + SEED));
  }

  /** One transaction, whatever is there already: stored and streamed. */
  write(puts: readonly KubeObject[], deletes: readonly ObjectRef[] = []): readonly KubeObject[] {
    const changes = [...puts.map((object) => this.#put(object)), ...deletes.map((ref): Change => ({ op: "delete", ref }))];
    return this.#store.commit({ author: "test", changes }).objects.slice(0, puts.length);
  }

  #all(): KubeObject[] {
    const { objects } = this.#store;
    return objects.kinds().flatMap((kind) => objects.list(kind));
  }

  #put(object: KubeObject): Change {
    const old = this.#store.objects.get(refOf(object));
    if (old === undefined) return { op: "create", object };
    const { resourceVersion = "" } = old.metadata;
    return { op: "update", object: { ...object, metadata: { ...object.metadata, resourceVersion } } };
  }

  #connect(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.on("message", (data: Buffer) => this.#note(JSON.parse(data.toString()) as ClientMessage));
    socket.on("close", () => this.#sockets.delete(socket));
    this.#sync.serve({ socket, refusalOf: () => undefined });
  }

  #note(message: ClientMessage): void {
    if (message.t === "hello") this.hellos.push(message);
    else if (message.t === "ack") this.acked = message;
    else if (message.t === "status") this.statuses.push(message.status);
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
      const invalid = faultsOf(changeSet);
      if (invalid.length > 0) return answer(422, { kind: "Status", reason: "Invalid", message: invalid.join("; ") });
      try {
        const result = this.#store.commit({ ...changeSet, author: "agent" });
        this.changeSets.push(changeSet);
        return answer(200, result);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        return answer(error.code, error.toStatus());
      }
    }
    const [, namespace, plural = "", name] = /^\/(?:api\/v1|apis\/projectcalico\.org\/v3)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/.exec(request.url ?? "") ?? [];
    const kind = KIND_BY_PLURAL.get(plural) ?? "";
    if (name === undefined) return answer(200, { items: this.#store.objects.list(kind, namespace) });
    const found = this.#store.objects.get({ kind, name: decodeURIComponent(name), ...(namespace !== undefined && { namespace }) });
    return found === undefined ? answer(404, { kind: "Status", reason: "NotFound", message: "not found" }) : answer(200, found);
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
