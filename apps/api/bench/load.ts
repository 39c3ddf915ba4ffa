/** The load generator, in a process of its own so that it doesn't slow the server it measures. Its task is its argument, its findings a line of JSON. */
import { connect } from "node:tls";
import type { TLSSocket } from "node:tls";

interface Task {
  readonly url: string;
  readonly token: string;
  readonly ca: string;
  readonly clients: number;
  readonly seconds: number;
  /** Part of the names, so that one task's objects are not another's. */
  readonly name: string;
  /** Creates a second over all clients; absent: as many as go. */
  readonly rate?: number;
  /** Server-side applies of a few objects that each client has, instead of creates. */
  readonly apply?: boolean;
}

/** Objects that a client applies in turn. */
const APPLIED = 16;

const task = JSON.parse(process.argv[2] ?? "{}") as Task; // written by bench/api.ts
const { hostname, port } = new URL(task.url);
const path = "/apis/projectcalico.org/v3/namespaces/bench/networksets";

/** One kept-alive connection. Written by hand: node's own client costs as much processor as the server it should measure. */
class Client {
  readonly #socket: TLSSocket;
  #answer: ((code: number) => void) | undefined;
  #heard = "";

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setEncoding("latin1"); // so that lengths are bytes
    socket.on("data", (text: string) => this.#hear(text));
  }

  write(name: string): Promise<number> {
    const sent = performance.timeOrigin + performance.now(); // a clock that all processes of the machine share
    const body = `{"apiVersion":"projectcalico.org/v3","kind":"NetworkSet","metadata":{"name":"${name}","namespace":"bench","annotations":{"sent":"${sent}"}},"spec":{"nets":["10.1.2.3/32","10.1.2.4/32"]}}`;
    const [method, target, type] = task.apply
      ? ["PATCH", `${path}/${name}?fieldManager=bench`, "application/apply-patch+yaml"]
      : ["POST", path, "application/json"];
    const head = `${method} ${target} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${task.token}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#answer = resolve;
    this.#socket.write(head + body);
    return promise;
  }

  end(): void {
    this.#socket.destroy();
  }

  #hear(text: string): void {
    this.#heard += text;
    const end = this.#heard.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#heard)?.[1]);
    if (this.#heard.length < end + 4 + length) return;
    const code = Number(this.#heard.slice(9, 12));
    this.#heard = "";
    this.#answer?.(code);
  }
}

function open(): Promise<Client> {
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const socket = connect({ host: hostname, port: Number(port), ca: task.ca }, () => resolve(new Client(socket)));
  socket.on("error", reject);
  return promise;
}

const clients = await Promise.all(Array.from({ length: task.clients }, open));
const startedAt = performance.now();
const until = startedAt + task.seconds * 1000;
let done = 0;
let failed = 0;

async function drive(client: Client, id: number): Promise<void> {
  const pauseMs = task.rate === undefined ? 0 : (1000 * task.clients) / task.rate;
  let due = startedAt + pauseMs * (id / task.clients);
  for (let count = 0; performance.now() < until; count++) {
    if (pauseMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      due += pauseMs;
    }
    const code = await client.write(`${task.name}-${id}-${task.apply ? count % APPLIED : count}`);
    if (code === 201 || code === 200) done++;
    else failed++;
  }
}

await Promise.all(clients.map(drive));
console.log(JSON.stringify({ done, failed, seconds: (performance.now() - startedAt) / 1000 }));
for (const client of clients) client.end();
